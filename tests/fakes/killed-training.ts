/**
 * A training that ends by SIGKILL at a moment of one's choice: for tests of resuming. Arguments: a moment, the stage, the
 * precision and the folder.
 */
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import type { TrainableModel } from "../../src/model/types.js";
import { PRECISIONS } from "../../src/model/weights.js";
import type { Progress } from "../../src/training/loop.js";
import { type SmallTraining, STAGES, smallTraining } from "./small-training.js";

const die = (): void => {
  process.kill(process.pid, "SIGKILL");
};

/** Dies when the program is told of this progress, which is after a step's metrics and before the next step. */
const atProgress = (phase: Progress["phase"], step: number) => ({
  onProgress: (progress: Progress) => {
    if (progress.phase === phase && progress.step === step) die();
  },
});

/** Dies when this process has added the gradients of `count` micro-batches. */
const afterMicroBatches = (count: number) => ({
  wrap: (model: TrainableModel): TrainableModel => {
    let done = 0;
    return {
      parameters: model.parameters,
      gradients: model.gradients,
      logps: (rows, options) => model.logps(rows, options),
      async backward(rows, seed) {
        const logps = await model.backward(rows, seed);
        done++;
        if (done === count) die();
        return logps;
      },
    };
  },
});

/** Dies when the first half of the first piece of the file has been written. */
const halfWritten = (name: string) => {
  const { open } = files;
  const dying: typeof open = async (path, ...more) => {
    const file = await open(path, ...more);
    if (!String(path).includes(name)) return file;
    file.writeFile = async (data) => {
      if (data instanceof Uint8Array) await file.write(data.subarray(0, data.length / 2));
      die();
    };
    return file;
  };
  return replaced({ open: dying });
};

/** Dies before the file, whole and on the disk, gets its name. */
const beforeNamed = (name: string) => {
  const { rename } = files;
  const dying: typeof rename = async (from, to) => {
    if (String(to).endsWith(name)) die();
    await rename(from, to);
  };
  return replaced({ rename: dying });
};

/** Dies before the file is removed. */
const beforeRemoved = (name: string) => {
  const { rm } = files;
  const dying: typeof rm = async (path, ...more) => {
    if (String(path).endsWith(name)) die();
    await rm(path, ...more);
  };
  return replaced({ rm: dying });
};

function replaced(functions: Partial<typeof files>): object {
  Object.assign(files, functions);
  syncBuiltinESMExports();
  return {};
}

/** By name, what brings about the end. */
const MOMENTS = {
  "in the reference pass": () => atProgress("reference", 2),
  "in the middle of step 1": () => afterMicroBatches(1),
  "with a checkpoint half written": () => halfWritten("checkpoint-2.safetensors"),
  "in the middle of step 3": () => afterMicroBatches(5),
  "between checkpoints": () => atProgress("train", 3),
  "with tensors that no manifest names": () => beforeNamed("checkpoint-4.json"),
  "with an old checkpoint half removed": () => beforeRemoved("checkpoint-2.safetensors"),
} satisfies Record<string, () => Pick<SmallTraining, "onProgress" | "wrap">>;
export type Moment = keyof typeof MOMENTS;

/** The choice that an argument names. */
function chosen<T extends string>(choices: readonly T[], argument: string | undefined): T {
  const choice = choices.find((name) => name === argument);
  if (choice === undefined) throw new Error(`"${argument}" is none of ${choices.join(", ")}`);
  return choice;
}

const [moment, stage, precision, folder = ""] = process.argv.slice(2);
const hooks = MOMENTS[chosen(Object.keys(MOMENTS) as Moment[], moment)]();
await smallTraining({
  ...hooks,
  stage: chosen(STAGES, stage),
  precision: chosen(PRECISIONS, precision),
  folder,
});
