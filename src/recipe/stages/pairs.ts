import { readJsonlAll } from "../../data/jsonl.js";
import { Pair } from "../../data/records.js";
import { NearmissError } from "../../errors.js";
import { trainingWarnings } from "../../studio/warnings.js";
import { PAIR_ARMS, type PairArm } from "../arms.js";
import { readCurves } from "../curves.js";
import { chosenTexts, fitting } from "../fit.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { engineKey, trainerOf } from "../trainer.js";
import { adapterFiles, trainingFiles } from "./training-files.js";

/**
 * Goes on training the SFT adapter (where there was no SFT, the one the recipe names, or a fresh one) on an arm's pairs, with
 * the settings of `dpo`. Only lines whose hard and random pair both fit `maxLength` are used, so that all arms see the same
 * problems in the same order for as many steps.
 */
export function pairStage(arm: PairArm, recipe: Recipe, source: ModelSource): Stage {
  const { lora, adapter, sft, dpo, seed, memory, train } = recipe;
  const { pairs: kind, objective, weighted } = PAIR_ARMS[arm];
  const start = sft === null ? adapterFiles(adapter) : ["adapters/sft"];
  return {
    name: arm,
    options: { model: source.basis, lora, dpo, weighted, seed, ...engineKey(train) },
    code: [],
    inputs: ["pairs-random.jsonl", "pairs-hard.jsonl", ...start, ...source.files],
    outputs: [`adapters/${arm}`],
    scratch: [`checkpoints/${arm}`],
    async run({ path, signal, progress }) {
      const tokenizer = await source.openTokenizer(progress);
      const pairs = {
        random: await readJsonlAll(path("pairs-random.jsonl"), Pair),
        hard: await readJsonlAll(path("pairs-hard.jsonl"), Pair),
      };
      const lines = fitting(tokenizer, dpo, pairs.random, pairs.hard);
      const overLong = pairs.hard.length - lines.size;
      if (overLong > 0) progress.note(`  left out ${overLong} pairs longer than maxLength`);
      if (lines.size === 0) {
        throw new NearmissError(
          `All pairs are longer than dpo.maxLength (${dpo.maxLength} tokens). Raise it.`,
        );
      }
      const own = pairs[kind].filter((_, line) => lines.has(line));
      const job = {
        source,
        start: sft === null ? (adapter ?? lora) : path("adapters", "sft"),
        seed,
        recipe: path("recipe.yaml"),
        arm,
        options: dpo,
        files: trainingFiles(path, arm),
        memory,
        progress,
        signal,
      };
      const trainer = trainerOf(train);
      const figures =
        objective === "sft"
          ? await trainer.sft({ ...job, texts: chosenTexts(own) })
          : await trainer.dpo({ ...job, pairs: own, weighted });
      const curve = (await readCurves(path("metrics.jsonl"))).find((c) => c.arm === arm && c.stage === "dpo");
      for (const warning of curve === undefined ? [] : trainingWarnings(curve, dpo.beta))
        progress.note(`  warning: ${warning}`);
      return { ...figures, dropped: overLong };
    },
  };
}
