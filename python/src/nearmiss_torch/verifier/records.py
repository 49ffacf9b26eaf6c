"""What goes into the verifier and what comes out, field for field as in the TypeScript package (src/data/records.ts)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True)
class Solution:
    """A worked solution to be judged."""

    question: str
    solution: str | Sequence[str]
    """A text, or its steps; `firstErrorStep` then indexes that list."""
    reference: str | None = None
    """The right answer, bare or in a text that states it."""
    reference_solution: str | None = None
    """A worked solution that is right."""


class Answer(TypedDict):
    """The final answer against the reference."""

    extracted: str | None
    reference: str | None
    distance: float | None
    """In [0, 1]: 0 equal, 1 far or not comparable."""


class Profile(TypedDict):
    """Scores in [0, 1] by dimension; 0 means no fault."""

    answer: float | None
    arithmetic: float
    algebra: float
    logic: float
    grounding: float
    form: float


class Finding(TypedDict):
    """A fault, with its place. Spans count UTF-16 units, as JavaScript does."""

    dimension: str
    severity: float
    step: int
    start: int
    end: int
    message: str


class Verdict(TypedDict):
    """The verifier's word on one solution."""

    correct: bool | None
    """None where no reference is given."""
    answer: Answer
    profile: Profile
    wrongness: float
    """In [0, 1]."""
    absurdity: float
    """In [0, 1]."""
    firstErrorStep: int | None
    findings: list[Finding]
