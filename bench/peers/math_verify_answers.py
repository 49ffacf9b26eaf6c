"""Math-Verify on answer-equivalence cases: how many it judges as labelled, and calls a second.

    python bench/peers/math_verify_answers.py ../shared/data/answer-equivalence/*.jsonl

A call parses gold and prediction and verifies one against the other, with the package's defaults. Calls a second are
the best of three passes over all cases after one that is not timed, as in `npm run bench -- verifier`. The last line is
one JSON object.
"""

import argparse
import json
import logging
import time
from importlib.metadata import version
from pathlib import Path

from math_verify import parse, verify


def same(case: dict) -> bool:
    return verify(parse(case["gold"]), parse(case["prediction"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=Path, help="JSONL with gold, prediction and expected a line")
    args = parser.parse_args()
    # Texts that it cannot parse are logged one by one.
    logging.disable(logging.ERROR)

    lines = [line for file in args.cases for line in file.read_text(encoding="utf-8").splitlines()]
    cases = [json.loads(line) for line in lines if line.strip()]
    agreed = sum(same(case) == case["expected"] for case in cases)
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        for case in cases:
            same(case)
        best = max(best, len(cases) / (time.perf_counter() - start))
    figures = {
        "peer": f"math-verify {version('math-verify')}",
        "agreed": agreed,
        "cases": len(cases),
        "answersPerSecond": round(best),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
