"""The model as training sees it: completions in, their summed log-probabilities out."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint

from nearmiss_torch.examples import Example

HEAD_TOKENS = 1024
"""Tokens whose logits exist at once: a 152k vocabulary over a whole batch would not fit beside the model."""
IGNORED = -100


class Scorer(nn.Module):
    """Wraps a causal language model with LoRA injected; its parameters are the model's."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        # FSDP wraps each of these on its own.
        self._no_split_modules = list(model.get_base_model()._no_split_modules)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> Tensor:
        """Summed log-probabilities of the labelled tokens.

        Args:
            input_ids: [B, T], padded on the right.
            attention_mask: [B, T].
            labels: [B, T]; -100 where a token is not to be counted.

        Returns:
            [B], float64 where the device has it.
        """
        causal = self.model.get_base_model()
        body = causal.base_model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False)
        counted = labels[:, 1:] != IGNORED
        states = body.last_hidden_state[:, :-1][counted]
        targets = labels[:, 1:][counted]
        rows = counted.nonzero()[:, 0]
        # Sums of hundreds of tokens would lose in float32 what the loss is made of; Apple's GPUs have nothing better.
        exact = torch.float32 if labels.device.type == "mps" else torch.float64
        sums = torch.zeros(len(labels), dtype=exact, device=labels.device)
        for start in range(0, len(targets), HEAD_TOKENS):
            here = slice(start, start + HEAD_TOKENS)
            logps = checkpoint(self._token_logps, states[here], targets[here], use_reentrant=False)
            sums = sums.index_add(0, rows[here], logps.to(exact))
        return sums

    def _token_logps(self, states: Tensor, targets: Tensor) -> Tensor:
        """[L] log-probabilities of targets [L] after states [L, D]."""
        logits = self.model.get_base_model().get_output_embeddings()(states)
        return -cross_entropy(logits.float(), targets, reduction="none")


def collate(rows: Sequence[Example], device: torch.device) -> dict[str, Tensor]:
    """Rows to the scorer's arguments: a sequence for each completion, row by row."""
    sequences = [
        (row.prompt, completion, count)
        for row in rows
        for completion, count in zip(row.completions, row.predicted, strict=True)
    ]
    width = max(len(prompt) + len(completion) for prompt, completion, _ in sequences)
    shape = (len(sequences), width)
    # Padding is hidden from attention, so any id does.
    ids = torch.zeros(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    labels = torch.full(shape, IGNORED, dtype=torch.long)
    for i, (prompt, completion, count) in enumerate(sequences):
        end = len(prompt) + len(completion)
        ids[i, :end] = torch.tensor(prompt + completion)
        mask[i, :end] = 1
        labels[i, end - count : end] = torch.tensor(completion[-count:])
    return {name: value.to(device) for name, value in (("input_ids", ids), ("attention_mask", mask), ("labels", labels))}
