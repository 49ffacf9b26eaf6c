"""Long-lived verifier processes, asked in batches over standard streams."""

import atexit
import contextlib
import json
import os
import queue
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import IO, Any

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.verifier.records import Solution, Verdict

WRITTEN_AT_ONCE = 64
"""Questions in one write. The pipe holds back a writer who is ahead of the verifier."""
SHARE = 64
"""Solutions for which another process is worth asking."""
GRACE_SECONDS = 2.0


class VerifierError(NearmissError):
    """The verifier cannot be started, died twice over the same batch, or refused a question."""


class Verifier:
    """Judges solutions. Starts its processes when first asked, and again should they die; many threads may use it."""

    def __init__(self, command: Sequence[str] | None = None, timeout: float = 60.0, processes: int = 1) -> None:
        """Starts nothing yet.

        Args:
            command: What to run; by default NEARMISS_COMMAND, or `nearmiss serve`.
            timeout: Seconds to wait for the next verdict before a process is taken to hang.
            processes: How many share a batch: more than one pays where there are more than two cores.
        """
        self._services = [_Service(command, timeout) for _ in range(processes)]
        atexit.register(self.close)

    def judge(self, solutions: Iterable[Solution]) -> list[Verdict]:
        """One verdict a solution, in order.

        Raises:
            VerifierError: It cannot be started, or dies or hangs twice; the message names the solution.
        """
        given = list(solutions)
        size = max(SHARE, -(-len(given) // len(self._services)))
        shares = [(self._services[k], k * size, given[k * size : (k + 1) * size]) for k in range(-(-len(given) // size))]
        if len(shares) < 2:
            return [verdict for service, start, share in shares for verdict in service.judge(share, start)]
        with ThreadPoolExecutor(len(shares)) as threads:
            return [
                verdict
                for part in threads.map(lambda share: share[0].judge(share[2], share[1]), shares)
                for verdict in part
            ]

    def close(self) -> None:
        """Ends the processes, if there are any; the next question starts others."""
        for service in self._services:
            service.close()

    def __enter__(self) -> "Verifier":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Service:
    """One process at a time, started when needed."""

    def __init__(self, command: Sequence[str] | None, timeout: float) -> None:
        self._command = command
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: _Process | None = None

    def judge(self, given: Sequence[Solution], first: int) -> list[Verdict]:
        """One verdict a solution; `first` is the first one's place in its batch, for errors."""
        questions = [_question(i, solution) for i, solution in enumerate(given)]
        answers: list[Any] = []
        with self._lock:
            died = 0
            while len(answers) < len(questions):
                process = self._running()
                try:
                    fault = process.ask(questions[len(answers) :], answers, self._timeout)
                except BaseException:
                    # Answers to this batch would be taken for answers to the next.
                    self._end()
                    raise
                if fault is None:
                    break
                said = process.last_words()
                self._end()
                died += 1
                if died == 2:
                    raise VerifierError(
                        f"The verifier {fault} twice in one batch, the second time at solution {first + len(answers)} "
                        f"({given[len(answers)].solution[:60]!r}).{said}"
                    )
        for index, answer in enumerate(answers, first):
            if "error" in answer:
                raise VerifierError(f"Solution {index} cannot be judged: {answer['error']}")
            del answer["id"]
        return answers

    def close(self) -> None:
        with self._lock:
            self._end()

    def _running(self) -> "_Process":
        # A fork has its parent's pipes, and must not read its answers.
        if self._process is None or self._process.owner != os.getpid():
            self._process = _Process(self._command or default_command())
        return self._process

    def _end(self) -> None:
        if self._process is not None and self._process.owner == os.getpid():
            self._process.end()
        self._process = None


def default_command() -> list[str]:
    """NEARMISS_COMMAND, cut into words, or the installed `nearmiss serve`.

    Raises:
        VerifierError: There is neither.
    """
    given = os.environ.get("NEARMISS_COMMAND")
    if given:
        return shlex.split(given)
    found = shutil.which("nearmiss")
    if found is None:
        raise VerifierError(
            "There is no command `nearmiss`. Install it with `npm install -g nearmiss` (Node 20.19 or newer), or name "
            "another one in NEARMISS_COMMAND, such as `node path/to/dist/cli/main.js serve`."
        )
    return [found, "serve"]


def _question(index: int, solution: Solution) -> bytes:
    steps = solution.solution
    question = {
        "id": index,
        "question": solution.question,
        "solution": steps if isinstance(steps, str) else list(steps),
        "reference": solution.reference,
        "referenceSolution": solution.reference_solution,
    }
    # ASCII: whatever the text holds, lone surrogates too, it is one line that any decoder reads.
    return json.dumps(question).encode("ascii") + b"\n"


class _Process:
    """The process, and a thread that reads its answers, so that waiting for one can have an end."""

    def __init__(self, command: Sequence[str]) -> None:
        self.owner = os.getpid()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, bufsize=-1
            )
        except OSError as error:
            self._errors.close()
            raise VerifierError(f"Cannot start the verifier ({command[0]}): {error.strerror}.") from error
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def ask(self, questions: Sequence[bytes], answers: list[Any], timeout: float) -> str | None:
        """Adds an answer a question to `answers`. Returns what went wrong, if anything did before the last."""
        writer = threading.Thread(target=self._write, args=(questions,), daemon=True)
        writer.start()
        for _ in questions:
            try:
                line = self._answers.get(timeout=timeout)
            except queue.Empty:
                return f"gave no verdict for {timeout:g} s"
            if line is None:
                return "died"
            answer = json.loads(line)
            if answer["id"] != len(answers):
                raise VerifierError(f"The verifier answered question {answer['id']}, not {len(answers)}: {line[:200]!r}")
            answers.append(answer)
        writer.join()
        return None

    def last_words(self) -> str:
        """The end of what it wrote to standard error, for a message."""
        self._errors.seek(0)
        text = self._errors.read()[-2000:].decode("utf-8", "replace").strip()
        return f" Its last words:\n{text}" if text else ""

    def end(self) -> None:
        """Closes its input, which ends it; should it linger, kills it."""
        if self._process.poll() is None and self._process.stdin is not None:
            # A writer that is stuck holds the stream's lock: then only killing helps.
            closer = threading.Thread(target=_close, args=(self._process.stdin,), daemon=True)
            closer.start()
            closer.join(GRACE_SECONDS / 2)
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _write(self, questions: Sequence[bytes]) -> None:
        stream = self._process.stdin
        # Where it has died, the reader sees it too.
        with contextlib.suppress(OSError, ValueError):
            for start in range(0, len(questions), WRITTEN_AT_ONCE):
                if stream is not None:
                    stream.write(b"".join(questions[start : start + WRITTEN_AT_ONCE]))
                    stream.flush()

    def _listen(self, stream: IO[bytes] | None) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in stream or ():
                self._answers.put(line)
        self._answers.put(None)


def _close(stream: IO[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):
        stream.close()
