"""lm-evaluation-harness on the task of lm-eval/: the answers and the score of `nearmiss eval`."""

from pathlib import Path
from typing import Any

import pytest

from tests.node import COMMAND, needs_node, nearmiss
from tests.small import ROOT, TINY, problems, read_jsonl, write_jsonl

lm_eval = pytest.importorskip("lm_eval", reason="needs lm-evaluation-harness")


@needs_node
def test_the_harness_reads_and_scores_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lm_eval.tasks import TaskManager

    monkeypatch.setenv("NEARMISS_COMMAND", f"{' '.join(COMMAND)} serve")
    data = write_jsonl(tmp_path / "problems.jsonl", problems(12))
    nearmiss("eval", "--model", TINY, "--problems", data, "--out", tmp_path / "answers.jsonl", "--max-tokens=80")
    ours = {row["problemId"]: row["text"] for row in read_jsonl(tmp_path / "answers.jsonl")}
    tasks = TaskManager(include_path=str(ROOT / "python" / "lm-eval"), metadata={"problems": str(data)})
    found: dict[str, Any] = lm_eval.simple_evaluate(
        model="hf",
        model_args={"pretrained": str(TINY), "dtype": "float32"},
        tasks=["nearmiss", "nearmiss_judged"],
        task_manager=tasks,
        apply_chat_template=True,
        gen_kwargs="max_gen_toks=80",
        batch_size=5,
        device="cpu",
        bootstrap_iters=0,
    )
    exact, judged = (found["samples"][name] for name in ("nearmiss", "nearmiss_judged"))
    ids = {row["question"]: row["id"] for row in problems(12)}
    assert {ids[row["doc"]["question"]]: row["resps"][0][0] for row in exact} == ours
    right = {row["doc_id"]: row["correct"] for row in judged}
    assert 0 < sum(right.values()) < 12
    assert {row["doc_id"]: row["exact_match"] for row in exact} == right
