"""Small trainings through the front door, in this process or in forks of it."""

import json
import os
import random
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from accelerate.state import AcceleratorState, GradientState

from nearmiss_torch.__main__ import parser
from nearmiss_torch.stopping import Stop
from nearmiss_torch.train import train

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
TINY = ROOT / "assets" / "tiny"
MODELS = [TINY, *(Path(name) for name in [os.environ.get("NEARMISS_TEST_MODEL")] if name)]
"""Tiny, and one more where NEARMISS_TEST_MODEL names its folder."""

OPTIONS: dict[str, Any] = {
    "epochs": 2,
    "maxSteps": None,
    "batchSize": 5,
    "microBatchTokens": 200,
    "schedule": "cosine",
    "warmupRatio": 0.2,
    "learningRateFloor": 0.1,
    "weightDecay": 0.01,
    "maxGradNorm": 1,
    "seed": 3,
    "checkpointEvery": 2,
    "maxLength": 256,
    "overLong": "drop",
    "learningRate": 0.002,
}
DPO_OPTIONS = {"beta": 0.1, "variant": "sigmoid", "labelSmoothing": 0, "sftWeight": 0, "rejectedPart": "whole"}


def write(path: Path, text: str) -> Path:
    """Writes beside and renames: ranks write the same file while others read it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    return beside.replace(path)


def write_jsonl(path: Path, rows: Sequence[object]) -> Path:
    return write(path, "".join(f"{json.dumps(row)}\n" for row in rows))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def problems(count: int = 12) -> list[dict[str, Any]]:
    """Word problems with worked solutions of unequal length."""
    draw = random.Random(5)
    rows = []
    for i in range(count):
        a, b = draw.randint(20, 60), draw.randint(2, 19)
        question = f"Mira picks {a} apples and gives {b} of them away. How many are left?"
        solution = f"{a} - {b} = {a - b}\n" * (1 + i % 3) + f"The answer is: {a - b}"
        rows.append({"id": f"p{i}", "question": question, "answer": str(a - b), "solution": solution, "source": "t"})
    return rows


def pairs(prompt: Callable[[str], str], weights: Sequence[float] = (0.4, 1.7, 0.9)) -> list[dict[str, Any]]:
    """A pair for each problem, of unequal weights and lengths, and with a known first wrong step for every other one."""
    return [
        {
            "prompt": prompt(problem["question"]),
            "chosen": problem["solution"],
            "rejected": f"I see {i} apples, so the answer is {i}. " * (1 + i % 2) + f"The answer is: {i}",
            **({"firstError": {"start": 2, "end": len(f"I see {i} apples")}} if i % 2 == 0 else {}),
            "weight": weights[i % len(weights)],
            "problemId": problem["id"],
            "hardness": 0.5,
            "dimension": "arithmetic",
            "chosenSource": "gold",
            "rejectedSource": f"sample:{i}",
        }
        for i, problem in enumerate(problems())
    ]


def chat(question: str) -> str:
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"


def prompt_of(model: Path, question: str) -> str:
    """As transformers renders it; a model without a template gets the question and a newline."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    if tokenizer.chat_template is None:
        return f"{question}\n"
    messages = [{"role": "user", "content": question}]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def recipe(path: Path, model: Path, **options: Any) -> Path:
    """A resolved recipe whose SFT and DPO have these options."""
    shared = {**OPTIONS, **{k: v for k, v in options.items() if k in OPTIONS}}
    dpo = {**shared, **DPO_OPTIONS, **{k: v for k, v in options.items() if k in DPO_OPTIONS}}
    value = {
        "train": {"engine": "torch"},
        "model": str(model),
        "memory": options.get("memory", "auto"),
        "lora": {"rank": 4, "alpha": 8},
    }
    return write(path, yaml.safe_dump({**value, "sft": shared, "dpo": dpo}))


class Never(Stop):
    """Is not asked to stop, and listens to no signals."""

    def __init__(self) -> None:
        pass

    @property
    def asked(self) -> bool:
        return False


class AfterChecks(Never):
    """Is asked to stop when it was looked at so many times."""

    def __init__(self, checks: int) -> None:
        self._left = checks

    @property
    def asked(self) -> bool:
        self._left -= 1
        return self._left < 0


def run(*arguments: str | Path, stop: Stop | None = None) -> None:
    """Trains by a command line, in this process."""
    reset()
    train(parser().parse_args([str(argument) for argument in arguments]), stop or Never())


def reset() -> None:
    """Accelerate keeps its state for the life of a process."""
    AcceleratorState._reset_state(True)
    GradientState._reset_state()


def dpo(folder: Path, model: Path = FIXTURES / "qwen2", stop: Stop | None = None, **options: Any) -> Path:
    """A DPO run in a folder; the folder."""
    folder.mkdir(exist_ok=True)
    rows = options.pop("pairs", None) or pairs(chat)
    arguments: list[str | Path] = ["--recipe", recipe(folder / "recipe.yaml", model, **options), "--out", folder]
    data: list[str | Path] = ["--pairs", write_jsonl(folder / "pairs.jsonl", rows), "--adapter", model / "adapter"]
    run("dpo", *arguments, *data, *(["--weighted"] if options.get("weighted", True) else []), stop=stop)
    return folder


def sft(folder: Path, model: Path = FIXTURES / "qwen2", stop: Stop | None = None, **options: Any) -> Path:
    """An SFT run in a folder; the folder."""
    folder.mkdir(exist_ok=True)
    rows = [{"id": p["id"], "prompt": chat(p["question"]), "completion": p["solution"]} for p in problems()]
    arguments: list[str | Path] = ["--recipe", recipe(folder / "recipe.yaml", model, **options), "--out", folder]
    data: list[str | Path] = [
        "--examples",
        write_jsonl(folder / "examples.jsonl", rows),
        "--adapter",
        model / "adapter",
    ]
    run("sft", *arguments, *data, stop=stop)
    return folder


def metrics(folder: Path) -> list[dict[str, Any]]:
    return read_jsonl(folder / "metrics.jsonl")


def adapter(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(folder / "adapter_model.safetensors")


def assert_close(ours: Path, theirs: Path, tolerance: float) -> None:
    """Two runs have the same metrics and adapters, to a tolerance (metrics: relative, where they are above 1)."""
    left, right = metrics(ours), metrics(theirs)
    assert len(left) == len(right) > 0
    for a, b in zip(left, right, strict=True):
        assert list(a) == list(b)
        for name, value in a.items():
            if isinstance(value, str):
                assert value == b[name]
            else:
                assert abs(value - b[name]) <= tolerance * max(1, abs(value)), (name, a, b)
    one, other = adapter(ours), adapter(theirs)
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.max(torch.abs(tensor - other[name])) <= tolerance, name


def in_processes(count: int, work: Callable[[], object]) -> list[int]:
    """Runs `work` in forks that are the ranks of a gloo group; their exit codes (negative: the signal)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    children = [_fork(work, rank, count, port) for rank in range(count)]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _fork(work: Callable[[], object], rank: int, count: int, port: int) -> int:
    child = os.fork()
    if child != 0:
        return child
    code = 1
    try:
        if count > 1:
            group = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
            place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "ACCELERATE_USE_CPU": "true"}
            os.environ.update({name: str(value) for name, value in {**group, **place}.items()})
        work()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)
