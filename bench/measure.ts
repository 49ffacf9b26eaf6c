/** What every bench measures alike: repeats and their spread, memory, and the machine's own speed beside it all. */
import { availableParallelism, cpus, totalmem } from "node:os";
import ort from "onnxruntime-node";
import { matmulSpeed } from "../src/engine/speed.js";

/** Peak resident memory of this process in GB (1e9 bytes). */
export const peakMemory = (): number => round((1024 * process.resourceUsage().maxRSS) / 1e9, 2);

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A figure that was measured several times. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How often it was measured, warm-up not counted. */
  readonly runs: number;
}

export function spread(values: readonly number[], digits = 1): Spread {
  return {
    median: round(median(values), digits),
    min: round(Math.min(...values), digits),
    max: round(Math.max(...values), digits),
    runs: values.length,
  };
}

/** `111 (98 to 120)` */
export const showSpread = ({ median, min, max, runs }: Spread): string =>
  runs === 1 ? `${median}` : `${median} (${min} to ${max})`;

export interface Timed<T> {
  readonly seconds: number;
  readonly result: T;
}

/** Runs `work` on 0, 1, 2, ...: `warmup` times untimed, then `repeats` times under the clock. */
export async function repeated<T>(
  { warmup, repeats }: { readonly warmup: number; readonly repeats: number },
  work: (round: number) => Promise<T>,
): Promise<Timed<T>[]> {
  const timed: Timed<T>[] = [];
  for (let round = 0; round < warmup + repeats; round++) {
    const start = performance.now();
    const result = await work(round);
    if (round >= warmup) timed.push({ seconds: (performance.now() - start) / 1000, result });
  }
  return timed;
}

/** Where the figures come from. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  /** Billions of operations a second of a product of 1,024 in each direction: see `matmulSpeed`. */
  readonly matmulGflops: { readonly fp32: number; readonly int8: number };
  readonly versions: Readonly<Record<string, string>>;
}

export async function machine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGB: round(totalmem() / 1e9),
    matmulGflops: { fp32: round(await matmulSpeed("fp32")), int8: round(await matmulSpeed("int8")) },
    versions: { node: process.versions.node, onnxruntime: ort.env.versions.common },
  };
}
