"""TRL's DPOTrainer with the pair files' `weight`: for those who train with TRL already.

    from datasets import load_dataset
    from nearmiss_torch.trl import WeightedDPOTrainer

    pairs = load_dataset("json", data_files="runs/x/pairs-hard.jsonl", split="train")
    WeightedDPOTrainer("Qwen/Qwen2.5-1.5B-Instruct", args=DPOConfig(...), train_dataset=pairs, peft_config=...).train()

The loss is sum w l / sum w over the whole optimiser step: accumulated batches and all processes. With every weight 1 it
is TRL's own, but for one thing: TRL averages batch by batch, which is the same where all are of one size. Order, schedule
and tokens are TRL's, and rejected solutions are taken whole; `nearmiss-torch dpo` has all as the recipe says.
"""

from typing import Any

import torch
from torch import Tensor
from trl import DPOTrainer
from trl.trainer.dpo_trainer import DataCollatorForPreference

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.losses import DPO_METRICS, VARIANTS, PairLogps, double, dpo_metrics, pair_losses


class WeightedPreferenceCollator(DataCollatorForPreference):  # type: ignore[misc]
    """Adds `weight` [B] to a batch; rows without one weigh 1."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """See DataCollatorForPreference."""
        batch: dict[str, Any] = super().torch_call(examples)
        batch["weight"] = torch.tensor([float(example.get("weight", 1)) for example in examples])
        return batch


class WeightedDPOTrainer(DPOTrainer):  # type: ignore[misc]
    """Takes what DPOTrainer takes, for the losses sigmoid (smoothed too), ipo and robust, one at a time."""

    # The loss is divided by the step's weights, not again by the number of its batches.
    loss_is_scaled_for_ga = True

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """See DPOTrainer.

        Raises:
            NearmissError: The configuration asks for a loss that cannot be weighted here.
        """
        super().__init__(*arguments, **named)
        if self.args.loss_type[0] not in VARIANTS or len(self.args.loss_type) > 1:
            raise NearmissError(f"loss_type is {self.args.loss_type}; expected one of sigmoid, ipo, robust.")
        if self.args.ld_alpha is not None or self.args.use_weighting or self.args.f_divergence_type != "reverse_kl":
            raise NearmissError(
                "ld_alpha, use_weighting and f_divergence_type cannot be had with weights. Leave them out."
            )
        smoothed = self.args.loss_type[0] == "sigmoid" and self.args.label_smoothing > 0
        self._variant = "cdpo" if smoothed else str(self.args.loss_type[0])
        theirs: Any = self.data_collator
        self.data_collator: Any = WeightedPreferenceCollator(
            pad_token_id=theirs.pad_token_id,
            max_length=theirs.max_length,
            truncation_mode=theirs.truncation_mode,
            pad_to_multiple_of=theirs.pad_to_multiple_of,
        )

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        if "weight" not in self._signature_columns:
            self._signature_columns.append("weight")

    def _get_num_items_in_batch(self, batch_samples: list[dict[str, Tensor]], device: torch.device) -> Tensor:
        """The weights of a whole optimiser step, on all processes."""
        here = sum((batch["weight"].sum() for batch in batch_samples), torch.tensor(0.0)).to(device)
        total: Tensor = self.accelerator.gather(here).sum()
        return total

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | None = None,
    ) -> Any:
        """This batch's share of the step's loss; in evaluation, the batch's own loss."""
        weights = inputs.pop("weight")
        mask = inputs["completion_mask"]
        labels = inputs["input_ids"].masked_fill(mask == 0, -100)
        ids = {name: inputs[name] for name in ("input_ids", "attention_mask")}
        outputs = model(**ids, use_cache=False, labels=labels, fused_lm_head=True)
        chosen, rejected = outputs.log_probs.sum(dim=1).chunk(2)
        known = self._reference(inputs)
        tokens = mask[:, 1:].sum(dim=1).to(chosen.dtype).chunk(2)
        pair = PairLogps(chosen, rejected, *known, *tokens)
        weighted = (weights * pair_losses(pair, self._variant, self.args.beta, self.args.label_smoothing)).sum()
        if num_items_in_batch is None:
            loss = weighted / weights.sum()
        else:
            # Gradients are averaged over processes; what is meant is their sum.
            loss = weighted / num_items_in_batch * self.accelerator.num_processes
        self._note(pair)
        return (loss, outputs) if return_outputs else loss

    def _reference(self, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        if "ref_chosen_logps" in inputs:
            return inputs["ref_chosen_logps"], inputs["ref_rejected_logps"]
        chosen, rejected = self.compute_ref_log_probs(self.ref_model or self.model, inputs)
        return chosen, rejected

    def _note(self, pair: PairLogps) -> None:
        """Adds the batch's figures, over all processes, to those that TRL's `log` averages."""
        mode = "train" if self.model.training else "eval"
        figures = torch.tensor(dpo_metrics(double(pair), self.args.beta, len(pair.chosen)), device=pair.chosen.device)
        means = self.accelerator.gather(figures[None]).mean(dim=0).tolist()
        for name, value in zip(DPO_METRICS[1:], means, strict=True):
            self._metrics[mode][name].append(value)
