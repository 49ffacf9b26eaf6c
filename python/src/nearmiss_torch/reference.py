"""Log-probabilities under the reference policy: the model as it is before the first step, the SFT adapter included.

They are computed once, shared out over the processes, and kept in a file named by what they depend on, so that a run
that resumes, or another arm on the same pairs, need not compute them again.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from accelerate.utils import gather_object

from nearmiss_torch.dpo import Reference
from nearmiss_torch.errors import NearmissError
from nearmiss_torch.examples import Example, pick
from nearmiss_torch.files import Appender, atomically, hash_of, read_jsonl
from nearmiss_torch.loop import Machine, Run
from nearmiss_torch.model import hash_trained
from nearmiss_torch.plan import Step, deal, plan_steps
from nearmiss_torch.stopping import Stopped
from nearmiss_torch.telling import Progress, meter


def reference_logps(machine: Machine, run: Run, pairs: Sequence[Example], folder: Path) -> Reference:
    """Of the pairs that the run's steps use. To be called before the model changes.

    Raises:
        NearmissError: Naming the first pair whose log-probabilities are not finite.
    """
    plan = plan_steps(len(pairs), run.options)
    rows = [
        (i, pairs[i].prompt, pairs[i].completions, pairs[i].given)
        for i in sorted({i for step in plan for i in step.examples})
    ]
    key = hash_of([run.identity, hash_trained(machine.scorer), rows, machine.accelerator.mixed_precision])
    path = folder / f"reference-torch-{key[:16]}.jsonl"
    # All must take the same branch, also where one process sees the file before another does.
    if machine.sum([float(machine.main and path.exists())])[0] > 0:
        machine.accelerator.wait_for_everyone()
        return {int(r["example"]): (float(r["chosen"]), float(r["rejected"])) for _, r in read_jsonl(path)}
    found = dict(gather_object(_compute(machine, run, pairs, plan)))
    for index, logps in sorted(found.items()):
        if not all(torch.isfinite(torch.tensor(logps))):
            raise NearmissError(
                f"The reference log-probabilities of pair {pairs[index].id} are {logps[0]} and {logps[1]}: the model "
                "that DPO starts from is broken. Check its weights and adapter."
            )
    if machine.main:
        atomically(path, lambda beside: _write(beside, found))
    machine.accelerator.wait_for_everyone()
    return found


def _compute(
    machine: Machine, run: Run, pairs: Sequence[Example], plan: Sequence[Step]
) -> list[tuple[int, tuple[float, float]]]:
    """This process's share, in the micro-batches of the first epoch: the policy begins equal to the last bit."""
    lengths = [pair.tokens for pair in pairs]
    mine: list[list[int]] = []
    seen: set[int] = set()
    for step in plan:
        if not seen.issuperset(step.examples):
            shares = deal(step.examples, lengths, run.options.microBatchTokens, machine.processes)
            mine += [[i for i in batch if i not in seen] for batch in shares[machine.accelerator.process_index]]
            seen.update(step.examples)
    shortest = min(seen, key=lambda i: lengths[i])
    rate = meter()
    found: list[tuple[int, tuple[float, float]]] = []
    for done, batch in enumerate(mine, 1):
        if machine.sum([float(run.stop.asked)])[0] > 0:
            raise Stopped
        rows = pick(pairs, batch or [shortest])
        with torch.no_grad():
            logps = machine.score(rows).view(-1, 2).cpu().tolist()
        # Of a pass with nothing to do, nothing is kept.
        found += [(index, (chosen, rejected)) for index, (chosen, rejected) in zip(batch, logps, strict=False)]
        per_second = rate(sum(row.tokens for row in rows)) * machine.processes
        run.teller.progress(Progress("reference", done, len(mine), per_second))
    return found


def _write(path: Path, logps: Reference) -> None:
    with Appender(path) as file:
        for index, (chosen, rejected) in sorted(logps.items()):
            file.append({"example": index, "chosen": chosen, "rejected": rejected})
