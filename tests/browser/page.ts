/** What the page of engine.test.ts runs: it asks its server for the model and the pairs, and trains. */
import { type Device, startDevice } from "../../src/engine/index.js";
import { unpacked } from "../../src/studio/transport.js";
import { tenSteps } from "./ten-steps.js";

const fetched = async (path: string): Promise<Response> => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
};

Object.assign(globalThis, {
  async train(device: Device, steps: number) {
    const reason = await startDevice(device);
    if (reason !== null) throw new Error(`${device} does not start: ${reason}`);
    const { config, precision, pairs, tensors } = JSON.parse(await (await fetched("/given.json")).text());
    const bytes = await (await fetched("/weights.bin")).arrayBuffer();
    return tenSteps({ config, precision, pairs, weights: unpacked(tensors, bytes) }, steps);
  },
});
