"""Pair files in `datasets` and TRL as they are, and TRL's trainer with their weights."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import load_dataset
from trl import DPOConfig, DPOTrainer

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.trl import WeightedDPOTrainer
from tests.small import FIXTURES, chat, in_processes, pairs, reset, write_jsonl

MODEL = FIXTURES / "qwen2"


def trained(folder: Path, kind: Any, rows: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    """Trains a pair file's rows; the logged lines, with the sum of the weights' changes."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    reset()
    folder.mkdir()
    file = write_jsonl(folder / "pairs.jsonl", rows)
    dataset = load_dataset("json", data_files=str(file), split="train", cache_dir=str(folder / "cache"))
    assert dataset.column_names == list(rows[0])
    given = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, **options}
    shared = {"num_train_epochs": 1, "learning_rate": 1e-3, "lr_scheduler_type": "constant", "logging_steps": 1}
    quiet = {"report_to": [], "disable_tqdm": True, "save_strategy": "no", "use_cpu": True, "dataset_num_proc": None}
    args = DPOConfig(str(folder), gradient_checkpointing=False, bf16=False, max_length=256, **shared, **quiet, **given)
    base = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, MODEL / "adapter", is_trainable=True)
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    trainer = kind(model=model, args=args, train_dataset=dataset, processing_class=tokenizer)
    trainer.train()
    lines = [line for line in trainer.state.log_history if "loss" in line]
    (folder / "log.json").write_text(json.dumps(lines), "utf-8")
    return copy.deepcopy(lines)


def test_a_pair_file_trains_in_trl_as_it_is_and_with_weights_of_1_to_the_same(tmp_path: Path) -> None:
    ones = pairs(chat, [1])
    theirs = trained(tmp_path / "theirs", DPOTrainer, ones)
    ours = trained(tmp_path / "ours", WeightedDPOTrainer, ones)
    assert len(theirs) == len(ours) == 3
    for one, other in zip(theirs, ours, strict=True):
        for name in ("loss", "grad_norm", "rewards/margins", "logps/chosen", "logps/rejected"):
            assert other[name] == pytest.approx(one[name], abs=2e-4), name


def test_weights_are_normalised_over_accumulation_and_processes(tmp_path: Path) -> None:
    rows = pairs(chat, [9, 0.1, 0.1, 0.5])
    whole = trained(
        tmp_path / "whole", WeightedDPOTrainer, rows, per_device_train_batch_size=4, gradient_accumulation_steps=1
    )
    parts = trained(
        tmp_path / "parts", WeightedDPOTrainer, rows, per_device_train_batch_size=1, gradient_accumulation_steps=4
    )
    each = {"per_device_train_batch_size": 1, "gradient_accumulation_steps": 2}

    def work() -> None:
        import os

        rank = os.environ["RANK"]
        trained(tmp_path / f"rank-{rank}", WeightedDPOTrainer, rows, **each)

    assert in_processes(2, work) == [0, 0]
    spread = json.loads((tmp_path / "rank-0" / "log.json").read_text("utf-8"))
    for a, b, c in zip(whole, parts, spread, strict=True):
        for name in ("loss", "grad_norm"):
            assert b[name] == pytest.approx(a[name], abs=2e-4), name
            assert c[name] == pytest.approx(a[name], abs=2e-4), name


def test_a_loss_that_cannot_be_weighted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NearmissError, match="expected one of sigmoid, ipo, robust"):
        trained(tmp_path / "hinge", WeightedDPOTrainer, pairs(chat)[:2], loss_type=["hinge"])
