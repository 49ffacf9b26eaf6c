"""The rubric in the library Verifiers itself: in its rubric up to 0.1, in a task's reward from 0.4 on."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from nearmiss_torch.verifier import Rubric, Verifier
from tests.node import COMMAND, needs_node

verifiers = pytest.importorskip("verifiers", reason="needs the library Verifiers")
OLD = hasattr(verifiers, "Rubric")

QUESTION = "Ann has 16 eggs and eats 3. How many are left?"
REPLIES = ["16 - 3 = 13\nThe answer is: 13", "16 - 3 = 14\nThe answer is: 14"]


@pytest.fixture(scope="module")
def rubric() -> Iterator[Rubric]:
    with Verifier([*COMMAND, "serve"]) as verifier:
        yield Rubric({"correct": 1.0, "sound": 0.5}, verifier)


@needs_node
@pytest.mark.skipif(not OLD, reason="this version of Verifiers has no Rubric")
def test_verifiers_own_rubric_scores_a_group_by_our_functions(rubric: Rubric) -> None:
    theirs = verifiers.Rubric(funcs=rubric.funcs, weights=rubric.weights)
    prompt = [verifiers.SystemMessage(content="Be brief."), verifiers.UserMessage(content=QUESTION)]
    states: list[dict[str, Any]] = []
    for reply in REPLIES:
        rollout = {"prompt": prompt, "completion": [verifiers.AssistantMessage(content=reply)], "answer": "13"}
        states.append(verifiers.State(**rollout, trajectory=[]))
    asyncio.run(theirs.score_group(states))
    right, wrong = states
    assert right["metrics"]["nearmiss_correct"] == 1
    assert right["reward"] == pytest.approx(1.5, abs=0.05)
    assert wrong["metrics"]["nearmiss_correct"] == 0
    assert wrong["reward"] < 0.25
    assert right["advantage"] > 0 > wrong["advantage"]


@needs_node
@pytest.mark.skipif(OLD, reason="tasks with rewards came with Verifiers 0.4")
def test_a_tasks_reward_is_the_rubrics_scores(rubric: Rubric) -> None:
    import verifiers.v1 as vf
    from verifiers.v1.trace import AgentInfo, TraceTask

    class Data(vf.TaskData):  # type: ignore[misc]
        answer: str

    class Task(vf.Task[Data]):  # type: ignore[misc]
        @vf.reward  # type: ignore[untyped-decorator]
        async def nearmiss(self, trace: Any) -> dict[str, float]:
            return await rubric.scores(self.data.prompt_text, trace.last_reply, self.data.answer)

    task = Task(Data(prompt=QUESTION, answer="13"))
    about = TraceTask(type="Task", data=task.data, key=task.key, hash=task.hash)
    traces = [vf.Trace(task=about, agent=AgentInfo.model_construct(), root_reply=reply) for reply in REPLIES]

    async def score() -> None:
        await asyncio.gather(*(task.score(trace) for trace in traces))

    asyncio.run(score())
    right, wrong = traces
    assert set(right.rewards) == {"correct", "sound"}
    assert right.reward == pytest.approx(1.5, abs=0.05)
    assert wrong.reward < 0.25
