import { join } from "node:path";
import { ADAPTER_FILES } from "../../model/adapter.js";

/** Where an arm's training writes in the run folder. */
export function trainingFiles(path: (...parts: string[]) => string, arm: string) {
  return {
    adapter: path("adapters", arm),
    checkpoints: path("checkpoints", arm),
    metrics: path("metrics.jsonl"),
    reference: path("reference"),
  };
}

/** The files of an adapter made elsewhere, where the recipe names one; other things in its folder are nobody's input. */
export const adapterFiles = (folder: string | undefined): string[] =>
  folder === undefined ? [] : ADAPTER_FILES.map((file) => join(folder, file));
