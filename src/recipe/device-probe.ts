/**
 * Measures one device, named by the first argument, and prints one JSON object: its speed, or why it does not start. A
 * process of its own, so that a driver that crashes or hangs takes nothing with it.
 */
import { DEVICES } from "../engine/device.js";
import { matmulSpeed } from "../engine/speed.js";
import { startDevice } from "../engine/start.js";

const wanted = DEVICES.find((name) => name === process.argv[2]) ?? "cpu";
const reason = await startDevice(wanted);
const result =
  reason === null
    ? { gflops: { fp32: await matmulSpeed("fp32"), int8: await matmulSpeed("int8") } }
    : { reason };
process.stdout.write(`${JSON.stringify(result)}\n`);
