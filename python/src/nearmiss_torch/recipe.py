"""What this package reads of a recipe: the `recipe.yaml` of a run folder, in which every default is written out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml

from nearmiss_torch import __version__
from nearmiss_torch.errors import NearmissError


@dataclass(frozen=True)
class SharedOptions:
    """Options of SFT and DPO alike; their meaning and bounds are those of src/training/options.ts."""

    epochs: int
    maxSteps: int | None
    batchSize: int
    microBatchTokens: int
    schedule: str
    warmupRatio: float
    learningRateFloor: float
    weightDecay: float
    maxGradNorm: float
    seed: int
    checkpointEvery: int
    maxLength: int
    overLong: str
    learningRate: float


@dataclass(frozen=True)
class SftOptions(SharedOptions):
    """Options of SFT."""


@dataclass(frozen=True)
class DpoOptions(SharedOptions):
    """Options of DPO."""

    beta: float
    variant: str
    labelSmoothing: float
    sftWeight: float
    rejectedPart: str


@dataclass(frozen=True)
class Lora:
    """The shape of a fresh adapter: it adds `alpha / rank * B A x` to its linear layers."""

    rank: int
    alpha: float


@dataclass(frozen=True)
class Recipe:
    """A recipe as resolved."""

    model: str
    memory: str
    lora: Lora
    sft: SftOptions | None
    dpo: DpoOptions


Block = TypeVar("Block", SftOptions, DpoOptions, Lora)


def load_recipe(path: Path) -> Recipe:
    """Reads a resolved recipe, in YAML or JSON.

    Raises:
        NearmissError: The file cannot be read, or a value is missing or of another type.
    """
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise NearmissError(f"Cannot read the recipe {path}: {error.strerror}. Check the path.") from error
    except yaml.YAMLError as error:
        raise NearmissError(f"{path} is not YAML: {error}") from error
    if not isinstance(value, dict):
        raise NearmissError(f"{path} is no recipe: expected a block of keys such as `model: ./folder`.")
    sft = value.get("sft")
    return Recipe(
        model=_text(path, value, "model"),
        memory=_text(path, value, "memory"),
        lora=_block(path, "lora", value.get("lora"), Lora),
        sft=None if sft is None else _block(path, "sft", sft, SftOptions),
        dpo=_block(path, "dpo", value.get("dpo"), DpoOptions),
    )


RESOLVED = "Give the recipe.yaml that `nearmiss run` writes into its run folder: every default is filled in there."


def _text(path: Path, value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    if isinstance(found, str):
        return found
    raise NearmissError(f"{path}: {key} is {found!r}; expected a text. {RESOLVED}")


def _block(path: Path, name: str, value: object, kind: Callable[..., Block]) -> Block:
    if not isinstance(value, dict):
        raise NearmissError(f"{path}: {name} is {value!r}; expected a block of keys. {RESOLVED}")
    known = fields(kind)  # type: ignore[arg-type]
    unknown = sorted(set(value) - {field.name for field in known} - {"augment"})
    if unknown:
        raise NearmissError(
            f"{path}: {name}.{unknown[0]} is not known to nearmiss-torch {__version__}, which would train otherwise than "
            "the recipe says. Install the version that belongs to your nearmiss."
        )
    found: dict[str, Any] = {}
    for field in known:
        key = field.name
        optional = get_origin(field.type) is not None or type(None) in get_args(field.type)
        item = value.get(key)
        expected = (int, float) if field.type is float else (int if optional else field.type)
        fits = isinstance(item, expected) and not isinstance(item, bool)  # type: ignore[arg-type]
        if not fits and not (optional and item is None):
            raise NearmissError(f"{path}: {name}.{key} is {item!r}; expected {field.type}. {RESOLVED}")
        found[key] = item
    return kind(**found)
