"""Supervised fine-tuning on completion tokens only."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from nearmiss_torch.examples import Example, pick
from nearmiss_torch.loop import Machine


@dataclass(frozen=True)
class SftObjective:
    """The mean negative log-probability of a completion token, the mean taken over all tokens of the step."""

    machine: Machine
    examples: Sequence[Example]
    metrics: Sequence[str] = ("loss",)

    def totals(self, examples: Sequence[Example]) -> int:
        """The step's completion tokens."""
        return sum(example.tokens - len(example.prompt) for example in examples)

    def share(self, batch: Sequence[int], totals: int) -> tuple[Tensor, Sequence[float]]:
        """See Objective."""
        logps = self.machine.score(pick(self.examples, batch))
        return -logps.sum() / totals, [-float(logps.detach().cpu().double().sum()) / totals]
