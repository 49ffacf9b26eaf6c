/**
 * Reference log-probabilities in a file named by a hash of model and data, which arms on the same pairs can share: a
 * line a micro-batch.
 */
import { join } from "node:path";
import { z } from "zod";
import { hashOf } from "../data/folder.js";
import { openAppender, readJsonl } from "../data/jsonl.js";
import type { Example } from "./examples.js";
import { hashTensors } from "./files.js";
import type { TrainingRun } from "./loop.js";
import type { DpoOptions } from "./options.js";
import type { ReferenceStore } from "./store.js";

const ReferenceLine = z.object({
  examples: z.array(z.int().min(0)),
  logps: z.array(z.tuple([z.number(), z.number()])),
});

/** Opens the file of a model, as it is now, and its pairs. */
export function openReference(
  run: TrainingRun<DpoOptions>,
  folder: string,
  pairs: readonly Example[],
): ReferenceStore {
  const key = hashOf({
    identity: run.identity,
    parameters: hashTensors(run.model.parameters),
    rows: pairs.map(({ row }) => row),
  });
  const path = join(folder, `reference-${key.slice(0, 16)}.jsonl`);
  const file = openAppender(path);
  return {
    read: () => readJsonl(path, ReferenceLine),
    add: (batch) => file.append(batch),
    close: () => file.close(),
  };
}
