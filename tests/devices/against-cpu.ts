/**
 * Trains the first layers of `tiny` on the device named by the first argument and on the processor, and prints one JSON object: how far apart
 * log-probabilities, gradients and the losses of a few DPO steps are. A process of its own, for drivers are found by
 * variables that must be set before it starts.
 */
import { DEVICES, useDevice } from "../../src/engine/device.js";
import { startDevice } from "../../src/engine/start.js";
import { Decoder, freshAdapter } from "../../src/model/decoder.js";
import { random } from "../../src/random.js";
import { given } from "../browser/given.js";
import { LORA, type TenSteps, tenSteps } from "../browser/ten-steps.js";

/** SwiftShader takes a second for what a card does in a millisecond: fewer layers, with all that a layer has. */
const LAYERS = 2;
const STEPS = 2;

async function numbers(model: TenSteps) {
  const { config, weights, pairs } = model;
  const adapter = freshAdapter(config, LORA, random(1, "adapter").next);
  // Both factors away from zero, so that both have gradients.
  const stream = random(2, "adapter");
  for (const factor of adapter.values()) factor.set(factor.map((value) => value + stream.normal() / 50));
  const decoder = new Decoder(config, weights, { train: "lora", lora: LORA, adapter });
  const rows = pairs.slice(0, 1).map(({ row }) => row);
  const logps = (await decoder.logps(rows)).flat();
  await decoder.backward(rows, (found) => found.map((row) => row.map(() => 1)));
  const gradient = [...decoder.gradients.values()].flatMap((part) => [...part]);
  await decoder.release();
  const losses = (await tenSteps(model, STEPS)).map(({ loss }) => Number(loss));
  return { logps, gradient, losses };
}

const norm = (values: readonly number[]): number => Math.hypot(...values);
const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

const device = DEVICES.find((name) => name === process.argv[2]) ?? "cpu";
const reason = await startDevice(device);
if (reason !== null) throw new Error(`${device} does not start: ${reason}`);
const tiny = await given("fp32");
const model = { ...tiny, config: { ...tiny.config, layers: LAYERS } };
const there = await numbers(model);
useDevice("cpu");
const here = await numbers(model);
console.log(
  JSON.stringify({
    logps: farthest(there.logps, here.logps),
    gradient:
      norm(there.gradient.map((value, i) => value - (here.gradient[i] ?? Number.NaN))) / norm(here.gradient),
    losses: farthest(there.losses, here.losses),
    learnt: (here.losses[0] ?? 0) - (here.losses.at(-1) ?? 0),
  }),
);
