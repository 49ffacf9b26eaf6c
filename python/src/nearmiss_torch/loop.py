"""What SFT and DPO share around their step, over any number of processes.

Each step: every process computes the shares of loss and gradient of its micro-batches, the gradients are added up over
processes, and the update (check, clip, schedule, AdamW) is the same in each. Losses are divided by the whole step's
totals before they are added, so that neither micro-batches nor processes change what a pair or a token weighs.
"""

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor

from nearmiss_torch.checkpoint import Fingerprint, newest_checkpoint, save_checkpoint
from nearmiss_torch.errors import NearmissError
from nearmiss_torch.examples import Example, pick
from nearmiss_torch.files import Appender, hash_of, write_json
from nearmiss_torch.metrics import open_metrics
from nearmiss_torch.model import copy_into, hash_trained, trained, whole
from nearmiss_torch.plan import Step, deal, plan_steps
from nearmiss_torch.recipe import SharedOptions
from nearmiss_torch.schedule import learning_rate_at
from nearmiss_torch.scorer import Scorer, collate
from nearmiss_torch.stopping import Stop, Stopped
from nearmiss_torch.telling import Progress, Teller, meter

Totals = TypeVar("Totals")
FREE_OPTIONS = ("checkpointEvery", "microBatchTokens")
"""Options that change no more than rounding, or nothing: a run may be resumed with others."""
LISTED_IDS = 8


@dataclass
class Machine:
    """The model, spread over processes by Accelerate."""

    accelerator: Any
    scorer: Scorer
    """The model itself: names and values of parameters."""
    model: Any
    """The same as prepared: called in its place, so that gradients meet."""
    optimizer: Any

    @property
    def processes(self) -> int:
        """How many there are."""
        return int(self.accelerator.num_processes)

    @property
    def main(self) -> bool:
        """Whether this process writes the files."""
        return bool(self.accelerator.is_main_process)

    def sum(self, values: Sequence[float]) -> list[float]:
        """Adds values up over processes."""
        if self.processes == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64, device=self.accelerator.device)
        return [float(value) for value in self.accelerator.reduce(tensor, "sum").cpu()]

    def score(self, rows: Sequence[Example]) -> Tensor:
        """Summed log-probabilities of all completions, row by row."""
        scores: Tensor = self.model(**collate(rows, self.accelerator.device))
        return scores


@dataclass(frozen=True)
class Run:
    """One stage of one arm."""

    stage: str
    arm: str
    options: SharedOptions
    identity: str
    """Names the frozen weights: a checkpoint belongs to them."""
    folder: Path
    """For checkpoints."""
    metrics_file: Path
    stop: Stop
    teller: Teller


class Objective(Protocol[Totals]):
    """What is minimised."""

    @property
    def metrics(self) -> Sequence[str]:
        """Names of the figures of a step, the loss first."""

    def totals(self, examples: Sequence[Example]) -> Totals:
        """The denominators of a whole step."""

    def share(self, batch: Sequence[int], totals: Totals) -> tuple[Tensor, Sequence[float]]:
        """What a micro-batch adds to the step's loss, to be differentiated, and to its figures."""


