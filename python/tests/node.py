"""The TypeScript command line, from its sources, where the repository has its packages."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.small import ROOT, read_jsonl, write_jsonl

TSX = ROOT / "node_modules" / ".bin" / "tsx"
COMMAND = [str(TSX), str(ROOT / "src" / "cli" / "main.ts")]

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not TSX.exists(), reason="needs Node, and `npm ci` in the repository"
)


def nearmiss(*arguments: str | Path) -> str:
    """Runs a verb; its standard output."""
    words = [*COMMAND, *(str(argument) for argument in arguments)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def merged_after_sft(
    folder: Path, model: Path, rows: Sequence[dict[str, Any]], longest: int
) -> tuple[Path, dict[str, dict[str, Any]]]:
    """The model after three steps of SFT, its adapter merged in, and its greedy answers to `rows` by their ids."""
    data = write_jsonl(folder / "problems.jsonl", rows)
    training = ["--rank=4", "--set=maxSteps=3", "--set=batchSize=2", "--set=learningRate=0.002"]
    run, merged, answers = folder / "run", folder / "merged", folder / "answers.jsonl"
    nearmiss("sft", "--model", model, "--problems", data, "--out", run / "adapters" / "sft", *training)
    nearmiss("export", "--model", model, "--run", run, "--arm", "sft", "--out", merged)
    nearmiss("eval", "--model", merged, "--problems", data, "--out", answers, f"--max-tokens={longest}")
    return merged, {row["problemId"]: row for row in read_jsonl(answers)}
