"""DPO with TRL on the CPU: tokens a second and peak memory, on the pairs that `npm run bench -- train` uses.

    python bench/peers/trl_dpo.py --model FOLDER --pairs pairs.jsonl --dtype bfloat16 --gradient-checkpointing

LoRA of rank 16 on every linear layer, 4 pairs a step, reference log-probabilities computed before the clock starts.
Tokens are those of prompt + chosen and prompt + rejected, padding not counted; the first steps are not timed. The last
line is one JSON object.
"""

import argparse
import json
import time
from pathlib import Path

import peft
import torch
import transformers
import trl
from datasets import Dataset
from peft import LoraConfig
from torch.utils.data import SequentialSampler
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

from figures import report, spread

LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class CountingTrainer(trl.DPOTrainer):
    """Takes the pairs in the file's order and counts the tokens of each step."""

    def __init__(self, *args, **kwargs):
        self.step_tokens: list[int] = []
        super().__init__(*args, **kwargs)

    def _get_train_sampler(self, dataset=None):
        return SequentialSampler(dataset if dataset is not None else self.train_dataset)

    def compute_loss(self, model, inputs, *args, **kwargs):
        self.step_tokens.append(int(inputs["attention_mask"].sum()))
        return super().compute_loss(model, inputs, *args, **kwargs)


class Clock(TrainerCallback):
    """Seconds and loss of each step."""

    def __init__(self):
        self.seconds: list[float] = []
        self.losses: list[float] = []

    def on_step_begin(self, *args, **kwargs):
        self.start = time.perf_counter()

    def on_step_end(self, *args, **kwargs):
        self.seconds.append(time.perf_counter() - self.start)

    def on_log(self, args, state, control, logs=None, **kwargs):
        if logs and "loss" in logs:
            self.losses.append(float(logs["loss"]))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="model folder")
    parser.add_argument("--pairs", required=True, help="JSONL of {prompt, chosen, rejected}, prompts as the model sees them")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--gradient-checkpointing", action="store_true")
    parser.add_argument("--steps", type=int, default=8, help="timed steps")
    parser.add_argument("--warmup", type=int, default=1, help="steps before the clock starts")
    parser.add_argument("--batch", type=int, default=4, help="pairs a step")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--output", default="trl-output", help="folder that the trainer asks for; nothing is saved")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    count = (args.warmup + args.steps) * args.batch
    lines = Path(args.pairs).read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines if line.strip()][:count]
    if len(pairs) < count:
        raise SystemExit(f"{args.pairs} holds {len(pairs)} pairs; {count} are needed. Lower --steps or add pairs.")

    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=getattr(torch, args.dtype))
    config = trl.DPOConfig(
        output_dir=args.output,
        max_steps=args.warmup + args.steps,
        per_device_train_batch_size=args.batch,
        learning_rate=5e-5,
        beta=0.1,
        max_length=None,
        precompute_ref_log_probs=True,
        precompute_ref_batch_size=args.batch,
        gradient_checkpointing=args.gradient_checkpointing,
        bf16=args.dtype == "bfloat16",
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    clock = Clock()
    trainer = CountingTrainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list([{key: pair[key] for key in ("prompt", "chosen", "rejected")} for pair in pairs]),
        processing_class=AutoTokenizer.from_pretrained(args.model),
        peft_config=LoraConfig(
            task_type="CAUSAL_LM", r=args.rank, lora_alpha=2 * args.rank, lora_dropout=0.0, target_modules=LINEARS
        ),
        callbacks=[clock],
    )
    trainer.train()

    seconds, counts = clock.seconds[args.warmup :], trainer.step_tokens[args.warmup :]
    report(
        "train",
        f"TRL {trl.__version__}",
        args.model,
        args.dtype,
        {module.__name__: module.__version__ for module in (torch, transformers, peft, trl)},
        {
            "gradientCheckpointing": args.gradient_checkpointing,
            "batchPairs": args.batch,
            "loraRank": args.rank,
            "tokensPerPair": round(sum(counts) / (args.steps * args.batch), 1),
            "tokensPerSecond": spread([tokens / spent for tokens, spent in zip(counts, seconds, strict=True)]),
            "secondsPerStep": spread(seconds, 2),
            "firstLoss": clock.losses[0],
            "lastLoss": clock.losses[-1],
        },
    )


if __name__ == "__main__":
    main()
