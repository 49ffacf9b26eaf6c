import { readJsonlAll } from "../../data/jsonl.js";
import { Problem } from "../../data/records.js";
import { NearmissError } from "../../errors.js";
import { encodeSft } from "../../training/examples.js";
import type { SftOptions } from "../../training/options.js";
import { trainSft } from "../../training/sft.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { trainingFolders, trainingReports } from "../training.js";

/** Trains a fresh adapter on the worked solutions of the training problems. */
export function sftStage({ prompt, lora, seed }: Recipe, sft: SftOptions, source: ModelSource): Stage {
  return {
    name: "sft",
    options: { model: source.name, prompt, lora, sft },
    code: [],
    inputs: ["problems.jsonl", ...source.files],
    outputs: ["adapters/sft"],
    scratch: ["checkpoints/sft"],
    async run({ path, signal, progress }) {
      const model = await source.open(progress);
      const problems = await readJsonlAll(path("problems.jsonl"), Problem);
      const texts = problems.flatMap(({ id, question, solution }) =>
        solution === undefined ? [] : [{ id, prompt: model.prompt(prompt, question), completion: solution }],
      );
      if (texts.length === 0) {
        throw new NearmissError(
          "No training problem has a worked solution, which SFT needs. Choose data with solutions, or write `sft: null` in the recipe.",
        );
      }
      const { examples, dropped } = encodeSft(texts, model.encoder, sft);
      if (dropped.length > 0) progress.note(`  left out ${dropped.length} solutions longer than maxLength`);

      const trained = model.trainable(model.freshAdapter(lora, seed));
      const reports = trainingReports(progress);
      const result = await trainSft({
        model: trained.decoder,
        identity: model.identity,
        arm: "sft",
        options: sft,
        examples,
        signal,
        ...trainingFolders(path, "sft"),
        ...reports,
      });
      reports.end();
      await trained.save(path("adapters", "sft"));
      return {
        examples: examples.length,
        dropped: dropped.length,
        steps: result.steps,
        tokens: result.tokens,
      };
    },
  };
}
