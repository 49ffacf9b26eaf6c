"""The same trainings by the TypeScript engine and here: metrics, log-probabilities and adapters, to 1e-4."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.node import nearmiss, needs_node
from tests.small import (
    DPO_OPTIONS,
    FIXTURES,
    OPTIONS,
    TINY,
    assert_close,
    pairs,
    problems,
    prompt_of,
    read_jsonl,
    recipe,
    run,
    write_jsonl,
)

STEPS: dict[str, Any] = {"maxSteps": 5, "sftWeight": 0.2, "rejectedPart": "error"}


def settings(names: dict[str, Any]) -> list[str]:
    given = {name: STEPS.get(name, value) for name, value in names.items()}
    return [f"--set={name}={value}" for name, value in given.items() if value is not None]


def reference(folder: Path) -> dict[int, tuple[float, float]]:
    """Log-probabilities of each pair under the reference, by either engine."""
    (path,) = (folder / "checkpoints").glob("reference-*.jsonl")
    found = {}
    for line in read_jsonl(path):
        if "example" in line:
            found[line["example"]] = (line["chosen"], line["rejected"])
        else:
            found.update(zip(line["examples"], map(tuple, line["logps"]), strict=True))
    return found


@needs_node
@pytest.mark.parametrize("model", [FIXTURES / "qwen2", FIXTURES / "llama", TINY], ids=lambda path: path.name)
def test_five_steps_of_sft_and_then_of_dpo_agree(tmp_path: Path, model: Path) -> None:
    theirs, ours = tmp_path / "typescript", tmp_path / "torch"
    ours.mkdir()
    rows = problems()
    data = write_jsonl(tmp_path / "problems.jsonl", rows)
    nearmiss("sft", "--model", model, "--problems", data, "--out", theirs / "sft", "--rank", "4", *settings(OPTIONS))
    text = {row["id"]: prompt_of(model, row["question"]) for row in rows}
    examples = [{"id": r["id"], "prompt": text[r["id"]], "completion": r["solution"]} for r in rows]
    common: list[str | Path] = ["--recipe", recipe(tmp_path / "recipe.yaml", model, **STEPS)]
    # The engine's fresh adapter, as a step that moves nothing leaves it.
    start = theirs / "start"
    nearmiss(
        *("sft", "--model", model, "--problems", data, "--out", start, "--rank", "4", "--seed", "3"),
        *("--set=maxSteps=1", "--set=learningRate=1e-30"),
    )
    run(
        "sft",
        *common,
        "--adapter",
        start,
        "--examples",
        write_jsonl(tmp_path / "x.jsonl", examples),
        "--out",
        ours / "sft",
    )
    assert_close(ours / "sft", theirs / "sft", 1e-4)

    file = write_jsonl(tmp_path / "pairs.jsonl", pairs(lambda question: prompt_of(model, question)))
    begin: list[str | Path] = ["--adapter", theirs / "sft", "--pairs", file, "--weighted"]
    nearmiss("dpo", "--model", model, *begin, "--out", theirs / "dpo", *settings({**OPTIONS, **DPO_OPTIONS}))
    run("dpo", *common, *begin, "--out", ours / "dpo", "--arm", "dpo-weighted")
    assert_close(ours / "dpo", theirs / "dpo", 1e-4)
    mine, known = reference(ours / "dpo"), reference(theirs / "dpo")
    assert mine.keys() == known.keys() == set(range(len(rows)))
    for index, logps in known.items():
        assert mine[index] == pytest.approx(logps, abs=1e-4, rel=1e-6)


@needs_node
def test_a_merged_model_has_the_log_probabilities_of_its_adapter(tmp_path: Path) -> None:
    """`nearmiss export` writes a model for transformers: its logits are those of peft's adapter on the base."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = FIXTURES / "qwen2"
    shutil.copytree(model / "adapter", tmp_path / "run" / "adapters" / "sft")
    nearmiss("export", "--model", model, "--run", tmp_path / "run", "--arm", "sft", "--out", tmp_path / "merged")
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    ids = AutoTokenizer.from_pretrained(model)("12 - 5 = 7", return_tensors="pt").input_ids
    with torch.no_grad():
        plain = base(ids).logits
        with_adapter = PeftModel.from_pretrained(base, model / "adapter")(ids).logits
        of_merged = merged(ids).logits
    assert merged.dtype == torch.float32
    assert torch.max(torch.abs(with_adapter - plain)) > 0.01
    assert torch.max(torch.abs(with_adapter - of_merged)) < 1e-4
    assert json.loads((tmp_path / "merged" / "config.json").read_text("utf-8"))["model_type"] == "qwen2"
