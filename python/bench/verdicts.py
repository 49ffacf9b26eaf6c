"""Verdicts a second through `nearmiss_torch.verifier`, on GSM8K's published solutions.

    NEARMISS_COMMAND="node dist/cli/main.js serve" \
        python python/bench/verdicts.py test.jsonl model_solutions_6b.jsonl

The first file has GSM8K's problems, `{question, answer}`, whose worked solutions are judged against themselves;
others have rows `{question, solution}` of the same problems.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

from nearmiss_torch.verifier import Solution, Verifier

BATCH = 512
REPEATS = 5


def rows(path: Path) -> list[dict[str, str]]:
    """A file's rows."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    """Prints a line a file, and one JSON object last."""
    paths = [Path(argument) for argument in sys.argv[1:]]
    gold = {row["question"]: row["answer"] for row in rows(paths[0])}
    rates: dict[str, float] = {}
    with Verifier() as verifier:
        for path in paths:
            work = [
                Solution(row["question"], row.get("solution", row.get("answer", "")), gold[row["question"]])
                for row in rows(path)
                if row["question"] in gold
            ]
            verifier.judge(work[:BATCH])
            seconds = []
            for _ in range(REPEATS):
                begun = time.perf_counter()
                for start in range(0, len(work), BATCH):
                    verifier.judge(work[start : start + BATCH])
                seconds.append(time.perf_counter() - begun)
            rates[path.name] = len(work) / median(seconds)
            print(f"{path.name}: {len(work)} solutions, {rates[path.name]:.0f} verdicts/s (median of {REPEATS})")
    print(json.dumps({"verdictsPerSecond": {name: round(rate) for name, rate in rates.items()}}))


if __name__ == "__main__":
    main()
