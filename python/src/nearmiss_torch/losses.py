"""The weighted DPO losses of the TypeScript engine (src/training/losses.ts, with their papers and equations).

With h = (log pi(y+) - log ref(y+)) - (log pi(y-) - log ref(y-)), a variant gives a loss l_i for each pair, and an
optimiser step minimises

    L = sum_i w_i l_i / sum_i w_i  +  sftWeight * ( - sum_i log pi(y_i+) / sum_i |y_i+| )

Both denominators run over the whole optimiser step: over every micro-batch of every process.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from nearmiss_torch.errors import NearmissError


@dataclass(frozen=True)
class PairLogps:
    """Of B pairs: sums of log-probabilities over completion tokens, in nats, and the numbers of those tokens; all [B]."""

    chosen: Tensor
    rejected: Tensor
    reference_chosen: Tensor
    reference_rejected: Tensor
    chosen_tokens: Tensor
    rejected_tokens: Tensor

    @property
    def difference(self) -> Tensor:
        """The h of the module's formula."""
        return (self.chosen - self.reference_chosen) - (self.rejected - self.reference_rejected)


def _sigmoid(pair: PairLogps, beta: float, _: float) -> Tensor:
    """DPO, arXiv 2305.18290, Eq. 7."""
    return -logsigmoid(beta * pair.difference)


def _cdpo(pair: PairLogps, beta: float, e: float) -> Tensor:
    """cDPO: cross-entropy against labels smoothed by e."""
    z = beta * pair.difference
    return -(1 - e) * logsigmoid(z) - e * logsigmoid(-z)


def _robust(pair: PairLogps, beta: float, e: float) -> Tensor:
    """Robust DPO, arXiv 2403.00409, Section 3."""
    z = beta * pair.difference
    return (-(1 - e) * logsigmoid(z) + e * logsigmoid(-z)) / (1 - 2 * e)


def _ipo(pair: PairLogps, beta: float, _: float) -> Tensor:
    """IPO, arXiv 2310.12036, Eq. 17, on log-ratios per token, as TRL reads it."""
    chosen = (pair.chosen - pair.reference_chosen) / pair.chosen_tokens
    rejected = (pair.rejected - pair.reference_rejected) / pair.rejected_tokens
    return (chosen - rejected - 1 / (2 * beta)) ** 2


VARIANTS: dict[str, Callable[[PairLogps, float, float], Tensor]] = {
    "sigmoid": _sigmoid,
    "cdpo": _cdpo,
    "ipo": _ipo,
    "robust": _robust,
}


def pair_losses(pair: PairLogps, variant: str, beta: float, label_smoothing: float) -> Tensor:
    """The loss of each pair, [B], without its weight and without the SFT term.

    Raises:
        NearmissError: There is no such variant.
    """
    loss = VARIANTS.get(variant)
    if loss is None:
        raise NearmissError(f"variant is {variant!r}; expected one of {', '.join(VARIANTS)}.")
    return loss(pair, beta, label_smoothing)


@dataclass(frozen=True)
class StepTotals:
    """The denominators of an optimiser step."""

    pairs: int
    weight: float
    """Sum of the pairs' weights."""
    chosen_tokens: int
    """Sum of the chosen sides' completion tokens."""


def weighted_dpo(
    pair: PairLogps,
    weights: Tensor,
    totals: StepTotals,
    *,
    variant: str,
    beta: float,
    label_smoothing: float,
    sft_weight: float,
) -> Tensor:
    """What these pairs add to the step's loss: the sum over micro-batches and processes is L.

    Args:
        pair: Log-probabilities of B pairs.
        weights: [B], above 0.
        totals: Of the whole step, these pairs included.
        variant: One of `VARIANTS`.
        beta: How strongly the policy is held to the reference; IPO's tau.
        label_smoothing: The share of labels taken to be flipped, for `cdpo` and `robust`.
        sft_weight: Of the SFT term; 0 leaves it out.
    """
    loss = (weights * pair_losses(pair, variant, beta, label_smoothing)).sum() / totals.weight
    if sft_weight == 0:
        return loss
    return loss - sft_weight * pair.chosen.sum() / totals.chosen_tokens


DPO_METRICS = (
    "loss",
    "rewards/chosen",
    "rewards/rejected",
    "rewards/margins",
    "rewards/accuracies",
    "logps/chosen",
    "logps/rejected",
)
"""TRL's names. All but the loss are plain means over pairs, whatever the weights."""


def dpo_metrics(pair: PairLogps, beta: float, pairs: int) -> Sequence[float]:
    """What these pairs add to the step's means over `pairs` pairs, in the order of `DPO_METRICS`, the loss left out."""
    chosen = beta * (pair.chosen - pair.reference_chosen)
    rejected = beta * (pair.rejected - pair.reference_rejected)
    sums = (
        chosen,
        rejected,
        chosen - rejected,
        (chosen > rejected).to(chosen.dtype),
        pair.chosen,
        pair.rejected,
    )
    return [float(values.sum()) / pairs for values in sums]


def double(pair: PairLogps) -> PairLogps:
    """The same on the processor, in float64, cut off from the graph: for figures, not for gradients."""
    fields = (
        pair.chosen,
        pair.rejected,
        pair.reference_chosen,
        pair.reference_rejected,
        pair.chosen_tokens,
        pair.rejected_tokens,
    )
    return PairLogps(*(values.detach().to("cpu", torch.float64) for values in fields))
