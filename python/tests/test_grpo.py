"""TRL's GRPOTrainer, a step on tiny with the verifier's rewards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from nearmiss_torch.verifier import Solution, Verifier, reward
from tests.node import COMMAND, needs_node
from tests.small import TINY, problems, reset


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier([*COMMAND, "serve"]) as started:
        yield started


@needs_node
def test_a_step_of_grpo_is_rewarded_by_the_verifier(tmp_path: Path, verifier: Verifier) -> None:
    reset()
    rows = [
        {"prompt": [{"role": "user", "content": row["question"]}], "question": row["question"], "answer": row["answer"]}
        for row in problems(4)
    ]
    seen: list[tuple[Any, ...]] = []
    correct = reward("correct", verifier=verifier)

    def watched(prompts: Any, completions: Any, **columns: Any) -> list[float | None]:
        given = correct(prompts, completions, **columns)
        seen.extend(zip(columns["question"], completions, columns["answer"], given, strict=True))
        return given

    batch = {"per_device_train_batch_size": 16, "num_generations": 4, "max_completion_length": 80, "max_steps": 1}
    quiet = {"report_to": [], "disable_tqdm": True, "save_strategy": "no", "use_cpu": True, "logging_steps": 1}
    args = GRPOConfig(str(tmp_path), learning_rate=1e-3, bf16=False, gradient_checkpointing=False, **batch, **quiet)
    trainer = GRPOTrainer(
        model=str(TINY),
        args=args,
        reward_funcs=[watched, reward("sound", verifier=verifier)],
        train_dataset=Dataset.from_list(rows),
    )
    before = [weights.clone() for weights in trainer.model.parameters()]
    trainer.train()

    assert len(seen) == 16
    texts = [completion[-1]["content"] for _, completion, _, _ in seen]
    verdicts = verifier.judge(Solution(q, text, a) for text, (q, _, a, _) in zip(texts, seen, strict=True))
    assert [given for *_, given in seen] == [float(verdict["correct"] or 0) for verdict in verdicts]
    log = next(line for line in trainer.state.log_history if "loss" in line)
    assert log["rewards/watched/mean"] == pytest.approx(sum(given for *_, given in seen) / 16)
    sound = 1 - sum(verdict["wrongness"] for verdict in verdicts) / 16
    assert log["rewards/nearmiss_sound/mean"] == pytest.approx(sound, abs=1e-5)
    assert any(not torch.equal(old, new) for old, new in zip(before, trainer.model.parameters(), strict=True))
