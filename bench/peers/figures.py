"""What the peers' scripts share with `npm run bench`: the same fields, meaning the same (bench/harness.ts, measure.ts)."""

import datetime
import json
import os
import platform
import resource
import statistics
import time
from pathlib import Path

import torch

PRECISIONS = {"float32": "fp32", "bfloat16": "bf16"}
SIZE = 1024
RUNS = 8


def spread(values: list[float], digits: int = 1) -> dict:
    """Median, least and most of a figure that was measured several times."""
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
        "runs": len(values),
    }


def matmul_gflops(dtype: torch.dtype) -> float:
    """Billions of operations a second of a product of 1,024 in each direction, the best of eight."""
    x, w = torch.randn(SIZE, SIZE, dtype=dtype), torch.randn(SIZE, SIZE, dtype=dtype)
    best = float("inf")
    with torch.inference_mode():
        for _ in range(RUNS):
            start = time.perf_counter()
            torch.nn.functional.linear(x, w)
            best = min(best, time.perf_counter() - start)
    return round(2 * SIZE**3 / best / 1e9, 1)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def report(bench: str, peer: str, model: str, dtype: str, versions: dict[str, str], figures: dict) -> None:
    """Prints the result as one JSON object."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result = {
        "bench": bench,
        "peer": peer,
        "date": datetime.date.today().isoformat(),
        "model": Path(model).resolve().name,
        "precision": PRECISIONS[dtype],
        **figures,
        "peakRssGB": round(peak / 1e9, 2),
        "machine": {
            "cpu": processor(),
            "cores": len(os.sched_getaffinity(0)),
            "memoryGB": round(memory / 1e9, 1),
            "matmulGflops": {"fp32": matmul_gflops(torch.float32), "bf16": matmul_gflops(torch.bfloat16)},
            "versions": {"python": platform.python_version(), **versions},
        },
    }
    print(json.dumps(result))
