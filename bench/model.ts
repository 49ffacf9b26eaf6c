/** The model and the pairs that benches work on. */
import { basename, resolve } from "node:path";
import { z } from "zod";
import { PRECISION, text } from "../src/cli/flags.js";
import { readJsonlAll } from "../src/data/jsonl.js";
import { DEVICES, type Device } from "../src/engine/device.js";
import { startDevice } from "../src/engine/start.js";
import { NearmissError } from "../src/errors.js";
import { loadConfig, type ModelConfig } from "../src/model/config.js";
import type { Weights } from "../src/model/layers.js";
import { loadTokenizer, type Tokenizer } from "../src/model/tokenizer.js";
import type { Row } from "../src/model/types.js";
import { LOADERS, PRECISIONS, type Precision } from "../src/model/weights.js";

export const MODEL = {
  flags: [{ ...text("--model <folder>", "model folder"), env: "NEARMISS_TEST_MODEL" }],
  options: { model: z.string().min(1) },
};

export const PRECISE = {
  flags: [PRECISION, text("--device <name>", "cpu, webgpu or cuda")],
  options: { precision: z.enum(PRECISIONS).default("fp32"), device: z.enum(DEVICES).default("cpu") },
};

export const PAIRS = {
  flags: [text("--pairs <file>", "pairs.jsonl, as `bench pairs` writes it")],
  options: { pairs: z.string().min(1).default("runs/bench/pairs.jsonl") },
};

export interface BenchModel {
  readonly name: string;
  readonly precision: Precision;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

export async function benchModel(given: {
  readonly model: string;
  readonly precision: Precision;
  readonly device?: Device;
}): Promise<BenchModel> {
  const { model: folder, precision, device = "cpu" } = given;
  const reason = await startDevice(device);
  if (reason !== null) throw new NearmissError(`${device} does not start here: ${reason}`);
  const config = await loadConfig(folder);
  return {
    name: basename(resolve(folder)),
    config,
    precision,
    weights: await LOADERS[precision](folder, config),
    tokenizer: await loadTokenizer(folder),
  };
}

const BenchPair = z.object({ prompt: z.string(), chosen: z.string(), rejected: z.string() });
export type BenchPair = z.infer<typeof BenchPair>;

/** The texts sampled from: every prompt of some pairs once, in their order. */
export const promptsOf = (pairs: readonly BenchPair[]): string[] => [
  ...new Set(pairs.map(({ prompt }) => prompt)),
];

/** A pair as a row of the model: its prompt, and both completions with their ends. */
export const rowOf = (tokenizer: Tokenizer, { prompt, chosen, rejected }: BenchPair): Row => ({
  prompt: tokenizer.encode(prompt),
  completions: [chosen, rejected].map((text) => [...tokenizer.encode(text), tokenizer.endId]),
});

/** How benches sample. */
export const SAMPLING = { temperature: 0.8, topK: 50, topP: 0.95 };

export const readPairs = (file: string): Promise<BenchPair[]> => readJsonlAll(file, BenchPair);
