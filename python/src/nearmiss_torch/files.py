"""Files that survive a kill: written beside and renamed, appended line by line, read with their line numbers."""

import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from nearmiss_torch.errors import NearmissError

Record = dict[str, Any]
"""One JSON object; what its fields hold is for the reader to check."""


def atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Runs `write` on a new file beside `path`, flushes it to the disk and renames it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        write(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_json(path: Path, value: object) -> None:
    """Writes a JSON file whole or not at all."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    atomically(path, lambda beside: beside.write_text(text, "utf-8"))


def read_jsonl(path: Path) -> Iterator[tuple[str, Record]]:
    """The records of a JSONL file, each with its place ("file:line") for errors.

    Raises:
        NearmissError: The file is missing, or a line is not a JSON object.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise NearmissError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
    with file:
        # Bytes are split at the newline alone: text would be split at U+2028 too, which JSON allows in a string.
        for number, line in enumerate(file, 1):
            where = f"{path}:{number}"
            if line.strip() == b"":
                continue
            try:
                record = json.loads(line.decode("utf-8-sig"))
            except ValueError as error:
                raise NearmissError(f"{where}: this is not JSON ({error}). Mend or remove the line.") from error
            if not isinstance(record, dict):
                raise NearmissError(f"{where}: expected a JSON object, found {type(record).__name__}.")
            yield where, record


class Appender:
    """Adds lines to a JSONL file. A last line that a kill has cut off is dropped first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _mend_last_line(path)
        self._file = path.open("ab", buffering=0)

    def append(self, record: Record) -> None:
        """Adds a record; when it returns, the line is with the kernel."""
        self._file.write(json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n")

    def sync(self) -> None:
        """Flushes the lines to the disk."""
        os.fsync(self._file.fileno())

    def __enter__(self) -> "Appender":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _mend_last_line(path: Path) -> None:
    if not path.exists():
        return
    data = path.read_bytes()
    tail = data[data.rfind(b"\n") + 1 :]
    if tail == b"":
        return
    with path.open("r+b") as file:
        with contextlib.suppress(ValueError):
            if isinstance(json.loads(tail), dict):
                file.seek(0, os.SEEK_END)
                file.write(b"\n")
                return
        file.truncate(len(data) - len(tail))


def hash_of(value: object) -> str:
    """SHA-256, in hex, of a value as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256, in hex, of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
