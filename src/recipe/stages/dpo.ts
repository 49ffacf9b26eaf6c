import { readJsonlAll } from "../../data/jsonl.js";
import { Pair } from "../../data/records.js";
import { NearmissError } from "../../errors.js";
import { trainDpo } from "../../training/dpo.js";
import { encodePairs } from "../../training/examples.js";
import { DPO_ARMS, type DpoArm } from "../arms.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { trainingFolders, trainingReports } from "../training.js";

/**
 * Goes on training the SFT adapter (or a fresh one, where there was no SFT) on an arm's pairs. Only lines whose hard and
 * random pair both fit `maxLength` are used, so that all arms see the same problems in the same order for as many steps.
 */
export function dpoStage(arm: DpoArm, { lora, sft, dpo, seed }: Recipe, source: ModelSource): Stage {
  const { pairs: kind, weighted } = DPO_ARMS[arm];
  const start = sft === null ? [] : ["adapters/sft"];
  return {
    name: arm,
    options: { model: source.name, lora, dpo, weighted, seed },
    code: [],
    inputs: ["pairs-random.jsonl", "pairs-hard.jsonl", ...start, ...source.files],
    outputs: [`adapters/${arm}`],
    scratch: [`checkpoints/${arm}`],
    async run({ path, signal, progress }) {
      const model = await source.open(progress);
      const encode = (pairs: readonly Pair[]) => encodePairs(pairs, model.encoder, dpo);
      const random = await readJsonlAll(path("pairs-random.jsonl"), Pair);
      const hard = await readJsonlAll(path("pairs-hard.jsonl"), Pair);
      const own = kind === "hard" ? hard : random;
      const used = own.filter((_, i) => {
        const both = [random[i], hard[i]].filter((pair) => pair !== undefined);
        return encode(both).dropped.length === 0;
      });
      if (used.length === 0) {
        throw new NearmissError(
          `All pairs are longer than dpo.maxLength (${dpo.maxLength} tokens). Raise it.`,
        );
      }
      if (used.length < own.length)
        progress.note(`  left out ${own.length - used.length} pairs longer than maxLength`);

      const adapter =
        sft === null ? model.freshAdapter(lora, seed) : await model.readAdapter(path("adapters", "sft"));
      const trained = model.trainable(adapter);
      const reports = trainingReports(progress);
      const result = await trainDpo({
        model: trained.decoder,
        identity: model.identity,
        arm,
        options: dpo,
        pairs: encode(used).examples,
        weighted,
        referenceFolder: path("reference"),
        signal,
        ...trainingFolders(path, arm),
        ...reports,
      });
      reports.end();
      await trained.save(path("adapters", arm));
      return { pairs: used.length, steps: result.steps, tokens: result.tokens };
    },
  };
}
