import { augment } from "../../data/augment/index.js";
import { readJsonlAll } from "../../data/jsonl.js";
import { Problem } from "../../data/records.js";
import { sftTexts } from "../fit.js";
import type { ModelSource } from "../model.js";
import type { Recipe, SftBlock } from "../schema.js";
import type { Stage } from "../stage.js";
import { engineKey, trainerOf } from "../trainer.js";
import { adapterFiles, trainingFiles } from "./training-files.js";

/**
 * Trains a fresh adapter, or one made elsewhere, on the worked solutions of the training problems, and on the additions that
 * the recipe asks for.
 */
export function sftStage(
  { prompt, lora, adapter, seed, memory, train }: Recipe,
  sft: SftBlock,
  source: ModelSource,
): Stage {
  return {
    name: "sft",
    options: { model: source.basis, prompt, lora, sft, seed, ...engineKey(train) },
    code: [],
    inputs: ["problems.jsonl", ...adapterFiles(adapter), ...source.files],
    outputs: ["adapters/sft"],
    scratch: ["checkpoints/sft"],
    async run({ path, signal, progress }) {
      const { augment: additions, ...options } = sft;
      const problems = await readJsonlAll(path("problems.jsonl"), Problem);
      const tokenizer = await source.openTokenizer(progress);
      return trainerOf(train).sft({
        source,
        start: adapter ?? lora,
        seed,
        recipe: path("recipe.yaml"),
        arm: "sft",
        texts: sftTexts(tokenizer, augment(problems, { ...additions, seed }), prompt, progress),
        options,
        files: trainingFiles(path, "sft"),
        memory,
        progress,
        signal,
      });
    },
  };
}
