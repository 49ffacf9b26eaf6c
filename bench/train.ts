/**
 * `npm run bench -- train --model FOLDER [--steps 4] [--precision int8]`: DPO steps with LoRA of rank 16 on all linear
 * layers, four pairs a step, reference log-probabilities computed before the clock starts.
 *
 * Counted are the tokens of the work, as the peers count them: prompt and completion of each side, without padding. The
 * prompt of a pair is computed once here; `computedTokensPerSecond` counts it once, and so does `scoreTokensPerSecond`, the
 * speed of the forward pass alone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { number, toggle } from "../src/cli/flags.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { planSteps } from "../src/training/batches.js";
import { trainDpo } from "../src/training/dpo.js";
import { type Example, encodePairs, rowTokens } from "../src/training/examples.js";
import { DpoOptions } from "../src/training/options.js";
import type { Bench } from "./harness.js";
import { repeated, round, type Spread, showSpread, spread } from "./measure.js";
import { benchModel, MODEL, PAIRS, PRECISE, readPairs } from "./model.js";

const BATCH = 4;

const Options = z.strictObject({
  ...MODEL.options,
  ...PRECISE.options,
  ...PAIRS.options,
  steps: z.int().min(1).default(4),
  warmup: z.int().min(0).default(1),
  recompute: z.boolean().default(false),
  microBatch: z.int().min(1).optional(),
});
type Options = z.output<typeof Options>;

export const train: Bench<Options> = {
  name: "train",
  about: "DPO steps of four pairs with LoRA of rank 16 on all linear layers: tokens a second.",
  flags: [
    ...MODEL.flags,
    ...PRECISE.flags,
    ...PAIRS.flags,
    number("--steps <n>", "steps under the clock"),
    number("--warmup <n>", "steps before it starts"),
    toggle("--recompute", "compute activations a second time instead of keeping them"),
    number("--micro-batch <tokens>", "tokens computed at once, by default as in a recipe"),
  ],
  options: Options,
  async measure(options, say) {
    const { warmup, recompute } = options;
    const total = options.steps + warmup;
    const { name, config, precision, weights, tokenizer } = await benchModel(options);
    const rows = (await readPairs(options.pairs)).slice(0, total * BATCH);
    const encoder = { encode: tokenizer.encode, encodePrompt: tokenizer.encode, endId: tokenizer.endId };
    const texts = rows.map((pair, i) => ({
      ...pair,
      problemId: String(i),
      rejectedSource: "bench",
      weight: 1,
    }));
    const { examples } = encodePairs(texts, encoder, {
      maxLength: 2048,
      overLong: "drop",
      rejectedPart: "whole",
    });
    const settings = DpoOptions.parse({
      batchSize: BATCH,
      microBatchTokens: options.microBatch,
      maxSteps: total,
      checkpointEvery: 1000,
    });

    const lora = { rank: 16, alpha: 32 };
    const stream = random(1, "adapter");
    const adapter = freshAdapter(config, lora, () => stream.next());
    const model = new Decoder(config, weights, { train: "lora", lora, adapter, recompute });
    const folder = await mkdtemp(join(tmpdir(), "nearmiss-bench-"));
    const marks: number[] = [];
    const losses: number[] = [];
    try {
      await trainDpo({
        model,
        identity: "bench",
        arm: "bench",
        pairs: examples,
        weighted: true,
        options: settings,
        folder,
        onProgress: ({ phase, step, steps, loss }) => {
          if (phase === "reference" && step < steps) return;
          marks.push(performance.now());
          if (loss !== undefined) losses.push(loss);
        },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
    const score = await scoreSpeed(model, examples.slice(0, BATCH));
    await model.release();

    const steps = stepTokens(examples, settings).map(({ work, computed }, i) => {
      const seconds = ((marks[i + 1] ?? Number.NaN) - (marks[i] ?? Number.NaN)) / 1000;
      return { seconds, work: work / seconds, computed: computed / seconds };
    });
    const timed = steps.slice(warmup);
    const pairTokens = examples.reduce((n, example) => n + tokensOf(example).work, 0) / examples.length;
    const tokensPerSecond = spread(timed.map(({ work }) => work));
    const secondsPerStep = spread(
      timed.map(({ seconds }) => seconds),
      2,
    );
    say(`${showSpread(tokensPerSecond)} tokens/s, ${showSpread(secondsPerStep)} s a step`);
    return {
      model: name,
      precision,
      device: options.device,
      recompute,
      batchPairs: BATCH,
      microBatchTokens: settings.microBatchTokens,
      loraRank: lora.rank,
      tokensPerPair: round(pairTokens),
      tokensPerSecond,
      computedTokensPerSecond: spread(timed.map(({ computed }) => computed)),
      scoreTokensPerSecond: score,
      secondsPerStep,
      firstLoss: losses[0],
      lastLoss: losses.at(-1),
    };
  },
};

function tokensOf({ row }: Example): { work: number; computed: number } {
  const computed = rowTokens(row);
  return { work: computed + row.prompt.length, computed };
}

/** Forward alone, as for the reference: computed tokens a second. */
async function scoreSpeed(model: Decoder, examples: readonly Example[]): Promise<Spread> {
  const rows = examples.map(({ row }) => row);
  const runs = await repeated({ warmup: 0, repeats: 2 }, () => model.logps(rows));
  const tokens = examples.reduce((sum, example) => sum + tokensOf(example).computed, 0);
  return spread(runs.map(({ seconds }) => tokens / seconds));
}

/** Tokens of each step's pairs. */
function stepTokens(examples: readonly Example[], settings: DpoOptions) {
  const tokens = examples.map(tokensOf);
  const lengths = tokens.map(({ computed }) => computed);
  return planSteps(lengths, settings).map((step) => {
    const sum = (of: "work" | "computed") => step.examples.reduce((n, i) => n + (tokens[i]?.[of] ?? 0), 0);
    return { work: sum("work"), computed: sum("computed") };
  });
}
