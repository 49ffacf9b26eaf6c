"""How a training tells how far it is: events for the program that started it, or lines for a person."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

LINE_SECONDS = 5.0
"""Between two lines for a person."""


@dataclass(frozen=True)
class Progress:
    """How far a phase is."""

    phase: str
    """"reference": log-probabilities before the first step, whose steps are micro-batches; or "train"."""
    step: int
    """Done, out of `steps`."""
    steps: int
    tokens_per_second: float
    loss: float | None = None


class Teller:
    """Tells of a training's progress. Processes other than the main one are given a silent one."""

    def progress(self, progress: Progress) -> None:
        """How far it is."""

    def notice(self, message: str) -> None:
        """What a person should know of, in one sentence."""

    def done(self, figures: dict[str, int]) -> None:
        """What was done in all."""


class EventTeller(Teller):
    """One JSON object a line on standard output, for the program that started this one."""

    def progress(self, progress: Progress) -> None:
        """See Teller."""
        event: dict[str, object] = {
            "phase": progress.phase,
            "step": progress.step,
            "steps": progress.steps,
            "tokensPerSecond": progress.tokens_per_second,
        }
        if progress.loss is not None:
            event["loss"] = progress.loss
        _print({"nearmiss": "progress", **event})

    def notice(self, message: str) -> None:
        """See Teller."""
        _print({"nearmiss": "notice", "message": message})

    def done(self, figures: dict[str, int]) -> None:
        """See Teller."""
        _print({"nearmiss": "done", "figures": figures})


class LineTeller(Teller):
    """Plain lines on standard error, every few seconds; the figures as JSON on standard output."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._shown = 0.0

    def progress(self, progress: Progress) -> None:
        """See Teller."""
        last = progress.step == progress.steps
        if not last and time.monotonic() - self._shown < LINE_SECONDS:
            return
        self._shown = time.monotonic()
        loss = "" if progress.loss is None else f", loss {progress.loss:.4f}"
        print(
            f"{self._label}: {progress.phase} {progress.step}/{progress.steps}{loss}, "
            f"{progress.tokens_per_second:.0f} tokens/s",
            file=sys.stderr,
            flush=True,
        )

    def notice(self, message: str) -> None:
        """See Teller."""
        print(f"{self._label}: {message}", file=sys.stderr, flush=True)

    def done(self, figures: dict[str, int]) -> None:
        """See Teller."""
        print(json.dumps(figures), flush=True)


def _print(event: dict[str, object]) -> None:
    print(json.dumps(event), flush=True)


def meter() -> Callable[[int], float]:
    """A function that is told of tokens done and says how many there were a second since its making."""
    start = time.monotonic()
    total = 0

    def add(tokens: int) -> float:
        nonlocal total
        total += tokens
        return total / max(1e-3, time.monotonic() - start)

    return add
