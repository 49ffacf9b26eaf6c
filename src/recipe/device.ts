/**
 * Which device computes. The one that is asked for, if it starts; else the one that multiplies fastest here, as measured
 * once on this machine and kept in the cache folder. This is the only place that decides.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism, cpus, homedir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ort from "onnxruntime-node";
import { z } from "zod";
import { writeFileAtomic } from "../data/folder.js";
import { readJson } from "../data/jsonl.js";
import { DEVICES, type Device } from "../engine/device.js";
import { startDevice } from "../engine/start.js";
import { NearmissError } from "../errors.js";
import type { Precision } from "../model/weights.js";

export const DeviceChoice = z.enum(["auto", ...DEVICES]);
export type DeviceChoice = z.infer<typeof DeviceChoice>;

/** What a device was measured at, or why it does not start. */
const Measured = z.union([
  /** Billions of operations a second: see `matmulSpeed`. */
  z.object({ gflops: z.object({ fp32: z.number(), int8: z.number() }) }),
  z.object({ reason: z.string() }),
]);
type Measured = z.infer<typeof Measured>;

/** By device. */
const Devices = z.partialRecord(z.enum(DEVICES), Measured);
export type Devices = z.infer<typeof Devices>;

/** By machine: a home folder may be shared by several. */
const Memory = z.record(z.string(), Devices);

/** A device that is no answer to anything must not stop a run for longer. */
const PATIENCE_MILLISECONDS = 120_000;

/**
 * Starts the device that shall compute from now on, and says which and why in one line.
 *
 * @param choice "auto": NEARMISS_DEVICE where it is set, else the fastest
 * @param precision of the products that will be computed
 * @param note told the line
 * @throws NearmissError when NEARMISS_DEVICE is no device
 */
export async function chooseDevice(
  choice: DeviceChoice,
  precision: Precision,
  note: (line: string) => void,
): Promise<Device> {
  const wanted = choice === "auto" ? fromEnvironment() : choice;
  if (wanted !== "auto") return start(wanted, note);
  let devices = await remembered();
  if (devices === null) {
    note("  trying this machine's devices, once");
    devices = await measureDevices();
  }
  const [best = "cpu", ...others] = fastest(devices, precision);
  const shown = (device: Device) => `${device} at ${speedOf(devices[device], precision).toFixed(0)} GFLOP/s`;
  const against =
    others.length === 0 ? "nothing else starts here" : `against ${others.map(shown).join(", ")}`;
  note(`  device: ${shown(best)} in ${precision}, ${against} (nearmiss doctor measures again)`);
  return start(best, note);
}

async function start(wanted: Device, note: (line: string) => void): Promise<Device> {
  const reason = await startDevice(wanted);
  if (reason === null) return wanted;
  if (wanted === "cpu") throw new NearmissError(`ONNX Runtime does not start: ${reason}`);
  note(`  ${wanted} does not start here (${reason}): computing on cpu instead`);
  return start("cpu", note);
}

function fromEnvironment(): DeviceChoice {
  const given = process.env.NEARMISS_DEVICE ?? "auto";
  const { success, data } = DeviceChoice.safeParse(given);
  if (success) return data;
  throw new NearmissError(
    `NEARMISS_DEVICE is "${given}", which is no device. Set it to one of ${DeviceChoice.options.join(", ")}, or not at all.`,
    { exitCode: 2 },
  );
}

/** The devices that start, the fastest first. */
export function fastest(devices: Devices, precision: Precision): Device[] {
  const speed = (device: Device) => speedOf(devices[device], precision);
  return DEVICES.filter((device) => speed(device) > 0).sort((a, b) => speed(b) - speed(a));
}

const speedOf = (measured: Measured | undefined, precision: Precision): number =>
  measured !== undefined && "gflops" in measured ? measured.gflops[precision] : 0;

/** Measures every device that this build of ONNX Runtime knows, each in a process of its own, and remembers the results. */
export async function measureDevices(): Promise<Devices> {
  const known = ort.listSupportedBackends().map(({ name }) => name);
  const devices: Devices = {};
  for (const device of DEVICES) if (known.includes(device)) devices[device] = await probe(device);
  const all = { ...(await memory()), [machineName()]: devices };
  // Where nothing can be kept, it is measured again next time.
  await writeFileAtomic(memoryFile(), `${JSON.stringify(all, null, 2)}\n`).catch(() => undefined);
  return devices;
}

async function probe(device: Device): Promise<Measured> {
  const self = fileURLToPath(import.meta.url);
  const source = extname(self) === ".ts";
  const script = join(self, "..", `device-probe${extname(self)}`);
  const args = [...(source ? ["--import", "tsx"] : []), script, device];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: PATIENCE_MILLISECONDS });
    return Measured.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  } catch (error) {
    const late = error instanceof Error && "killed" in error && error.killed === true;
    const seconds = PATIENCE_MILLISECONDS / 1000;
    return { reason: late ? `no answer within ${seconds} s` : "its process ended without an answer" };
  }
}

/** What was measured on this machine before; null where nothing was. */
const remembered = async (): Promise<Devices | null> => (await memory())[machineName()] ?? null;

/** A file that cannot be read is as good as none: all of it can be measured again. */
async function memory(): Promise<z.infer<typeof Memory>> {
  const file = memoryFile();
  return existsSync(file) ? readJson(file, Memory).catch(() => ({})) : {};
}

const memoryFile = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "nearmiss", "devices.json");

/** What decides a speed: the processor, and the library that drives it and the cards. */
const machineName = (): string =>
  `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores, ONNX Runtime ${ort.env.versions.common}`;
