/** What the machine has, and how fast it multiplies. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { getHFHubCachePath } from "@huggingface/hub";
import ort from "onnxruntime-node";
import { matmulSpeed } from "../../engine/speed.js";

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

export async function machine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: totalmem() / GIB,
    availableGiB: process.availableMemory() / GIB,
    node: process.version,
    runtime: ort.env.versions.node ?? ort.env.versions.common,
    providers: ort.listSupportedBackends().map(({ name }) => name),
    gigaflops: await matmulSpeed("fp32"),
    cache: await cache(),
  };
}

async function cache(): Promise<Machine["cache"]> {
  const folder = getHFHubCachePath();
  if (!existsSync(folder)) return { folder, freeGiB: null };
  const { bavail, bsize } = await statfs(folder);
  return { folder, freeGiB: (bavail * bsize) / GIB };
}
