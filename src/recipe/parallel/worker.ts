/** A worker thread: makes lines of units, batch after batch (see pool.ts). */
import { parentPort, workerData } from "node:worker_threads";
import { NearmissError } from "../../errors.js";
import type { Batch, Reply, Setup } from "./pool.js";
import { TASKS } from "./tasks.js";

const { task: name, options }: Setup = workerData;
const task = TASKS[name](options);

parentPort?.on("message", ({ number, units }: Batch) => {
  parentPort?.postMessage(replyTo(number, units));
});

function replyTo(number: number, units: Batch["units"]): Reply {
  try {
    return { number, lines: units.map(task) };
  } catch (error) {
    // Errors lose their class on the way to the other thread.
    if (error instanceof NearmissError) return { number, mistake: error.message };
    throw error;
  }
}
