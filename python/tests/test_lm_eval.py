"""lm-evaluation-harness on our tasks: the answers and the score of `nearmiss eval`."""

from pathlib import Path
from typing import Any

import pytest

import nearmiss_torch.lm_eval
from tests.node import COMMAND, nearmiss, needs_node
from tests.small import TINY, read_jsonl, write_jsonl

lm_eval = pytest.importorskip("lm_eval", reason="needs lm-evaluation-harness")

# Of the kind that tiny has learnt; some it answers right, others wrong.
ANSWERS = {
    "Ruth has 4 times as many apples as Max, who has 12. How many apples does Ruth have?": "48",
    "Every day Anna runs 8 miles. How many miles does Anna run in a week?": "56",
    "Max sees 5 cows with 4 legs each on a farm. How many legs do the cows have?": "20",
    "Sam has 92 dollars and spends 14 on food. How many dollars does Sam have then?": "78",
    "Ruth plays for 4 hours and 20 minutes. How many minutes is that?": "260",
    "After Ella gave 11 clips to Tom, she has 18 left. How many clips did Ella have at first?": "29",
}


@needs_node
def test_the_harness_reads_and_scores_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lm_eval.tasks import TaskManager

    monkeypatch.setenv("NEARMISS_COMMAND", f"{' '.join(COMMAND)} serve")
    rows = [{"id": text, "question": text, "answer": answer, "source": "t"} for text, answer in ANSWERS.items()]
    data = write_jsonl(tmp_path / "problems.jsonl", rows)
    nearmiss("eval", "--model", TINY, "--problems", data, "--out", tmp_path / "answers.jsonl", "--max-tokens=80")
    ours = {row["problemId"]: row["text"] for row in read_jsonl(tmp_path / "answers.jsonl")}
    tasks = TaskManager(include_path=nearmiss_torch.lm_eval.__path__[0], metadata={"problems": str(data)})
    found: dict[str, Any] = lm_eval.simple_evaluate(
        model="hf",
        model_args={"pretrained": str(TINY), "dtype": "float32"},
        tasks=["nearmiss", "nearmiss_judged"],
        task_manager=tasks,
        apply_chat_template=True,
        gen_kwargs="max_gen_toks=80",
        batch_size=4,
        device="cpu",
        bootstrap_iters=0,
    )
    exact, judged = (found["samples"][name] for name in ("nearmiss", "nearmiss_judged"))
    assert {row["doc"]["question"]: row["resps"][0][0] for row in exact} == ours
    right = {row["doc_id"]: row["correct"] for row in judged}
    assert 0 < sum(right.values()) < len(rows)
    assert {row["doc_id"]: row["exact_match"] for row in exact} == right
