"""A merged model in llama.cpp, by its own converter: prompts, greedy text and logits are ours.

NEARMISS_LLAMA_CPP names a folder of llama.cpp with `convert_hf_to_gguf.py` in it. This Python needs sentencepiece and
llama-cpp-python, whose source package holds such a folder (vendor/llama.cpp). NEARMISS_TEST_MODEL may name one more
model.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.node import merged_after_sft, needs_node
from tests.small import MODELS, TINY, problems, prompt_of

LLAMA_CPP = os.environ.get("NEARMISS_LLAMA_CPP")

llama_cpp = pytest.importorskip("llama_cpp", reason="needs llama-cpp-python")
pytestmark = pytest.mark.skipif(LLAMA_CPP is None, reason="needs NEARMISS_LLAMA_CPP, a folder of llama.cpp")

LONGEST = 60

# The converter recognises a way of splitting text by a hash of the ids that a tokenizer makes of a certain text, so it
# knows no tokenizer with a vocabulary of its own, such as tiny's, which splits text as Qwen2's does.
CONVERT_AS_QWEN2 = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
from conversion.base import TextModel
TextModel.get_vocab_base_pre = lambda self, tokenizer: "qwen2"
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def converted(model: Path, out: Path, known: bool) -> Any:
    """The model as llama.cpp loads it, all of it in float32."""
    script = f"{LLAMA_CPP}/convert_hf_to_gguf.py"
    start = [script] if known else ["-c", CONVERT_AS_QWEN2, str(LLAMA_CPP), script]
    words = [sys.executable, *start, str(model), "--outtype", "f32", "--outfile", str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    f32 = llama_cpp.GGML_TYPE_F32
    return llama_cpp.Llama(str(out), n_ctx=512, logits_all=True, type_k=f32, type_v=f32, verbose=False)


def greedy(llama: Any, prompt: list[int], stops: set[int]) -> tuple[list[int], float]:
    """The likeliest tokens up to a stop token, and the sum of their log-probabilities."""
    llama.reset()
    llama.eval(prompt)
    tokens: list[int] = []
    total = 0.0
    while len(tokens) < LONGEST:
        logits = llama.scores[llama.n_tokens - 1].astype(np.float64)
        token = int(logits.argmax())
        if token in stops:
            break
        total += float(logits[token] - np.logaddexp.reduce(logits))
        tokens.append(token)
        llama.eval([token])
    return tokens, total


@needs_node
@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.name)
def test_a_converted_model_writes_what_ours_does_with_the_same_logits(tmp_path: Path, model: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    rows = problems(6)
    merged, ours = merged_after_sft(tmp_path, model, rows, LONGEST)
    llama = converted(merged, tmp_path / "model.gguf", known=model != TINY)
    tokenizer = AutoTokenizer.from_pretrained(merged)
    network = AutoModelForCausalLM.from_pretrained(merged)
    for row in rows:
        prompt = prompt_of(merged, row["question"])
        ids = tokenizer.encode(prompt, add_special_tokens=False)
        assert llama.tokenize(prompt.encode(), add_bos=False, special=True) == ids
        tokens, logprob = greedy(llama, ids, {tokenizer.eos_token_id})
        own = ours[row["id"]]
        assert tokenizer.decode(tokens) == own["text"]
        assert logprob == pytest.approx(own["logprob"], abs=5e-5 * len(tokens))
        with torch.no_grad():
            logits = network(torch.tensor([ids + tokens])).logits[0].numpy()
        apart = np.abs(llama.scores[: llama.n_tokens] - logits).max() / np.abs(logits).max()
        print(f"{row['id']}: log-probability {logprob:.6f}, ours {own['logprob']:.6f}, logits {apart:.1e} apart")
        assert apart < 1e-5
