"""Sampling with transformers on the CPU: new tokens a second and peak memory.

    python bench/peers/transformers_generate.py --model FOLDER --prompts pairs.jsonl --dtype bfloat16

A batch is `--in-flight` rows, `--samples` of each prompt. `generate` keeps a row in the batch until all rows are finished;
tokens are counted up to and with each row's own end. The clock runs over `generate`, prompts included; the first batch
is not timed. The last line is one JSON object.
"""

import argparse
import json
import time
from pathlib import Path

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

from figures import report, spread


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="model folder")
    parser.add_argument("--prompts", required=True, help="JSONL with a `prompt` a line, as the model sees it")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--samples", type=int, default=4, help="samples a prompt")
    parser.add_argument("--batches", type=int, default=3, help="timed batches")
    parser.add_argument("--max-new-tokens", type=int, default=200)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--top-p", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    return parser.parse_args()


def count_tokens(rows: torch.Tensor, stops: set[int]) -> int:
    """New tokens of a batch, each row up to and with its first stop token."""
    total = 0
    for row in rows.tolist():
        end = next((i for i, token in enumerate(row) if token in stops), len(row) - 1)
        total += end + 1
    return total


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokenizer = AutoTokenizer.from_pretrained(args.model, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=getattr(torch, args.dtype)).eval()
    eos = model.generation_config.eos_token_id
    stops = set(eos if isinstance(eos, list) else [eos])

    lines = Path(args.prompts).read_text(encoding="utf-8").splitlines()
    prompts = list(dict.fromkeys(json.loads(line)["prompt"] for line in lines if line.strip()))
    per_batch = args.in_flight // args.samples
    needed = (1 + args.batches) * per_batch
    if len(prompts) < needed:
        raise SystemExit(f"{args.prompts} holds {len(prompts)} prompts; {needed} are needed. Lower --batches.")

    tokens, seconds = [], []
    for batch in range(1 + args.batches):
        texts = prompts[batch * per_batch : (batch + 1) * per_batch]
        inputs = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        start = time.perf_counter()
        with torch.inference_mode():
            output = model.generate(
                **inputs,
                do_sample=True,
                temperature=args.temperature,
                top_p=args.top_p,
                top_k=0,
                num_return_sequences=args.samples,
                max_new_tokens=args.max_new_tokens if batch > 0 else 8,
                pad_token_id=tokenizer.pad_token_id,
            )
        if batch > 0:
            seconds.append(time.perf_counter() - start)
            tokens.append(count_tokens(output[:, inputs["input_ids"].shape[1] :], stops))

    report(
        "sample",
        f"transformers {transformers.__version__}",
        args.model,
        args.dtype,
        {module.__name__: module.__version__ for module in (torch, transformers)},
        {
            "inFlight": args.in_flight,
            "samplesPerPrompt": args.samples,
            "maxNewTokens": args.max_new_tokens,
            "tokens": sum(tokens),
            "tokensPerSecond": spread([count / spent for count, spent in zip(tokens, seconds, strict=True)]),
        },
    )


if __name__ == "__main__":
    main()
