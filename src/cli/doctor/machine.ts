/** What the machine has, and how fast it multiplies. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { getHFHubCachePath } from "@huggingface/hub";
import ort from "onnxruntime-node";
import { compile, Graph, matmul } from "../../engine/index.js";
import { random } from "../../random.js";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  /** What a process may still take, limits of a container included. */
  readonly availableGiB: number;
  readonly node: string;
  /** ONNX Runtime's version. */
  readonly runtime: string;
  /** Its execution providers. */
  readonly providers: readonly string[];
  /** Measured: a matrix product of 1,024 in each direction, in float32. */
  readonly gigaflops: number;
  /** Where downloaded models are kept; `freeGiB` is null where the folder is not there yet. */
  readonly cache: { readonly folder: string; readonly freeGiB: number | null };
}

const GIB = 2 ** 30;
const SIZE = 1024;
/** The best of several: the first runs warm up, and other processes only ever make it slower. */
const RUNS = 8;

export async function machine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: totalmem() / GIB,
    availableGiB: process.availableMemory() / GIB,
    node: process.version,
    runtime: ort.env.versions.node ?? ort.env.versions.common,
    providers: ort.listSupportedBackends().map(({ name }) => name),
    gigaflops: await matmulSpeed(),
    cache: await cache(),
  };
}

async function matmulSpeed(): Promise<number> {
  const graph = new Graph();
  const y = matmul(graph.input("a", [SIZE, SIZE]), graph.input("b", [SIZE, SIZE]));
  const program = await compile({ y });
  const stream = random(0, "doctor");
  const matrix = () => ({
    data: Float32Array.from({ length: SIZE * SIZE }, () => stream.next() - 0.5),
    shape: [SIZE, SIZE],
  });
  const feeds = { a: matrix(), b: matrix() };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    await program.run(feeds);
    best = Math.min(best, performance.now() - begun);
  }
  await program.release();
  return (2 * SIZE ** 3) / (best * 1e6);
}

async function cache(): Promise<Machine["cache"]> {
  const folder = getHFHubCachePath();
  if (!existsSync(folder)) return { folder, freeGiB: null };
  const { bavail, bsize } = await statfs(folder);
  return { folder, freeGiB: (bavail * bsize) / GIB };
}