class Training(Generic[Totals]):
    """Runs a plan's steps; resumes; writes metrics and checkpoints."""

    def __init__(
        self,
        machine: Machine,
        run: Run,
        examples: Sequence[Example],
        objective: Objective[Totals],
        extra: Fingerprint,
    ) -> None:
        if not examples:
            raise NearmissError(
                f"There is nothing to train on ({run.stage}, arm {run.arm}). Were all examples over-long "
                f"(maxLength is {run.options.maxLength}), or none made?"
            )
        self._machine = machine
        self._run = run
        self._examples = examples
        self._lengths = [example.tokens for example in examples]
        self._objective = objective
        self._plan = plan_steps(len(examples), run.options)
        self._fingerprint = {**_fingerprint(machine, run, examples), **extra}
        self._saved = 0

    def run(self) -> dict[str, int]:
        """Trains from the newest checkpoint to the end.

        Raises:
            NearmissError: A foreign checkpoint, or a step that is not finite.
            Stopped: Asked to; a checkpoint is left.
        """
        done = self._resume()
        tokens = sum(self._tokens(step) for step in self._plan[:done])
        rate = meter()
        with self._open_metrics(done) as metrics:
            for step in self._plan[done:]:
                figures, norm = self._gradient(step, metrics)
                learning_rate = learning_rate_at(step.index, len(self._plan), self._run.options)
                self._update(learning_rate)
                tokens += self._tokens(step)
                if metrics is not None:
                    metrics.append(
                        {
                            "arm": self._run.arm,
                            "stage": self._run.stage,
                            "step": step.index + 1,
                            **dict(zip(self._objective.metrics, figures, strict=True)),
                            "grad_norm": norm,
                            "learning_rate": learning_rate,
                            "epoch": step.epoch,
                            "num_tokens": tokens,
                        }
                    )
                if (step.index + 1) % self._run.options.checkpointEvery == 0:
                    self._save(step.index + 1, metrics)
                self._run.teller.progress(
                    Progress("train", step.index + 1, len(self._plan), rate(self._tokens(step)), figures[0])
                )
            self._save(len(self._plan), metrics)
        return {"steps": len(self._plan), "resumedFrom": done, "tokens": tokens}

    def tensors(self) -> dict[str, Tensor]:
        """The trained parameters, whole, by their names in PEFT's files. To be called by every process."""
        return {name: whole(parameter) for name, parameter in trained(self._machine.scorer)}

    def _gradient(self, step: Step, metrics: Appender | None) -> tuple[list[float], float]:
        """Leaves the step's gradient in the parameters, clipped; its figures, and its norm before clipping."""
        machine, options = self._machine, self._run.options
        totals = self._objective.totals(pick(self._examples, step.examples))
        mine = deal(step.examples, self._lengths, options.microBatchTokens, machine.processes)[
            machine.accelerator.process_index
        ]
        machine.optimizer.zero_grad()
        sums = [0.0] * len(self._objective.metrics)
        for position, batch in enumerate(mine):
            self._stop_if_asked(step.index, metrics)
            last = position == len(mine) - 1
            with contextlib.nullcontext() if last else machine.accelerator.no_sync(machine.model):
                if batch:
                    loss, figures = self._objective.share(batch, totals)
                    sums = [a + b for a, b in zip(sums, figures, strict=True)]
                else:
                    # Others have more to do: all must take part in each pass, if with nothing.
                    shortest = min(step.examples, key=lambda i: self._lengths[i])
                    loss = machine.score([self._examples[shortest]]).sum() * 0.0
                # Gradients are averaged over processes; what is meant is their sum.
                machine.accelerator.backward(loss * machine.processes)
        figures = machine.sum(sums)
        parameters = [parameter for _, parameter in trained(machine.scorer)]
        norm = float(whole(machine.accelerator.clip_grad_norm_(parameters, options.maxGradNorm)))
        if not (math.isfinite(figures[0]) and math.isfinite(norm)):
            raise self._not_finite(step, figures[0], norm)
        return list(figures), norm

    def _update(self, learning_rate: float) -> None:
        for group in self._machine.optimizer.param_groups:
            group["lr"] = learning_rate
        self._machine.optimizer.step()

    def _stop_if_asked(self, done: int, metrics: Appender | None) -> None:
        asked = self._machine.sum([float(self._run.stop.asked)])[0]
        if asked > 0:
            self._save(done, metrics)
            raise Stopped

    def _resume(self) -> int:
        step, tensors, damaged = newest_checkpoint(self._run.folder, self._fingerprint)
        for message in damaged:
            self._run.teller.notice(f"Passed over a damaged checkpoint and went on from step {step}. {message}")
        if step > 0:
            self._restore(step, tensors)
        self._saved = step
        return step

    def _restore(self, step: int, tensors: dict[str, Tensor]) -> None:
        state = self._machine.optimizer.state
        for name, parameter in trained(self._machine.scorer):
            copy_into(parameter, tensors[f"parameter.{name}"])
            moments = {"exp_avg": torch.zeros_like(parameter), "exp_avg_sq": torch.zeros_like(parameter)}
            copy_into(moments["exp_avg"], tensors[f"first.{name}"])
            copy_into(moments["exp_avg_sq"], tensors[f"second.{name}"])
            state[parameter] = {"step": torch.tensor(float(step)), **moments}

    def _save(self, step: int, metrics: Appender | None) -> None:
        if self._saved == step:
            return
        state = self._machine.optimizer.state
        tensors: dict[str, Tensor] = {}
        for name, parameter in trained(self._machine.scorer):
            tensors[f"parameter.{name}"] = whole(parameter)
            tensors[f"first.{name}"] = whole(state[parameter]["exp_avg"])
            tensors[f"second.{name}"] = whole(state[parameter]["exp_avg_sq"])
        if metrics is not None:
            # A checkpoint never outlives the metrics that lead up to it.
            metrics.sync()
            save_checkpoint(self._run.folder, step, self._fingerprint, tensors)
        self._saved = step
        self._machine.accelerator.wait_for_everyone()

    @contextlib.contextmanager
    def _open_metrics(self, done: int) -> Iterator[Appender | None]:
        """The metrics file, for the main process alone."""
        if not self._machine.main:
            yield None
            return
        with open_metrics(self._run.metrics_file, self._run.arm, self._run.stage, done) as file:
            yield file

    def _tokens(self, step: Step) -> int:
        return sum(self._lengths[i] for i in step.examples)

    def _not_finite(self, step: Step, loss: float, norm: float) -> NearmissError:
        run, number = self._run, step.index + 1
        ids = [example.id for example in pick(self._examples, step.examples)]
        path = run.metrics_file.parent / f"not-finite-{run.arm}-{run.stage}-{number}.json"
        if self._machine.main:
            rate = run.options.learningRate
            record = {
                "arm": run.arm,
                "stage": run.stage,
                "step": number,
                "loss": str(loss),
                "gradNorm": str(norm),
            }
            write_json(path, {**record, "learningRate": rate, "ids": ids})
        more = len(ids) - LISTED_IDS
        listed = ", ".join(ids[:LISTED_IDS]) + (f" and {more} more" if more > 0 else "")
        return NearmissError(
            f"{run.stage} of {run.arm} stopped at step {number}: the loss is {loss}, the gradient's norm {norm}. "
            f"The step's examples are {listed} (listed in {path}). It has not changed the parameters; the same run "
            f"goes on from step {self._saved}.\nTry a lower learningRate (it is {run.options.learningRate}), a lower "
            f"maxGradNorm (it is {run.options.maxGradNorm}), or a higher warmupRatio, and look at those examples; if "
            "step 1 fails, look at the weights."
        )


def _fingerprint(machine: Machine, run: Run, examples: Sequence[Example]) -> dict[str, str | int | float | None]:
    options = {f"options.{k}": v for k, v in asdict(run.options).items() if k not in FREE_OPTIONS}
    rows = [(e.id, e.prompt, e.completions, e.given, e.weight) for e in examples]
    return {
        "stage": run.stage,
        "arm": run.arm,
        "identity": run.identity,
        "examples": hash_of(rows),
        "parameters before the first step": hash_trained(machine.scorer),
        **options,
    }
