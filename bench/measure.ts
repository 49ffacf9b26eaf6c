/** What every bench shares: the machine's own speed, memory, the model and the pairs. */
import { availableParallelism, cpus } from "node:os";
import { z } from "zod";
import { compile, Graph, matmul } from "../src/engine/index.js";
import { loadConfig, type ModelConfig } from "../src/model/config.js";
import type { Weights } from "../src/model/layers.js";
import { loadTokenizer, type Tokenizer } from "../src/model/tokenizer.js";
import { LOADERS, PRECISIONS } from "../src/model/weights.js";

/** Peak resident memory of this process in GB. */
export const peakMemory = (): number => process.resourceUsage().maxRSS / 1e6;

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The machine: its cores and what a float32 product of 1,024 rows reaches on them, in GFLOP a second (best of five). */
export async function machine(): Promise<{ cpu: string; cores: number; matmulGflops: number }> {
  const [rows, inner, columns] = [1024, 896, 4864];
  const graph = new Graph();
  const y = matmul(graph.input("x", [rows, inner]), graph.input("w", [columns, inner]), { transB: true });
  const program = await compile({ y });
  const feeds = {
    x: { data: new Float32Array(rows * inner).fill(0.5), shape: [rows, inner] },
    w: { data: new Float32Array(columns * inner).fill(0.25), shape: [columns, inner] },
  };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    await program.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  await program.release();
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    matmulGflops: round((2 * rows * inner * columns) / best / 1e6),
  };
}

const Precision = z.enum(PRECISIONS);

export interface BenchModel {
  readonly folder: string;
  readonly precision: z.infer<typeof Precision>;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/** The model folder named by `--model` or NEARMISS_TEST_MODEL; `--precision int8` for an 8-bit base. */
export async function benchModel(options: Readonly<Record<string, string>>): Promise<BenchModel> {
  const folder = options.model ?? process.env.NEARMISS_TEST_MODEL;
  if (folder === undefined) throw new Error("name a model folder: --model FOLDER or NEARMISS_TEST_MODEL");
  const precision = Precision.parse(options.precision ?? "fp32");
  const config = await loadConfig(folder);
  return {
    folder,
    config,
    precision,
    weights: await LOADERS[precision](folder, config),
    tokenizer: await loadTokenizer(folder),
  };
}
