"""Text to token rows, id for id as the TypeScript package does it (src/training/examples.ts, src/model/tokenizer.ts).

Prompt and completion are encoded each on its own, as in generation, where the prompt is encoded before there is a
completion. The tokenizer is read from `tokenizer.json` as it stands there: transformers puts its own pre-tokenizer in
place of the file's for some model types.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.files import read_jsonl
from nearmiss_torch.recipe import DpoOptions, SharedOptions


@dataclass(frozen=True)
class Example:
    """One completion for SFT; the chosen and the rejected one for DPO."""

    id: str
    prompt: tuple[int, ...]
    completions: tuple[tuple[int, ...], ...]
    weight: float
    given: tuple[int, ...]
    """Leading tokens of each completion that are only read."""

    @property
    def predicted(self) -> tuple[int, ...]:
        """Tokens of each completion whose log-probabilities count."""
        return tuple(len(completion) - n for completion, n in zip(self.completions, self.given, strict=True))

    @property
    def tokens(self) -> int:
        """Its prompt once and every completion."""
        return len(self.prompt) + sum(len(completion) for completion in self.completions)


@dataclass(frozen=True)
class Text:
    """An example before it is encoded."""

    id: str
    prompt: str
    completions: tuple[str, ...]
    weight: float
    first_error: tuple[int, int] | None = None
    """Span of the rejected completion's first wrong step, in UTF-16 units, where one is known."""


def read_sft(path: Path) -> list[Text]:
    """Reads rows `{id, prompt, completion}`."""
    return [
        Text(_field(where, row, "id"), _field(where, row, "prompt"), (_field(where, row, "completion"),), 1.0)
        for where, row in read_jsonl(path)
    ]


def read_pairs(path: Path) -> list[Text]:
    """Reads a pair file: rows `{prompt, chosen, rejected, weight, problemId, rejectedSource, ...}`."""
    texts: list[Text] = []
    for where, row in read_jsonl(path):
        weight = row.get("weight")
        if not isinstance(weight, int | float) or isinstance(weight, bool) or not weight > 0:
            raise NearmissError(f"{where}: weight is {weight!r}; expected a number above 0. Mend the row.")
        texts.append(
            Text(
                f"{_field(where, row, 'problemId')}/{_field(where, row, 'rejectedSource')}",
                _field(where, row, "prompt"),
                (_field(where, row, "chosen"), _field(where, row, "rejected")),
                float(weight),
                _first_error(where, row),
            )
        )
    return texts


def _first_error(where: str, row: dict[str, Any]) -> tuple[int, int] | None:
    span = row.get("firstError")
    if span is None:
        return None
    length = len(_field(where, row, "rejected").encode("utf-16-le")) // 2
    match span:
        case {"start": int(start), "end": int(end)} if 0 <= start < end <= length:
            return start, end
    raise NearmissError(
        f"{where}: firstError is {span!r}; expected a span within `rejected`, 0 <= start < end <= {length}. Mend the row."
    )


def _field(where: str, row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, str):
        return value
    raise NearmissError(f"{where}: {name} is {value!r}; expected a text. It has the fields {', '.join(row)}.")


class Encoder:
    """A model folder's tokenizer."""

    def __init__(self, folder: Path) -> None:
        path = folder / "tokenizer.json"
        if not path.exists():
            raise NearmissError(f"{path} is missing. Give a model folder with a fast tokenizer.")
        self._library = Tokenizer.from_file(str(path))
        self._library.no_truncation()
        self._library.no_padding()
        config = _optional_json(folder / "tokenizer_config.json")
        template = (folder / "chat_template.jinja").exists() or config.get("chat_template") is not None
        # A chat template writes the beginning-of-text token itself.
        self._start = [] if template else self._beginning()
        self.end_id = self._end(folder, config)
        """Ends every completion."""

    def encode(self, text: str) -> list[int]:
        """Ids of a text, without special tokens around it."""
        return list(self._library.encode(text, add_special_tokens=False).ids)

    def encode_prompt(self, text: str) -> list[int]:
        """Ids of a prompt, to the very ids that sampling gives the model."""
        return self._start + self.encode(text)

    def _beginning(self) -> list[int]:
        whole = list(self._library.encode("1", add_special_tokens=True).ids)
        return whole[: len(whole) - len(self.encode("1"))]

    def _end(self, folder: Path, config: dict[str, Any]) -> int:
        named = config.get("eos_token")
        token = named.get("content") if isinstance(named, dict) else named
        own = None if token is None else self._library.token_to_id(token)
        if own is not None:
            return int(own)
        for name in ("generation_config.json", "config.json"):
            ids = _optional_json(folder / name).get("eos_token_id")
            first = ids[0] if isinstance(ids, list) and ids else ids
            if isinstance(first, int):
                return first
        raise NearmissError(f'{folder}: the model names no end-of-text token. Set "eos_token" in tokenizer_config.json.')


def _optional_json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise NearmissError(f"{path}: this is not JSON ({error}). Check that the file is whole.") from error
    return value if isinstance(value, dict) else {}


def encode(texts: Iterable[Text], encoder: Encoder, options: SharedOptions) -> tuple[list[Example], list[str]]:
    """Examples, each completion followed by the end token, and the ids of those left out as too long.

    `dpo.rejectedPart` says what is taken of a rejected completion. An example goes or stays as a whole. With
    `overLong: truncate` completions are cut at `maxLength`, and what is cut off has no end token.
    """
    part = options.rejectedPart if isinstance(options, DpoOptions) else "whole"
    examples: list[Example] = []
    dropped: list[str] = []
    for text in texts:
        prompt = encoder.encode_prompt(text.prompt)
        room = options.maxLength - len(prompt)
        sides = [([*encoder.encode(completion), encoder.end_id], 0) for completion in text.completions]
        if part != "whole" and text.first_error is not None:
            sides[1] = _rejected_side(text.completions[1], text.first_error, encoder, part)
        fits = all(len(ids) <= room for ids, _ in sides)
        if not fits and (options.overLong == "drop" or room < 1):
            dropped.append(text.id)
            continue
        cut = tuple(tuple(ids[:room]) for ids, _ in sides)
        # At least one id is left to predict.
        given = tuple(min(given, len(ids) - 1, room - 1) for ids, given in sides)
        examples.append(Example(text.id, tuple(prompt), cut, text.weight, given))
    return examples, dropped


def _rejected_side(text: str, span: tuple[int, int], encoder: Encoder, part: str) -> tuple[list[int], int]:
    """Ids up to the end of the first wrong step, and how many of them are only read."""
    ids = encoder.encode(text)
    units = text.encode("utf-16-le")

    def ids_to(end: int) -> int:
        """Ids of the text that are ids of its first UTF-16 units too."""
        cut = encoder.encode(units[: 2 * end].decode("utf-16-le", "ignore"))
        return next((i for i, (a, b) in enumerate(zip(cut, ids, strict=False)) if a != b), min(len(cut), len(ids)))

    until = ids[: max(1, ids_to(span[1]))]
    return until, ids_to(span[0]) if part == "error" else 0


def pick(examples: Sequence[Example], indices: Iterable[int]) -> list[Example]:
    """The examples at the indices."""
    return [examples[i] for i in indices]
