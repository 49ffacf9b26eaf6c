"""From a model folder and an adapter folder to a scorer, and back to an adapter folder, in PEFT's format."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.files import atomically, hash_of
from nearmiss_torch.recipe import Lora
from nearmiss_torch.scorer import Scorer

FAMILIES = ("llama", "qwen2")
"""Model types that both engines compute alike: those whose head is a plain linear layer among them."""
LINEARS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def model_folder(name: str) -> Path:
    """A folder as it is, or a Hub name's files, downloaded into the standard cache.

    Raises:
        NearmissError: It is neither, or cannot be downloaded.
    """
    if Path(name).is_dir():
        return Path(name)
    if name.count("/") != 1 or name.startswith((".", "/")):
        raise NearmissError(f"{name}: there is no such model folder. Check the path, or give a Hub name (OWNER/NAME).")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.jinja", "*.model"]))
    except Exception as error:  # The Hub's errors are many, and their messages good.
        raise NearmissError(f"{name} could not be had from the Hub: {error}") from error


def identity_of(folder: Path) -> str:
    """Names a model's frozen weights: a hash of its configuration, and of each weight file's size and both ends."""
    parts: list[tuple[str, int, str]] = []
    for path in [*sorted(folder.glob("*.safetensors")), folder / "config.json"]:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1 << 20)
            file.seek(max(0, size - (1 << 20)))
            parts.append((path.name, size, hashlib.sha256(head + file.read()).hexdigest()))
    return hash_of(parts)


def load_scorer(folder: Path, adapter: Path | None, lora: Lora, seed: int, dtype: torch.dtype) -> Scorer:
    """The model with an adapter to train: the one given, or a fresh one of shape `lora` on every linear layer.

    Frozen weights are held in `dtype`, what is trained in float32. Nothing in it is random while it trains: dropout is
    off, as in the TypeScript engine, so a checkpoint needs no random state.

    Raises:
        NearmissError: The model is of a family that is not supported, or a folder does not hold what it should.
    """
    from peft import LoraConfig, PeftModel, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()

    try:
        config = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise NearmissError(f"{folder}: the model's configuration cannot be read: {error}") from error
    if config.model_type not in FAMILIES:
        raise NearmissError(f"{folder}: model_type is {config.model_type!r}; expected one of {', '.join(FAMILIES)}.")
    try:
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa")
    except (OSError, ValueError) as error:
        raise NearmissError(f"{folder}: the model cannot be loaded: {error}") from error
    if adapter is None:
        torch.manual_seed(seed)
        shape = LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            target_modules=list(LINEARS),
            task_type="CAUSAL_LM",
            lora_dropout=0.0,
        )
        model = get_peft_model(base, shape)
    else:
        try:
            model = PeftModel.from_pretrained(base, adapter, is_trainable=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise NearmissError(f"{adapter}: the adapter cannot be used with {folder}: {error}") from error
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    # Attention reads its dropout from the configuration, and only while training.
    for module in model.modules():
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.0
    return Scorer(model)


def trained(scorer: Scorer) -> Iterator[tuple[str, nn.Parameter]]:
    """What is trained, by the names of PEFT's files, in the model's order."""
    for name, parameter in scorer.named_parameters():
        if parameter.requires_grad:
            yield name.removeprefix("model.").replace(".default.", "."), parameter


def whole(tensor: Tensor) -> Tensor:
    """A tensor, or the whole of one that is sharded over processes (every process must ask), on the processor."""
    from torch.distributed.tensor import DTensor

    full = tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
    return full.detach().cpu()


def hash_trained(scorer: Scorer) -> str:
    """SHA-256, in hex, of what is trained. To be called by every process."""
    digest = hashlib.sha256()
    for name, parameter in trained(scorer):
        digest.update(name.encode())
        digest.update(whole(parameter).numpy().tobytes())
    return digest.hexdigest()


def copy_into(target: Tensor, values: Tensor) -> None:
    """Puts a whole tensor's values into one that may be sharded."""
    from torch.distributed.tensor import DTensor, distribute_tensor

    with torch.no_grad():
        if isinstance(target, DTensor):
            target.copy_(distribute_tensor(values.to(target.device), target.device_mesh, target.placements))
        else:
            target.copy_(values)


def write_adapter(folder: Path, scorer: Scorer, tensors: dict[str, Tensor], base_name: str) -> None:
    """Writes an adapter folder from whole tensors by their names in PEFT's files."""
    from safetensors.torch import save_file

    config: Any = scorer.model.peft_config["default"]
    config.inference_mode = True
    config.base_model_name_or_path = base_name
    atomically(
        folder / "adapter_model.safetensors",
        lambda beside: save_file({k: v.contiguous() for k, v in tensors.items()}, beside, metadata={"format": "pt"}),
    )
    text = _config_json(config)
    atomically(folder / "adapter_config.json", lambda beside: beside.write_text(text, "utf-8"))


def _config_json(config: Any) -> str:
    values = {k: sorted(v) if isinstance(v, set) else v for k, v in config.to_dict().items()}
    return json.dumps(values, indent=2, sort_keys=True) + "\n"
