"""The losses against TRL's own numbers (scripts/fixtures/make_losses.py), and the weights."""

import json
from typing import Any

import pytest
import torch
from torch import Tensor

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.losses import DPO_METRICS, VARIANTS, PairLogps, StepTotals, dpo_metrics, pair_losses, weighted_dpo
from tests.small import FIXTURES

KNOWN = json.loads((FIXTURES / "losses.json").read_text("utf-8"))
NAMES = ("chosen", "rejected", "referenceChosen", "referenceRejected", "chosenTokens", "rejectedTokens")


def known_pairs() -> PairLogps:
    columns = [torch.tensor([pair[name] for pair in KNOWN["pairs"]], dtype=torch.float64) for name in NAMES]
    columns[0].requires_grad_()
    columns[1].requires_grad_()
    return PairLogps(*columns)


def totals(pair: PairLogps, weights: Tensor) -> StepTotals:
    return StepTotals(len(weights), float(weights.sum()), int(pair.chosen_tokens.sum()))


def settings(case: dict[str, Any]) -> dict[str, Any]:
    names = {"variant": "variant", "beta": "beta", "label_smoothing": "labelSmoothing", "sft_weight": "sftWeight"}
    return {ours: case[theirs] for ours, theirs in names.items()}


def test_the_fixture_knows_every_variant() -> None:
    assert {case["variant"] for case in KNOWN["cases"]} == set(VARIANTS)


@pytest.mark.parametrize("case", KNOWN["cases"], ids=lambda case: f"{case['variant']}-{case['beta']}")
def test_loss_gradients_and_metrics_are_those_of_trl(case: dict[str, Any]) -> None:
    pair = known_pairs()
    ones = torch.ones(len(pair.chosen), dtype=torch.float64)
    loss = weighted_dpo(pair, ones, totals(pair, ones), **settings(case))
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss) == pytest.approx(case["loss"], abs=1e-10)
    assert pair.chosen.grad is not None
    assert pair.rejected.grad is not None
    for i, (chosen, rejected) in enumerate(case["gradients"]):
        assert float(pair.chosen.grad[i]) == pytest.approx(chosen, abs=1e-12)
        assert float(pair.rejected.grad[i]) == pytest.approx(rejected, abs=1e-12)
    figures = dict(zip(DPO_METRICS[1:], dpo_metrics(pair, case["beta"], len(ones)), strict=True))
    for name, value in figures.items():
        # TRL counts accuracies in float32.
        assert value == pytest.approx(case["metrics"][name], abs=1e-7)


def test_weights_are_normalised_over_the_whole_step() -> None:
    pair = known_pairs()
    weights = torch.linspace(0.2, 3, len(pair.chosen), dtype=torch.float64)
    given: dict[str, Any] = {"variant": "sigmoid", "beta": 0.1, "label_smoothing": 0.0, "sft_weight": 0.5}
    whole = weighted_dpo(pair, weights, totals(pair, weights), **given)
    parts = [
        weighted_dpo(
            PairLogps(*(getattr(pair, name)[half] for name in pair.__dataclass_fields__)),
            weights[half],
            totals(pair, weights),
            **given,
        )
        for half in (slice(0, 1), slice(1, None))
    ]
    assert float(whole) == pytest.approx(float(parts[0] + parts[1]), abs=1e-12)
    losses = pair_losses(pair, "sigmoid", 0.1, 0)
    expected = (weights * losses).sum() / weights.sum() - 0.5 * pair.chosen.sum() / pair.chosen_tokens.sum()
    assert float(whole) == pytest.approx(float(expected), abs=1e-12)


def test_an_unknown_variant_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NearmissError, match="'hinge'; expected one of sigmoid, cdpo, ipo, robust"):
        pair_losses(known_pairs(), "hinge", 0.1, 0)
