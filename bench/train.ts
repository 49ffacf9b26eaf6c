/**
 * `npm run bench -- train --model FOLDER --pairs pairs.jsonl [--steps N] [--warmup N] [--recompute] [--precision int8]
 * [--micro-batch TOKENS]`: DPO steps with LoRA
 * of rank 16 on all linear layers, four pairs a step, reference log-probabilities computed before the clock starts.
 *
 * Counted are the tokens of the work, as the peers count them: prompt and completion of each side, without padding. The
 * prompt of a pair is computed once here; `computedTokensPerSecond` counts it once.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJsonlAll } from "../src/data/jsonl.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { trainDpo } from "../src/training/dpo.js";
import { encodePairs, rowTokens } from "../src/training/examples.js";
import { DpoOptions } from "../src/training/options.js";
import { benchModel, machine, median, peakMemory, round } from "./measure.js";
import { BenchPair } from "./pairs.js";

const BATCH = 4;

export async function run(options: Readonly<Record<string, string>>): Promise<object> {
  const { pairs: path = "runs/bench/pairs.jsonl", steps = "4", warmup = "1" } = options;
  const total = Number(steps) + Number(warmup);
  const measured = await machine();
  const { folder, config, precision, weights, tokenizer } = await benchModel(options);
  const rows = (await readJsonlAll(path, BenchPair)).slice(0, total * BATCH);
  const encoder = { encode: tokenizer.encode, encodePrompt: tokenizer.encode, endId: tokenizer.endId };
  const texts = rows.map((pair, i) => ({
    ...pair,
    problemId: String(i),
    rejectedSource: "bench",
    weight: 1,
  }));
  const { examples } = encodePairs(texts, encoder, { maxLength: 2048, overLong: "drop" });

  const lora = { rank: 16, alpha: 32 };
  const stream = random(1, "adapter");
  const adapter = freshAdapter(config, lora, () => stream.next());
  const recompute = options.recompute === "true";
  const model = new Decoder(config, weights, { train: "lora", lora, adapter, recompute });
  const work = await mkdtemp(join(tmpdir(), "nearmiss-bench-"));
  const settings = DpoOptions.parse({
    batchSize: BATCH,
    microBatchTokens: Number(options["micro-batch"] ?? 4096),
    maxSteps: total,
    checkpointEvery: 1000,
  });
  const marks: number[] = [];
  const losses: number[] = [];
  await trainDpo({
    model,
    identity: "bench",
    arm: "bench",
    pairs: examples,
    weighted: true,
    options: settings,
    folder: work,
    onProgress: ({ phase, step, steps: of, loss }) => {
      if (phase === "reference" && step < of) return;
      marks.push(performance.now());
      if (loss !== undefined) losses.push(loss);
    },
  });
  await rm(work, { recursive: true });

  // The plan's order is seeded, so which pairs were in which step is not known here: each step is taken at the mean.
  const real = examples.reduce((n, { row }) => n + rowTokens(row) + row.prompt.length, 0) / total;
  const computed = examples.reduce((n, { row }) => n + rowTokens(row), 0) / total;
  const seconds = marks.slice(1).map((mark, i) => (mark - (marks[i] ?? mark)) / 1000);
  const timed = seconds.slice(Number(warmup));
  const whole = timed.reduce((a, b) => a + b, 0);
  const figures = {
    bench: "train",
    model: folder.split("/").pop(),
    precision,
    steps: timed.length,
    tokensPerPair: round(real / BATCH),
    tokensPerSecond: round((real * timed.length) / whole),
    computedTokensPerSecond: round((computed * timed.length) / whole),
    secondsPerStep: {
      median: round(median(timed), 2),
      min: round(Math.min(...timed), 2),
      max: round(Math.max(...timed), 2),
    },
    firstLoss: losses[0],
    peakRssGB: round(peakMemory(), 2),
    recompute,
    machine: measured,
  };
  console.log(
    `${figures.tokensPerSecond} tokens/s, ${figures.secondsPerStep.median} s a step, ${figures.peakRssGB} GB`,
  );
  return figures;
}
