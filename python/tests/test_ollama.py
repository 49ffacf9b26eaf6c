"""A merged model in Ollama, by the Modelfile of `nearmiss export`: it is asked, and answers, as by `nearmiss eval`.

NEARMISS_OLLAMA names Ollama's program (https://ollama.com). NEARMISS_TEST_MODEL may name one more model than tiny.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.node import merged_after_sft, needs_node
from tests.small import MODELS, problems, prompt_of

OLLAMA = os.environ.get("NEARMISS_OLLAMA")

pytestmark = pytest.mark.skipif(OLLAMA is None, reason="needs NEARMISS_OLLAMA, Ollama's program")

LONGEST = 60


class Ollama:
    """A server of its own, with its own models."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{free.getsockname()[1]}"
        home = {"HOME": str(folder), "OLLAMA_MODELS": str(folder / "models"), "OLLAMA_HOST": self.host}
        self.environment = {**os.environ, **home}
        self.log = folder / "log"
        with self.log.open("w") as log:
            words = [str(OLLAMA), "serve"]
            self.process = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log)

    def create(self, name: str, modelfile: Path) -> None:
        words = [str(OLLAMA), "create", name, "-f", str(modelfile)]
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + self.log.read_text()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"http://{self.host}{path}", data), timeout=300) as answer:
            return json.load(answer)

    def wait(self) -> None:
        for _ in range(300):
            assert self.process.poll() is None, self.log.read_text()
            try:
                self.ask("/api/version")
            except URLError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text())


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    folder = tmp_path / "ollama"
    folder.mkdir()
    server = Ollama(folder)
    try:
        server.wait()
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=30)


@needs_node
@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.name)
def test_a_model_of_its_modelfile_is_asked_and_answers_as_ours(tmp_path: Path, model: Path, ollama: Ollama) -> None:
    rows = problems(6)
    merged, ours = merged_after_sft(tmp_path, model, rows, LONGEST)
    ollama.create("merged", merged / "Modelfile")
    options = {"temperature": 0, "num_predict": LONGEST, "num_ctx": 512}
    same = 0
    for row in rows:
        own = ours[row["id"]]
        raw = {"prompt": prompt_of(merged, row["question"]), "raw": True, "logprobs": True}
        told = ollama.ask("/api/generate", {"model": "merged", "stream": False, "options": options, **raw})
        messages = [{"role": "user", "content": row["question"]}]
        chat = ollama.ask("/api/chat", {"model": "merged", "stream": False, "options": options, "messages": messages})
        # The template that the Modelfile gives makes of the question what ours makes of it.
        assert chat["prompt_eval_count"] == told["prompt_eval_count"]
        assert chat["message"]["content"] == told["response"]
        logprob = sum(token["logprob"] for token in told["logprobs"])
        tokens = len(told["logprobs"])
        print(f"{row['id']}: {told['response'] == own['text']}, {logprob:.4f}, ours {own['logprob']:.4f}, {tokens}")
        if told["response"] == own["text"]:
            same += 1
            assert logprob == pytest.approx(own["logprob"], abs=0.01 * tokens)
    # Ollama keeps matrices in 16 bits, so that a near tie between two tokens may go the other way.
    assert same >= 5
