"""`nearmiss-torch VERB`, or under a launcher `accelerate launch -m nearmiss_torch VERB`.

accelerate launch -m nearmiss_torch dpo --recipe runs/x/recipe.yaml --adapter runs/x/adapters/sft \
        --pairs runs/x/pairs-hard.jsonl --weighted --out adapters/dpo
"""

import argparse
import json
import os
import sys
from pathlib import Path

from nearmiss_torch import __version__
from nearmiss_torch.environment import look
from nearmiss_torch.errors import NearmissError


def main(arguments: list[str] | None = None) -> int:
    """Runs a verb. Exit codes: 0 done, 1 failed, 2 bad usage, 130 stopped."""
    given = parser().parse_args(arguments)
    environment = look()
    if given.verb == "check":
        print(json.dumps(environment.as_json()))
        return 1 if environment.faults else 0
    if environment.faults:
        return _fail(" ".join(environment.faults) + " Install them with: pip install 'nearmiss-torch[train]'")
    from nearmiss_torch.stopping import Stop, Stopped
    from nearmiss_torch.train import train

    try:
        train(given, Stop(given.parent))
    except NearmissError as error:
        if given.events:
            print(json.dumps({"nearmiss": "error", "message": str(error)}), flush=True)
        return _fail(str(error))
    except Stopped:
        print("Stopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


def _fail(message: str) -> int:
    # One write, so that messages of several processes do not mix.
    sys.stderr.write(f"nearmiss-torch error: {message}\n")
    sys.stderr.flush()
    return 1


def parser() -> argparse.ArgumentParser:
    """Reads the command line."""
    root = argparse.ArgumentParser(
        prog="nearmiss-torch", description="Train a LoRA adapter on PyTorch, by a recipe of Nearmiss."
    )
    root.add_argument("--version", action="version", version=__version__)
    verbs = root.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check", help="say as JSON which packages are there, and what is missing")
    sft = verbs.add_parser("sft", help="train on worked solutions")
    sft.add_argument("--examples", type=Path, required=True, help="rows {id, prompt, completion}")
    sft.add_argument("--options", choices=["sft", "dpo"], default="sft", help="the recipe's block that says how")
    dpo = verbs.add_parser("dpo", help="train on preference pairs; the reference is the model with the adapter as given")
    dpo.add_argument("--pairs", type=Path, required=True, help="pairs.jsonl: {prompt, chosen, rejected, weight, ...}")
    dpo.add_argument("--weighted", action="store_true", help="weigh each pair by its `weight`")
    dpo.add_argument("--reference", type=Path, help="where reference log-probabilities are kept (default: --work)")
    for verb, arm in ((sft, "sft"), (dpo, "dpo")):
        verb.add_argument("--recipe", type=Path, required=True, help="recipe.yaml of a run folder, as resolved")
        verb.add_argument("--model", help="model folder or Hub name (default: the recipe's)")
        verb.add_argument("--base-name", help="what the adapter is to name as its base model (default: --model)")
        verb.add_argument("--adapter", type=Path, help="adapter to go on from (default: a fresh one)")
        verb.add_argument("--out", type=Path, required=True, help="adapter folder to write")
        verb.add_argument("--work", type=Path, help="where checkpoints are kept (default: OUT/checkpoints)")
        verb.add_argument("--metrics", type=Path, help="metrics file (default: OUT/metrics.jsonl)")
        verb.add_argument("--arm", default=arm, help="the run's name in the metrics file")
        verb.add_argument("--parent", help="HOST:PID of a program to end with")
        verb.add_argument("--events", action="store_true", help="tell of progress in JSON lines on standard output")
    return root


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Straight out: an interpreter that waits for the threads of a broken process group may wait for ever.
    os._exit(code)
