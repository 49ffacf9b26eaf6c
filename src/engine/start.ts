/** Whether a device works, found out by trying. */
import { type Device, device, useDevice } from "./device.js";
import { mul } from "./functions.js";
import { Graph } from "./graph.js";
import { compile } from "./runtime.js";

/**
 * Sets the device that programs are compiled for from now on, if it works.
 *
 * @returns null, or the provider's own reason why it does not: then the device stays what it was
 */
export async function startDevice(wanted: Device): Promise<string | null> {
  const before = device();
  useDevice(wanted);
  try {
    const graph = new Graph();
    const x = graph.input("x", [2]);
    const program = await compile({ y: mul(x, x) });
    await program.run({ x: { data: Float32Array.of(2, 3), shape: [2] } });
    await program.release();
    return null;
  } catch (error) {
    useDevice(before);
    return reasonOf(error);
  }
}

/** A provider's message is a line of source code, then what went wrong. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split(" was false. ").at(-1) ?? message).trim();
}
