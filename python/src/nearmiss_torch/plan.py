"""Which examples go into which optimiser step, and which process computes what of a step.

Steps and their order are those of the TypeScript engine (src/training/batches.ts), whatever the number of processes:
a process more changes who computes an example, and rounding, and nothing else.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nearmiss_torch.recipe import SharedOptions
from nearmiss_torch.streams import shuffled, stream


@dataclass(frozen=True)
class Step:
    """One optimiser step."""

    index: int
    """0-based over the whole run."""
    epoch: float
    """Passes over the data when this step is done, e.g. 1.25."""
    examples: tuple[int, ...]
    """Example indices, in the seeded order."""


def plan_steps(count: int, options: SharedOptions) -> list[Step]:
    """All steps of a run over `count` examples. An epoch's last step holds what is left over."""
    per_epoch = math.ceil(count / options.batchSize)
    total = 0 if count == 0 else (options.maxSteps or options.epochs * per_epoch)
    steps: list[Step] = []
    epoch = 0
    while len(steps) < total:
        order = shuffled(range(count), stream(options.seed, "order", epoch))
        for start in range(0, count, options.batchSize):
            if len(steps) == total:
                break
            examples = tuple(order[start : start + options.batchSize])
            done = epoch + (start + len(examples)) / count
            steps.append(Step(index=len(steps), epoch=done, examples=examples))
        epoch += 1
    return steps


def deal(examples: Sequence[int], lengths: Sequence[int], budget: int, processes: int) -> list[list[list[int]]]:
    """The micro-batches of each process, as many for one as for any other; an empty one is nothing to compute.

    Examples go by falling length to the process with the fewest tokens so far, and each process cuts its share at
    `budget` tokens; an example beyond the budget has a micro-batch of its own. With one process these are the
    micro-batches of the TypeScript engine.
    """
    shares: list[list[int]] = [[] for _ in range(processes)]
    load = [0] * processes
    for example in sorted(examples, key=lambda i: -lengths[i]):
        least = load.index(min(load))
        shares[least].append(example)
        load[least] += lengths[example]
    cut = [_micro_batches(share, lengths, budget) for share in shares]
    longest = max(len(batches) for batches in cut)
    return [batches + [[] for _ in range(longest - len(batches))] for batches in cut]


def _micro_batches(share: Sequence[int], lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Longest first: if memory is too small for the longest, the first micro-batch shows it."""
    batches: list[list[int]] = []
    room = 0
    for example in share:
        if batches and lengths[example] <= room:
            batches[-1].append(example)
            room -= lengths[example]
        else:
            batches.append([example])
            room = budget - lengths[example]
    return batches
