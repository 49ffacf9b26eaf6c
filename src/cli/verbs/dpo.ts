import { z } from "zod";
import { Pair } from "../../data/records.js";
import { fitDpo } from "../../recipe/fit.js";
import { DpoOptions } from "../../training/options.js";
import { DEVICE, JSON_OUT, LORA, MODEL, PRECISION, REVIEW, seed, settings, text, toggle } from "../flags.js";
import { readSome, reviewsOf } from "../io.js";
import { stderrProgress } from "../progress.js";
import { MEMORY, TRAINING, trainInto } from "../training.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  ...TRAINING,
  pairs: z.string().min(1),
  review: z.string().min(1).optional(),
  weighted: z.boolean().default(false),
  dpo: DpoOptions.prefault({}),
});

export const dpoCommand = () =>
  commandOf({
    name: "dpo",
    about: "Train on preference pairs; the reference is the model with the adapter as given.",
    flags: [
      MODEL,
      text("--adapter <folder>", "adapter to go on from, such as SFT's (default: a fresh one)"),
      text("--pairs <file>", "pairs.jsonl: {prompt, chosen, rejected, weight, ...}"),
      REVIEW,
      text("--out <folder>", "adapter folder to write; checkpoints and metrics.jsonl go there too"),
      toggle("--weighted", "weigh each pair by its `weight`"),
      seed("dpo.seed"),
      settings("beta, variant, epochs, learningRate, ... as in a recipe's `dpo`", "dpo"),
      JSON_OUT,
      ...LORA,
      MEMORY,
      PRECISION,
      DEVICE,
    ],
    options: Options,
    examples: [
      "nearmiss dpo --model ./model --adapter adapters/sft --pairs pairs.jsonl --weighted --out adapters/dpo",
    ],
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { weighted, dpo: options } = given;
  const all = await readSome(given.pairs, Pair);
  const reviews = await reviewsOf(given.review, given.pairs);
  const pairs = all.filter((pair) => !reviews.leavesOut(pair));
  if (pairs.length < all.length) {
    stderrProgress().note(`left out ${all.length - pairs.length} of ${all.length} pairs, by review`);
  }
  const arm = weighted ? "dpo-weighted" : "dpo";
  await trainInto(given, options.seed, (training) => fitDpo({ ...training, arm, pairs, weighted, options }));
}
