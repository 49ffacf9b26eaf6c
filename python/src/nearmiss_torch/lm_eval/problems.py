"""Problems for lm-evaluation-harness, and the verifier as its metric."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import Dataset

if TYPE_CHECKING:
    from nearmiss_torch.verifier import Verifier


def load(problems: str = "", user: str = "{question}", **_: Any) -> dict[str, Dataset]:
    """Reads a problem file of Nearmiss.

    Args:
        problems: A file of lines `{question, answer, ...}`, such as a run's `test.jsonl`.
        user: The user's message, as in a recipe's `prompt.user`.
        _: What else the harness tells every task.

    Raises:
        ValueError: No file is named, or a line is not JSON or lacks a field.
    """
    if not problems:
        raise ValueError("""Which problems? Name their file: --metadata '{"problems": "runs/x/test.jsonl"}'""")
    rows = []
    # Split at the newline alone: JSON allows U+2028 inside a string.
    for number, line in enumerate(Path(problems).read_text("utf-8").rstrip("\n").split("\n"), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{problems}:{number} is not JSON: {error}. A line is {{question, answer, ...}}.") from error
        for name in ("question", "answer"):
            if name not in row:
                raise ValueError(f"{problems}:{number} has no {name!r}. A line is {{question, answer, ...}}.")
        question = str(row["question"])
        rows.append({"question": question, "answer": str(row["answer"]), "prompt": user.replace("{question}", question)})
    return {"test": Dataset.from_list(rows)}


def judge(doc: dict[str, str], results: list[str]) -> dict[str, float]:
    """Whether the MathVerifier finds an answer right."""
    from nearmiss_torch.verifier import Solution

    (verdict,) = _verifier().judge([Solution(doc["question"], results[0], doc["answer"])])
    return {"correct": float(verdict["correct"] or 0)}


@cache
def _verifier() -> "Verifier":
    from nearmiss_torch.verifier import Verifier

    return Verifier()
