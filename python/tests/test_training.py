"""Whole runs on small random models, in one process."""

import json
import math
import os
import signal
from pathlib import Path

import pytest
import torch
import yaml

from nearmiss_torch import checkpoint, loop, train
from nearmiss_torch.errors import NearmissError
from nearmiss_torch.stopping import Stopped
from tests.small import (
    FIXTURES,
    AfterChecks,
    adapter,
    assert_close,
    chat,
    dpo,
    in_processes,
    metrics,
    pairs,
    run,
    sft,
    write_jsonl,
)

STAGES = {"sft": sft, "dpo": dpo}


@pytest.fixture(scope="module", params=STAGES)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted run, named by its stage."""
    stage: str = request.param
    return STAGES[stage](tmp_path_factory.mktemp("whole") / stage)


def same_bytes(one: Path, other: Path) -> None:
    for name in ("metrics.jsonl", "adapter_model.safetensors", "checkpoints/checkpoint-6.safetensors"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_a_run_learns(whole: Path) -> None:
    lines = metrics(whole)
    assert len(lines) == 6
    assert lines[-1]["loss"] < lines[0]["loss"]
    if whole.name == "dpo":
        assert lines[0]["loss"] == pytest.approx(math.log(2), abs=1e-6)
        assert lines[-1]["rewards/margins"] > 0.5


def test_stopped_and_resumed_equals_uninterrupted(whole: Path, tmp_path: Path) -> None:
    # Before a step's first micro-batch or between two of them; DPO's first eleven checks are in the reference pass.
    for checks in {"sft": (0, 3, 9), "dpo": (3, 14, 22)}[whole.name]:
        folder = tmp_path / f"cut-{checks}"
        with pytest.raises(Stopped):
            STAGES[whole.name](folder, stop=AfterChecks(checks))
        same_bytes(STAGES[whole.name](folder), whole)


def test_killed_at_bad_moments_and_resumed_equals_uninterrupted(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is set in a fork is set there alone.
    run = STAGES[whole.name]

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def between_checkpoints() -> None:
        update = loop.Training._update
        calls = 0

        def counted(self: loop.Training[object], rate: float) -> None:
            nonlocal calls
            calls += 1
            update(self, rate)
            if calls == 3:
                die()

        monkeypatch.setattr(loop.Training, "_update", counted)
        run(tmp_path / "cut")

    def with_a_checkpoint_half_written() -> None:
        monkeypatch.setattr(checkpoint, "write_json", die)
        run(tmp_path / "cut")

    def before_the_adapter() -> None:
        monkeypatch.setattr(train, "write_adapter", die)
        run(tmp_path / "cut")

    for moment in (between_checkpoints, with_a_checkpoint_half_written, before_the_adapter):
        assert in_processes(1, moment) == [-signal.SIGKILL]
        assert not (tmp_path / "cut" / "adapter_model.safetensors").exists()
    same_bytes(run(tmp_path / "cut"), whole)


def test_accumulated_equals_one_large_batch(whole: Path, tmp_path: Path) -> None:
    assert_close(STAGES[whole.name](tmp_path / "large", microBatchTokens=10_000), whole, 1e-5)


def test_activations_computed_twice_change_nothing(whole: Path, tmp_path: Path) -> None:
    assert_close(STAGES[whole.name](tmp_path / "twice", memory="recompute"), whole, 1e-6)


def test_with_every_weight_1_weighted_is_unweighted_and_else_is_not(tmp_path: Path) -> None:
    ones = dpo(tmp_path / "ones", pairs=pairs(chat, [1]))
    plain = dpo(tmp_path / "plain", weighted=False)
    other = dpo(tmp_path / "other")
    assert (ones / "metrics.jsonl").read_bytes() == (plain / "metrics.jsonl").read_bytes()
    assert metrics(other)[-1]["loss"] != metrics(plain)[-1]["loss"]


def test_the_control_arm_is_the_sft_term_of_dpo(tmp_path: Path) -> None:
    """SFT on the chosen sides by the options of `dpo`; a recipe without SFT has them too."""
    preference = dpo(tmp_path / "dpo", beta=1e-12, sftWeight=1, learningRate=1e-3)
    control = tmp_path / "control"
    control.mkdir()
    resolved = yaml.safe_load((preference / "recipe.yaml").read_text("utf-8"))
    (control / "recipe.yaml").write_text(yaml.safe_dump({**resolved, "sft": None}), "utf-8")
    chosen = [{"id": p["problemId"], "prompt": p["prompt"], "completion": p["chosen"]} for p in pairs(chat)]
    examples = write_jsonl(control / "examples.jsonl", chosen)
    arguments = ("--recipe", control / "recipe.yaml", "--out", control, "--adapter", FIXTURES / "qwen2" / "adapter")
    run("sft", "--options", "dpo", "--examples", examples, *arguments)
    ours, theirs = adapter(control), adapter(preference)
    start = adapter(FIXTURES / "qwen2" / "adapter")
    for name, tensor in ours.items():
        assert torch.allclose(tensor, theirs[name], atol=1e-5), name
    assert any(not torch.allclose(tensor, start[name], atol=1e-4) for name, tensor in ours.items())
    with pytest.raises(NearmissError, match="no SFT"):
        run("sft", "--examples", examples, *arguments)


def test_bf16_learns_nearly_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = sft(tmp_path / "exact")
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    rough = sft(tmp_path / "rough")
    assert all(tensor.dtype == torch.float32 for tensor in adapter(rough).values())
    for a, b in zip(metrics(exact), metrics(rough), strict=True):
        assert a["loss"] != b["loss"]
        assert a["loss"] == pytest.approx(b["loss"], rel=0.02)


def test_the_adapter_loads_in_peft_with_the_same_log_probabilities(tmp_path: Path) -> None:
    """The next run's reference is what peft makes of the last run's adapter; a merged model gives the same."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from nearmiss_torch.examples import Encoder

    folder = dpo(tmp_path / "run")
    model = FIXTURES / "qwen2"
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    ids = torch.tensor([Encoder(model).encode("12 - 5 = 7\nThe answer is: 7")])
    with torch.no_grad():
        plain = base(ids).logits
        tuned = PeftModel.from_pretrained(base, folder)
        with_adapter = tuned(ids).logits
        merged = tuned.merge_and_unload()(ids).logits
    assert torch.max(torch.abs(with_adapter - plain)) > 0.01
    assert torch.max(torch.abs(with_adapter - merged)) < 1e-4
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    assert config["r"] == 4


