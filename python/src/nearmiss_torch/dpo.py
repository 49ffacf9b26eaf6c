"""Direct preference optimisation with per-pair weights; the losses are in losses.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nearmiss_torch.examples import Example, pick
from nearmiss_torch.loop import Machine
from nearmiss_torch.losses import DPO_METRICS, PairLogps, StepTotals, double, dpo_metrics, weighted_dpo
from nearmiss_torch.recipe import DpoOptions

Reference = Mapping[int, tuple[float, float]]
"""Log-probabilities of [chosen, rejected] under the reference, by example index."""


@dataclass(frozen=True)
class DpoObjective:
    """The weighted DPO loss. The reference is the model before the first step."""

    machine: Machine
    pairs: Sequence[Example]
    weighted: bool
    """False: every pair weighs 1."""
    options: DpoOptions
    reference: Reference
    metrics: Sequence[str] = DPO_METRICS

    def totals(self, examples: Sequence[Example]) -> StepTotals:
        """See Objective."""
        return StepTotals(
            pairs=len(examples),
            weight=sum(self._weight(pair) for pair in examples),
            chosen_tokens=sum(pair.predicted[0] for pair in examples),
        )

    def share(self, batch: Sequence[int], totals: StepTotals) -> tuple[Tensor, Sequence[float]]:
        """See Objective."""
        pairs = pick(self.pairs, batch)
        logps = self.machine.score(pairs)
        known = logps.new_tensor([self.reference[i] for i in batch])
        tokens = logps.new_tensor([pair.predicted for pair in pairs])
        weights = logps.new_tensor([self._weight(pair) for pair in pairs])
        pair = PairLogps(*logps.view(-1, 2).unbind(1), *known.unbind(1), *tokens.unbind(1))
        exact = double(pair)
        loss = float(self._loss(exact, weights.to("cpu", torch.float64), totals))
        figures = dpo_metrics(exact, self.options.beta, totals.pairs)
        return self._loss(pair, weights, totals), [loss, *figures]

    def _loss(self, pair: PairLogps, weights: Tensor, totals: StepTotals) -> Tensor:
        return weighted_dpo(
            pair,
            weights,
            totals,
            variant=self.options.variant,
            beta=self.options.beta,
            label_smoothing=self.options.labelSmoothing,
            sft_weight=self.options.sftWeight,
        )

    def _weight(self, pair: Example) -> float:
        return pair.weight if self.weighted else 1.0
