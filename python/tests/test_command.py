"""The command line around a training: what it needs, when it stops, what it says."""

import json
import os
import socket
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from nearmiss_torch import __version__, environment
from nearmiss_torch.stopping import Stop
from tests.small import FIXTURES, ROOT, chat, in_processes, pairs, recipe, write_jsonl


def test_the_version_belongs_to_the_typescript_package() -> None:
    ours = json.loads((ROOT / "package.json").read_text("utf-8"))["version"]
    assert __version__.split(".")[:2] == ours.split(".")[:2]


def test_what_is_missing_or_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.look().faults == []
    assert {"torch", "peft", "accelerate", "transformers"} <= environment.look().found.keys()
    there = {"peft": "0.9.1", "torch": "2.15.0+cu132"}

    def version(name: str) -> str:
        if name in there:
            return there[name]
        raise PackageNotFoundError(name)

    monkeypatch.setattr(environment, "version", version)
    faults = environment.look().faults
    assert "peft is 0.9.1; 0.17 or newer is needed." in faults
    assert "transformers is not installed; 4.56 or newer is needed." in faults
    assert not [fault for fault in faults if fault.startswith("torch ")]


def test_a_training_ends_with_the_program_that_started_it() -> None:
    here = socket.gethostname()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    def work() -> None:
        # In a fork, since it listens to signals.
        assert Stop(f"{here}:{gone.pid}").asked
        assert not Stop(f"{here}:{os.getpid()}").asked
        assert not Stop(f"elsewhere:{gone.pid}").asked
        assert not Stop(None).asked
        stop = Stop(None)
        os.kill(os.getpid(), 15)
        assert stop.asked

    assert in_processes(1, work) == [0]


def test_a_failure_is_an_event_for_the_program_that_listens_and_a_line_for_a_person(tmp_path: Path) -> None:
    rows = [*pairs(chat)[:2], {"weight": -1}]
    words = ["dpo", "--recipe", recipe(tmp_path / "r.yaml", FIXTURES / "qwen2"), "--out", tmp_path / "out", "--events"]
    data = ["--pairs", write_jsonl(tmp_path / "pairs.jsonl", rows)]
    command = [sys.executable, "-m", "nearmiss_torch", *map(str, words), *map(str, data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    message = f"{tmp_path}/pairs.jsonl:3: weight is -1; expected a number above 0. Mend the row."
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1]) == {"nearmiss": "error", "message": message}
    assert done.stderr.splitlines()[-1] == f"nearmiss-torch error: {message}"
    assert not (tmp_path / "out" / "adapter_model.safetensors").exists()
