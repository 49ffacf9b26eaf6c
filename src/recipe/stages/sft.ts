import { readJsonlAll } from "../../data/jsonl.js";
import { Problem } from "../../data/records.js";
import type { SftOptions } from "../../training/options.js";
import { fitSft } from "../fit.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { trainingFiles } from "./training-files.js";

/** Trains a fresh adapter on the worked solutions of the training problems. */
export function sftStage({ prompt, lora, seed }: Recipe, sft: SftOptions, source: ModelSource): Stage {
  return {
    name: "sft",
    options: { model: source.name, prompt, lora, sft, seed },
    code: [],
    inputs: ["problems.jsonl", ...source.files],
    outputs: ["adapters/sft"],
    scratch: ["checkpoints/sft"],
    async run({ path, signal, progress }) {
      const model = await source.open(progress);
      return fitSft({
        model,
        adapter: model.freshAdapter(lora, seed),
        arm: "sft",
        problems: await readJsonlAll(path("problems.jsonl"), Problem),
        prompt,
        options: sft,
        files: trainingFiles(path, "sft"),
        progress,
        signal,
      });
    },
  };
}