def test_another_run_is_refused_field_by_field(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        sft(tmp_path / "run", stop=AfterChecks(3))
    with pytest.raises(NearmissError, match=r"options\.learningRate: 0\.002 there, 0\.01 here"):
        sft(tmp_path / "run", learningRate=0.01)
    sft(tmp_path / "run", microBatchTokens=100, checkpointEvery=5)


def test_a_damaged_checkpoint_is_passed_over(whole: Path, tmp_path: Path) -> None:
    run = STAGES[whole.name]
    with pytest.raises(Stopped):
        run(tmp_path / "cut", stop=AfterChecks(22 if whole.name == "dpo" else 9))
    newest = max((tmp_path / "cut" / "checkpoints").glob("*.safetensors"))
    newest.write_bytes(newest.read_bytes()[:200])
    same_bytes(run(tmp_path / "cut"), whole)


def test_a_gradient_that_is_not_finite_stops_before_the_update_and_names_the_examples(tmp_path: Path) -> None:
    with pytest.raises(NearmissError, match=r"(?s)stopped at step \d: the loss is .*p\d+.*lower learningRate"):
        sft(tmp_path / "run", learningRate=1e30, warmupRatio=0)
    (record,) = (tmp_path / "run").glob("not-finite-sft-sft-*.json")
    assert len(json.loads(record.read_text("utf-8"))["ids"]) in (2, 5)


def test_nothing_to_train_on_is_said(tmp_path: Path) -> None:
    with pytest.raises(NearmissError, match="nothing to train on"):
        sft(tmp_path / "run", maxLength=3)


def test_one_folder_holds_one_training(tmp_path: Path) -> None:
    with train._locked(tmp_path / "checkpoints"), pytest.raises(NearmissError, match="Another training is at work"):
        sft(tmp_path)
