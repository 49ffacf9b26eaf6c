import { join } from "node:path";

/** Where a training that is not part of a run keeps its files. */
export function trainingFilesIn(folder: string) {
  return {
    adapter: folder,
    checkpoints: join(folder, "checkpoints"),
    metrics: join(folder, "metrics.jsonl"),
    reference: join(folder, "checkpoints"),
  };
}
