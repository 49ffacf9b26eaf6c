"""From files to an adapter folder: what `sft` and `dpo` of the command line do."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch
from accelerate import Accelerator

from nearmiss_torch.dpo import DpoObjective
from nearmiss_torch.errors import NearmissError
from nearmiss_torch.examples import Encoder, Example, encode, read_pairs, read_sft
from nearmiss_torch.loop import Machine, Run, Training
from nearmiss_torch.losses import StepTotals
from nearmiss_torch.model import identity_of, load_scorer, model_folder, trained, write_adapter
from nearmiss_torch.recipe import Recipe, SharedOptions, load_recipe
from nearmiss_torch.reference import reference_logps
from nearmiss_torch.sft import SftObjective
from nearmiss_torch.stopping import Stop
from nearmiss_torch.telling import EventTeller, LineTeller, Teller


def train(given: argparse.Namespace, stop: Stop) -> None:
    """Trains as the command line says, on every process that a launcher has started.

    Raises:
        NearmissError: Bad input; a step that is not finite; a launcher's settings that are not supported.
        Stopped: By Ctrl-C, SIGTERM, or the end of the program that started it.
    """
    recipe = load_recipe(given.recipe)
    options = _options(recipe, given.options if given.verb == "sft" else "dpo")
    accelerator = start()
    work: Path = given.work or given.out / "checkpoints"
    teller = _teller(given) if accelerator.is_main_process else Teller()
    with _locked(work) if accelerator.is_main_process else contextlib.nullcontext():
        folder = model_folder(given.model or recipe.model)
        texts = read_sft(given.examples) if given.verb == "sft" else read_pairs(given.pairs)
        examples, dropped = encode(texts, Encoder(folder), options)
        if dropped:
            teller.notice(f"left out {len(dropped)} examples longer than maxLength")
        uncut = sum(text.first_error is None for text in texts)
        if uncut and given.verb == "dpo" and recipe.dpo.rejectedPart != "whole":
            teller.notice(
                f"{uncut} of {len(texts)} rejected solutions are taken whole: their first wrong step is not known"
            )
        machine = prepare(accelerator, folder, given.adapter, recipe, options)
        run = Run(
            stage=given.verb,
            arm=given.arm,
            options=options,
            identity=identity_of(folder),
            folder=work,
            metrics_file=given.metrics or given.out / "metrics.jsonl",
            stop=stop,
            teller=teller,
        )
        training = _sft(machine, run, examples) if given.verb == "sft" else _dpo(machine, run, examples, recipe, given)
        figures = training.run()
        tensors = training.tensors()
        if accelerator.is_main_process:
            write_adapter(given.out, machine.scorer, tensors, given.base_name or given.model or recipe.model)
        accelerator.wait_for_everyone()
        teller.done({"examples": len(examples), "dropped": len(dropped), **figures})
    accelerator.end_training()


def _sft(machine: Machine, run: Run, examples: list[Example]) -> Training[int]:
    return Training(machine, run, examples, SftObjective(machine, examples), {})


def _dpo(
    machine: Machine, run: Run, pairs: list[Example], recipe: Recipe, given: argparse.Namespace
) -> Training[StepTotals]:
    reference = reference_logps(machine, run, pairs, given.reference or run.folder) if pairs else {}
    objective = DpoObjective(machine, pairs, given.weighted, recipe.dpo, reference)
    return Training(machine, run, pairs, objective, {"weighted": given.weighted})


def start() -> Accelerator:
    """Joins the processes of the launcher.

    Raises:
        NearmissError: It asks for what is not supported.
    """
    accelerator = Accelerator(cpu=not torch.accelerator.is_available())
    kind = accelerator.distributed_type.value
    if kind == "FSDP" and not accelerator.is_fsdp2:
        raise NearmissError("FSDP of version 1 is not supported. Launch with --fsdp_version 2.")
    if kind in ("DEEPSPEED", "MEGATRON_LM", "XLA"):
        raise NearmissError(f"{kind} is not supported. Launch one process, several (DDP), or FSDP of version 2.")
    if accelerator.mixed_precision not in ("no", "bf16"):
        raise NearmissError(f"--mixed_precision is {accelerator.mixed_precision}; expected no or bf16.")
    return accelerator


def prepare(
    accelerator: Accelerator, folder: Path, adapter: Path | None, recipe: Recipe, options: SharedOptions
) -> Machine:
    """The model and its optimiser, spread over the processes."""
    dtype = torch.bfloat16 if accelerator.mixed_precision == "bf16" else torch.float32
    scorer = load_scorer(folder, adapter, recipe.lora, options.seed, dtype)
    if recipe.memory == "recompute":
        scorer.model.gradient_checkpointing_enable({"use_reentrant": False})
    scorer.train()
    optimizer = torch.optim.AdamW(
        [parameter for _, parameter in trained(scorer)],
        lr=options.learningRate,
        weight_decay=options.weightDecay,
    )
    model, optimizer = accelerator.prepare(scorer, optimizer)
    return Machine(accelerator, scorer, model, optimizer)


def _options(recipe: Recipe, block: str) -> SharedOptions:
    if block == "dpo":
        return recipe.dpo
    if recipe.sft is None:
        raise NearmissError("The recipe has no SFT (`sft: null`). Describe it there, or give another recipe.")
    return recipe.sft


def _teller(given: argparse.Namespace) -> Teller:
    return EventTeller() if given.events else LineTeller(given.arm)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds a folder for this process; the system lets go of it when the process ends, in whatever way."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NearmissError(
                f"Another training is at work in {folder}. Wait for it, or end it, and run again."
            ) from error
        yield
