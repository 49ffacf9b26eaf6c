"""Rewards by the verifier: for TRL's GRPOTrainer, and as a rubric in the manner of the library Verifiers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.verifier.records import Solution, Verdict
from nearmiss_torch.verifier.service import Verifier

Message = Mapping[str, Any]
Text = str | Sequence[Message]
"""A text, or a conversation."""

SCORES: dict[str, Callable[[Verdict], float | None]] = {
    "correct": lambda verdict: None if verdict["correct"] is None else float(verdict["correct"]),
    "sound": lambda verdict: 1 - verdict["wrongness"],
    "plausible": lambda verdict: 1 - verdict["absurdity"],
}
"""Rewards in [0, 1] by name.

`correct`: the final answer is the reference, or is not; None where there is no reference. `sound`: 1 less the wrongness,
so that a right answer by a broken chain earns less. `plausible`: 1 less the absurdity.
"""

_shared = Verifier()


def reward(
    score: str = "correct",
    *,
    question: str = "question",
    reference: str = "answer",
    reference_solution: str | None = None,
    verifier: Verifier | None = None,
) -> Callable[..., list[float | None]]:
    """Makes a function to be given to TRL's GRPOTrainer in `reward_funcs`.

    Args:
        score: One of `SCORES`.
        question: The data set's column with the bare question; without it the prompt's last user message is read.
        reference: The column with the right answer, bare or in a text that states it (as GSM8K's `answer`).
        reference_solution: The column with a worked solution, if the chain is to be held against it.
        verifier: One process is shared by all rewards unless another is given.

    Raises:
        NearmissError: There is no such score, when called here; the data set lacks a column, when it is used.
    """
    scored = _score(score)
    judge = verifier or _shared

    def nearmiss_reward(prompts: Sequence[Text], completions: Sequence[Text], **columns: Any) -> list[float | None]:
        questions = columns.get(question) or [_last(prompt, "user") for prompt in prompts]
        references = _column(columns, reference) if score == "correct" else columns.get(reference, [None] * len(prompts))
        chains = [None] * len(prompts) if reference_solution is None else _column(columns, reference_solution)
        rows = zip(questions, completions, references, chains, strict=True)
        return [scored(verdict) for verdict in _judged_once(judge, [_solution(*row) for row in rows])]

    nearmiss_reward.__name__ = f"nearmiss_{score}"
    return nearmiss_reward


class Rubric:
    """Weighted scores of a rollout, asked for one by one and judged in batches.

    With Verifiers 0.4, whose rewards are methods that may return keyed scores:

        rubric = Rubric({"correct": 1.0, "sound": 0.2})

        class Task(vf.Task[Data]):
            @vf.reward
            async def nearmiss(self, trace: vf.Trace) -> dict[str, float]:
                return await rubric.scores(self.data.prompt_text, trace.last_reply, self.data.answer)

    With its earlier versions: `vf.Rubric(funcs=rubric.funcs, weights=rubric.weights)`.
    """

    def __init__(self, weights: Mapping[str, float], verifier: Verifier | None = None) -> None:
        """Checks the names.

        Args:
            weights: By names of `SCORES`.
            verifier: One process is shared unless another is given.

        Raises:
            NearmissError: There is no such score.
        """
        self._scores = {name: _score(name) for name in weights}
        self._weights = dict(weights)
        self._verifier = verifier or _shared
        self._waiting: list[tuple[Solution, asyncio.Future[Verdict]]] = []
        self._judging: asyncio.Task[None] | None = None

    @property
    def funcs(self) -> list[Callable[..., Any]]:
        """A function a score, `(prompt, completion, answer) -> float`, in the order of `weights`."""
        return [self._func(name) for name in self._scores]

    @property
    def weights(self) -> list[float]:
        """The scores' weights."""
        return list(self._weights.values())

    async def scores(self, question: Text, completion: Text, reference: str | None = None) -> dict[str, float]:
        """Each score times its weight; scores that need a reference are left out where there is none."""
        verdict = await self._verdict(_solution(_last(question, "user"), completion, reference, None))
        found = {name: score(verdict) for name, score in self._scores.items()}
        return {name: self._weights[name] * value for name, value in found.items() if value is not None}

    def _func(self, name: str) -> Callable[..., Any]:
        async def func(prompt: Text, completion: Text, answer: str | None = None, **_: Any) -> float:
            verdict = await self._verdict(_solution(_last(prompt, "user"), completion, answer or None, None))
            return self._scores[name](verdict) or 0.0

        func.__name__ = f"nearmiss_{name}"
        return func

    async def _verdict(self, solution: Solution) -> Verdict:
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((solution, future))
        if self._judging is None or self._judging.done():
            self._judging = asyncio.create_task(self._judge())
        return await future

    async def _judge(self) -> None:
        """Judges all that wait, then all that came meanwhile, until nobody waits."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                verdicts = await asyncio.to_thread(self._verifier.judge, [solution for solution, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), verdict in zip(batch, verdicts, strict=True):
                if not future.done():
                    future.set_result(verdict)


_latest: tuple[Verifier, list[Solution], list[Verdict]] | None = None


def _judged_once(verifier: Verifier, solutions: list[Solution]) -> list[Verdict]:
    """A trainer asks its rewards for the same completions in turn: what was judged last is not judged again."""
    global _latest
    last = _latest
    if last is not None and last[0] is verifier and last[1] == solutions:
        return last[2]
    verdicts = verifier.judge(solutions)
    _latest = (verifier, solutions, verdicts)
    return verdicts


def _score(name: str) -> Callable[[Verdict], float | None]:
    found = SCORES.get(name)
    if found is None:
        raise NearmissError(f"There is no score {name!r}; the scores are {', '.join(SCORES)}.")
    return found


def _column(columns: Mapping[str, Any], name: str) -> Sequence[Any]:
    found: Sequence[Any] | None = columns.get(name)
    if found is not None:
        return found
    have = ", ".join(key for key, value in columns.items() if isinstance(value, list))
    raise NearmissError(
        f"The data set has no column {name!r}; it has {have or 'none'}. Name the right one in reward(...)."
    )


def _solution(question: str, completion: Text, reference: str | None, chain: str | None) -> Solution:
    return Solution(question, _last(completion, "assistant"), reference, chain)


def _last(text: Text, role: str) -> str:
    """A text, or what a conversation's last message of a role says."""
    if isinstance(text, str):
        return text
    said = [message.get("content") for message in text if message.get("role") == role]
    return str(said[-1]) if said else ""
