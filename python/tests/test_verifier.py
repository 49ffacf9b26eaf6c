"""The verifier's process: verdicts, hostile text, death, hanging, closing."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nearmiss_torch.verifier import Solution, Verifier, VerifierError
from tests.node import COMMAND, needs_node

QUESTION = "Ann has 16 eggs and eats 3. How many are left?"
RIGHT = Solution(QUESTION, "16 - 3 = 13\nThe answer is: 13", "13")
WRONG = Solution(QUESTION, ["16 - 3 = 14", "The answer is: 14"], "13", "16 - 3 = 13\n#### 13")

FAKE = """
import json, os, sys, time
seen = 0
for line in sys.stdin.buffer:
    question = json.loads(line)
    seen += 1
    if {fault}:
        {act}
    print(json.dumps({{"id": question["id"], "correct": True}}), flush=True)
"""


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier([*COMMAND, "serve"]) as started:
        yield started


def fake(fault: str, act: str, timeout: float = 20.0) -> Verifier:
    return Verifier([sys.executable, "-c", FAKE.format(fault=fault, act=act)], timeout)


@needs_node
def test_verdicts_come_in_order_with_their_faults(verifier: Verifier) -> None:
    right, wrong, unknown = verifier.judge([RIGHT, WRONG, Solution(QUESTION, "16 - 3 = 14")])
    assert right["correct"] is True
    assert right["wrongness"] < 0.1
    assert wrong["correct"] is False
    assert wrong["firstErrorStep"] == 0
    assert "16 - 3 = 14; it is 13" in wrong["findings"][0]["message"]
    assert unknown["correct"] is None
    assert unknown["profile"]["arithmetic"] > 0.5
    assert "id" not in right
    assert verifier.judge([]) == []


@needs_node
def test_hostile_text_is_judged_like_any_other(verifier: Verifier) -> None:
    texts = [
        "\0",
        "16 - 3 = 14\0\nThe answer is: 14",
        "\ud800 16 - 3 = 14 \udfff",
        "\u2028\u2029\x85\r\n\v\f",
        '"}\n{"id": 0}',
        "😀" * 1000,
        "",
        "9" * 100_000,
        "(" * 100_000,
        "16 - 3 = 14. " * 90_000,
    ]
    assert len(texts[-1]) > 2**20
    verdicts = verifier.judge([Solution(text, text, text) for text in texts] + [RIGHT])
    assert len(verdicts) == len(texts) + 1
    assert all(0 <= verdict["wrongness"] <= 1 for verdict in verdicts)
    assert verdicts[-1]["correct"] is True


@needs_node
def test_a_question_that_is_none_is_named_and_the_next_batch_is_judged(verifier: Verifier) -> None:
    with pytest.raises(VerifierError, match="Solution 1 cannot be judged: question: "):
        verifier.judge([RIGHT, Solution(None, "1"), RIGHT])  # type: ignore[arg-type]
    assert verifier.judge([RIGHT])[0]["correct"] is True


@needs_node
def test_more_than_the_pipes_hold_goes_through_and_from_many_threads(verifier: Verifier) -> None:
    counts: list[int] = []
    work = [RIGHT, WRONG] * 150

    def judge() -> None:
        counts.append(sum(verdict["correct"] is True for verdict in verifier.judge(work)))

    threads = [threading.Thread(target=judge) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [150, 150, 150]


@needs_node
def test_processes_share_a_batch_in_order(verifier: Verifier) -> None:
    rows = [Solution(QUESTION, f"16 - 3 = {n}", str(n)) for n in range(200)]
    with Verifier([*COMMAND, "serve"], processes=3) as three:
        assert three.judge(rows) == verifier.judge(rows)
        assert sum(service._process is not None for service in three._services) == 3
        with pytest.raises(VerifierError, match="Solution 150 cannot be judged"):
            three.judge([*rows[:150], Solution(None, "1"), *rows[:49]])  # type: ignore[arg-type]


def test_a_process_that_dies_is_started_again_once_and_no_verdict_is_lost(tmp_path: Path) -> None:
    mark = str(tmp_path / "died")
    dying = fake(f"seen == 5 and not os.path.exists({mark!r})", f"open({mark!r}, 'w'); os._exit(3)")
    assert len(dying.judge([RIGHT] * 200)) == 200
    dying.close()


def test_one_that_dies_twice_is_an_error_with_its_last_words_and_place() -> None:
    dying = fake("seen == 5", "sys.exit('no memory')")
    with pytest.raises(VerifierError, match=r"died twice in one batch, .* at solution 8 .*\n.*no memory"):
        dying.judge([RIGHT] * 20)


def test_one_that_hangs_is_an_error_too() -> None:
    with pytest.raises(VerifierError, match=r"gave no verdict for 0\.3 s twice"):
        fake("seen == 3", "time.sleep(60)", timeout=0.3).judge([RIGHT] * 5)


def test_answers_to_other_questions_are_not_taken() -> None:
    with pytest.raises(VerifierError, match="answered question 7, not 0"):
        fake("True", "question['id'] = 7").judge([RIGHT])


def test_a_command_that_is_not_there_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VerifierError, match="Cannot start the verifier"):
        Verifier(["/nowhere/nearmiss"]).judge([RIGHT])
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("NEARMISS_COMMAND", raising=False)
    with pytest.raises(VerifierError, match="npm install -g nearmiss"):
        Verifier().judge([RIGHT])


def test_closing_ends_the_process_and_the_next_question_starts_another() -> None:
    one = fake("False", "pass")
    one.judge([RIGHT])
    (service,) = one._services
    assert service._process is not None
    process = service._process._process
    one.close()
    assert process.returncode == 0
    assert len(one.judge([RIGHT])) == 1
    one.close()


def test_an_interpreter_that_ends_leaves_no_process_behind() -> None:
    program = f"""
from nearmiss_torch.verifier import Solution, Verifier
verifier = Verifier([{sys.executable!r}, "-c", {FAKE.format(fault="False", act="pass")!r}])
verifier.judge([Solution("", "")])
print(verifier._services[0]._process._process.pid)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert not Path(f"/proc/{done.stdout.strip()}").exists()
