"""The learning rate as a function of the step: linear warm-up, then one of a table of shapes down to a floor."""

import math
from collections.abc import Callable

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.recipe import SharedOptions

SHAPES: dict[str, Callable[[float], float]] = {
    "cosine": lambda progress: (1 + math.cos(math.pi * progress)) / 2,
    "linear": lambda progress: 1 - progress,
    "constant": lambda progress: 1.0,
}
"""From 1 at progress 0 to 0 at progress 1."""


def learning_rate_at(step: int, steps: int, options: SharedOptions) -> float:
    """The learning rate of a 0-based step out of `steps`.

    Warm-up of w steps gives 1/(w+1), ..., w/(w+1) of the peak; the first step after it has the peak itself.
    """
    shape = SHAPES.get(options.schedule)
    if shape is None:
        raise NearmissError(f"schedule is {options.schedule!r}; expected one of {', '.join(SHAPES)}.")
    peak, floor = options.learningRate, options.learningRateFloor
    warmup = math.ceil(options.warmupRatio * steps)
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    progress = (step - warmup) / max(1, steps - warmup)
    return peak * (floor + (1 - floor) * shape(progress))
