/** SFT and DPO of an adapter on a small random model, a few steps long: for tests of whole runs on the real decoder. */
import { join } from "node:path";
import { readAdapter } from "../../src/model/adapter.js";
import { loadConfig } from "../../src/model/config.js";
import { Decoder } from "../../src/model/decoder.js";
import type { TrainableModel } from "../../src/model/types.js";
import { LOADERS, type Precision } from "../../src/model/weights.js";
import { random } from "../../src/random.js";
import { trainDpo } from "../../src/training/dpo.js";
import type { Example } from "../../src/training/examples.js";
import type { Progress } from "../../src/training/loop.js";
import { DpoOptions, SftOptions } from "../../src/training/options.js";
import { trainSft } from "../../src/training/sft.js";

export const SMALL_MODEL = "tests/fixtures/qwen2";
/** Six steps of two micro-batches or more, a checkpoint after every second. */
export const SMALL_OPTIONS = {
  epochs: 2,
  batchSize: 4,
  microBatchTokens: 90,
  learningRate: 1e-3,
  checkpointEvery: 2,
};
const EXAMPLES = 12;

export const STAGES = ["sft", "dpo"] as const;
export type Stage = (typeof STAGES)[number];

/** The model with its adapter, which is not zero: as DPO finds it after SFT. */
export async function smallModel(precision: Precision = "fp32"): Promise<Decoder> {
  const config = await loadConfig(SMALL_MODEL);
  const { lora, factors } = await readAdapter(join(SMALL_MODEL, "adapter"), config);
  const weights = await LOADERS[precision](SMALL_MODEL, config);
  return new Decoder(config, weights, { train: "lora", lora, adapter: factors });
}

/** Random examples in the model's vocabulary, with one completion each (SFT) or two (DPO). */
export function smallExamples(vocabSize: number, completions: number, count = EXAMPLES): Example[] {
  const stream = random(3, "tokens");
  const tokens = (low: number, high: number) =>
    Array.from({ length: stream.int(low, high) }, () => stream.int(0, vocabSize - 1));
  return Array.from({ length: count }, (_, i) => ({
    id: `x${i}`,
    row: { prompt: tokens(3, 20), completions: Array.from({ length: completions }, () => tokens(2, 30)) },
    weight: 0.5 + stream.next(),
  }));
}

export interface SmallTraining {
  readonly stage: Stage;
  readonly precision: Precision;
  readonly folder: string;
  readonly onProgress?: (progress: Progress) => void;
  /** What is trained in the model's place. */
  readonly wrap?: (model: TrainableModel) => TrainableModel;
}

/** Trains to the end, or goes on from what the folder holds. */
export async function smallTraining(training: SmallTraining): Promise<void> {
  const { stage, precision, wrap = (model) => model, ...rest } = training;
  const decoder = await smallModel(precision);
  const run = { ...rest, model: wrap(decoder), identity: SMALL_MODEL, arm: stage };
  const rows = (completions: number) => smallExamples(decoder.config.vocabSize, completions);
  if (stage === "sft") {
    await trainSft({ ...run, examples: rows(1), options: SftOptions.parse(SMALL_OPTIONS) });
  } else {
    await trainDpo({ ...run, pairs: rows(2), weighted: true, options: DpoOptions.parse(SMALL_OPTIONS) });
  }
  await decoder.release();
}
