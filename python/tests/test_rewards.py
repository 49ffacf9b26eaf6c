"""Rewards as GRPOTrainer calls them, and rubrics as Verifiers does."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.verifier import Rubric, Solution, Verdict, Verifier, reward
from tests.node import COMMAND, needs_node

QUESTION = "Ann has 16 eggs and eats 3. How many are left?"
RIGHT, WRONG = "16 - 3 = 13\nThe answer is: 13", "16 - 3 = 14\nThe answer is: 14"


class Counting(Verifier):
    """Counts the batches."""

    def __init__(self) -> None:
        super().__init__([*COMMAND, "serve"])
        self.batches: list[int] = []

    def judge(self, solutions: Iterable[Solution]) -> list[Verdict]:
        given = list(solutions)
        self.batches.append(len(given))
        return super().judge(given)


@pytest.fixture(scope="module")
def verifier() -> Iterator[Counting]:
    counting = Counting()
    yield counting
    counting.close()


def call(function: Any, **columns: Any) -> Any:
    """With all that TRL 1.16 hands over."""
    rest = {"trainer_state": None, "log_extra": print, "log_metric": print, "completion_ids": [[1], [2]]}
    return function(prompts=[QUESTION] * 2, completions=[RIGHT, WRONG], **rest, **columns)


@needs_node
def test_rewards_tell_right_from_wrong_and_sound_from_broken(verifier: Verifier) -> None:
    columns = {"question": [QUESTION] * 2, "answer": ["#### 13"] * 2, "solution": [RIGHT] * 2}
    assert call(reward("correct", verifier=verifier), **columns) == [1.0, 0.0]
    right, wrong = call(reward("sound", verifier=verifier), **columns)
    assert right > 0.9 > wrong
    chained = call(reward("sound", reference_solution="solution", verifier=verifier), **columns)
    assert chained[0] > chained[1]
    right, wrong = call(reward("plausible", verifier=verifier))
    assert 0 <= wrong <= 1
    assert reward("sound").__name__ == "nearmiss_sound"


@needs_node
def test_conversations_are_read_and_the_question_may_be_the_prompt(verifier: Verifier) -> None:
    prompt = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    completions = [[{"role": "assistant", "content": text}] for text in (RIGHT, WRONG)]
    found = reward("correct", verifier=verifier)(prompts=[prompt] * 2, completions=completions, answer=["13", "13"])
    assert found == [1.0, 0.0]


@needs_node
def test_several_rewards_of_the_same_completions_judge_them_once(verifier: Counting) -> None:
    # Written as in no other test: what they had judged last would count.
    columns = {"question": [QUESTION] * 2, "answer": ["13.00"] * 2}
    rewards = [reward(score, verifier=verifier) for score in ("correct", "sound", "plausible")]
    verifier.batches.clear()
    first = [call(each, **columns) for each in rewards]
    assert verifier.batches == [2]
    assert call(rewards[0], **{**columns, "answer": ["14"] * 2}) == [0.0, 1.0]
    assert verifier.batches == [2, 2]
    assert [call(each, **columns) for each in rewards] == first


def test_a_missing_column_and_an_unknown_score_are_named() -> None:
    with pytest.raises(NearmissError, match=r"no column 'answer'; it has completion_ids, target"):
        call(reward("correct"), target=["13", "13"])
    with pytest.raises(NearmissError, match="no score 'right'; the scores are correct, sound, plausible"):
        reward("right")


@needs_node
def test_a_rubric_judges_what_is_asked_at_once_in_batches(verifier: Counting) -> None:
    rubric = Rubric({"correct": 1.0, "sound": 0.5}, verifier)
    verifier.batches.clear()

    async def ask() -> list[dict[str, float]]:
        texts = [RIGHT, WRONG] * 20
        return await asyncio.gather(*(rubric.scores(QUESTION, text, "13") for text in texts))

    right, wrong, *rest = asyncio.run(ask())
    assert len(rest) == 38
    assert right["correct"] == 1.0
    assert right["sound"] == pytest.approx(0.5, abs=0.05)
    assert wrong["correct"] == 0.0
    assert sum(verifier.batches) == 40
    assert len(verifier.batches) <= 2


@needs_node
def test_a_rubric_gives_functions_and_weights_and_tells_its_failures(verifier: Verifier) -> None:
    rubric = Rubric({"correct": 1.0, "sound": 0.5}, verifier)
    assert [func.__name__ for func in rubric.funcs] == ["nearmiss_correct", "nearmiss_sound"]
    assert rubric.weights == [1.0, 0.5]
    conversation = [{"role": "assistant", "content": RIGHT}]
    assert asyncio.run(rubric.funcs[0](prompt=QUESTION, completion=conversation, answer="13", state={})) == 1.0
    assert "correct" not in asyncio.run(rubric.scores(QUESTION, RIGHT))
    broken = Rubric({"sound": 1.0}, Verifier(["/nowhere"]))
    with pytest.raises(NearmissError, match="Cannot start"):
        asyncio.run(broken.scores(QUESTION, RIGHT))
