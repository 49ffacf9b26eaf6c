/** What the machine has, and how fast it multiplies. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { getHFHubCachePath } from "@huggingface/hub";
import ort from "onnxruntime-node";
import { type Devices, measureDevices } from "../../recipe/device.js";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  /** What a process may still take, limits of a container included. */
  readonly availableGiB: number;
  readonly node: string;
  /** ONNX Runtime's version. */
  readonly runtime: string;
  /** By device: measured billions of operations a second in float32 and in 8 bits, or why it does not start. */
  readonly devices: Devices;
  /** Where downloaded models are kept; `freeGiB` is null where the folder is not there yet. */
  readonly cache: { readonly folder: string; readonly freeGiB: number | null };
}

const GIB = 2 ** 30;

export const availableGiB = (): number => process.availableMemory() / GIB;

export async function machine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: totalmem() / GIB,
    availableGiB: availableGiB(),
    node: process.version,
    runtime: ort.env.versions.node ?? ort.env.versions.common,
    devices: await measureDevices(),
    cache: await cache(),
  };
}

async function cache(): Promise<Machine["cache"]> {
  const folder = getHFHubCachePath();
  if (!existsSync(folder)) return { folder, freeGiB: null };
  const { bavail, bsize } = await statfs(folder);
  return { folder, freeGiB: (bavail * bsize) / GIB };
}
