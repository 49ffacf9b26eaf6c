"""Checkpoints: parameters and moments in `checkpoint-STEP.safetensors`, what they belong to in `checkpoint-STEP.json`.

The JSON is written last and makes the checkpoint count; the one before is kept until the next is whole, so a kill at
any moment leaves one that is good. Tensors are whole, so a run goes on with another number of processes too.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.files import atomically, hash_file, write_json

FORMAT = "nearmiss-torch-checkpoint-1"
KEPT = 2
_FILE = re.compile(r"^checkpoint-(\d+)\.(json|safetensors)(\..*\.part)?$")

Fingerprint = Mapping[str, str | int | float | bool | None]
"""What a run is, field by field, so that an error can say which field differs."""


def save_checkpoint(folder: Path, step: int, run: Fingerprint, tensors: dict[str, Tensor]) -> None:
    """Writes a checkpoint of `step` steps done, then removes all but the two newest."""
    from safetensors.torch import save_file

    path = folder / f"checkpoint-{step}.safetensors"
    atomically(path, lambda beside: save_file({k: v.contiguous() for k, v in tensors.items()}, beside))
    manifest = {"format": FORMAT, "step": step, "sha256": hash_file(path), "run": dict(run)}
    write_json(path.with_suffix(".json"), manifest)
    _tidy(folder)


def newest_checkpoint(folder: Path, run: Fingerprint) -> tuple[int, dict[str, Tensor], list[str]]:
    """The newest good checkpoint: its step, its tensors, and why newer ones were passed over; step 0 where there is none.

    Raises:
        NearmissError: The folder holds a checkpoint of another run, or none that is whole.
    """
    from safetensors.torch import load_file

    damaged: list[str] = []
    for step in reversed(_committed(folder)):
        path = folder / f"checkpoint-{step}.safetensors"
        manifest = _manifest(path.with_suffix(".json"))
        if manifest is None:
            damaged.append(f"{path.with_suffix('.json')} is no manifest.")
            continue
        _refuse_foreign(path, manifest["run"], run)
        if not path.exists() or hash_file(path) != manifest["sha256"]:
            damaged.append(f"{path}: its SHA-256 is not the one that its manifest gives.")
            continue
        return step, load_file(path), damaged
    if not damaged:
        return 0, {}, damaged
    listed = "\n  ".join(damaged)
    raise NearmissError(
        f"No checkpoint in {folder} can be read:\n  {listed}\nRemove the checkpoint files there to start again."
    )


def _manifest(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(value, dict) and value.get("format") == FORMAT and isinstance(value.get("run"), dict)
    return value if known else None


def _refuse_foreign(path: Path, theirs: Fingerprint, ours: Fingerprint) -> None:
    names = sorted({*theirs, *ours})
    different = [
        f"  {name}: {theirs.get(name)} there, {ours.get(name)} here"
        for name in names
        if theirs.get(name) != ours.get(name)
    ]
    if different:
        listed = "\n".join(different)
        raise NearmissError(
            f"{path} belongs to another run:\n{listed}\n"
            "Choose another folder, set these back, or remove the checkpoint files to start again."
        )


def _committed(folder: Path) -> list[int]:
    """Steps with a manifest, rising."""
    matches = [_FILE.match(path.name) for path in folder.glob("checkpoint-*")]
    return sorted(int(m[1]) for m in matches if m is not None and m[2] == "json" and m[3] is None)


def _tidy(folder: Path) -> None:
    """Removes old checkpoints and what a kill left half written; a manifest goes before its tensors."""
    kept = set(_committed(folder)[-KEPT:])
    for path in sorted(folder.glob("checkpoint-*")):
        match = _FILE.match(path.name)
        if match is not None and (match[3] is not None or int(match[1]) not in kept):
            path.unlink(missing_ok=True)
