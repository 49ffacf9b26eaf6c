/** DPO with its run kept in files. */
import { type DpoLoop, dpoLoop } from "./dpo-loop.js";
import { FileStore } from "./files.js";
import type { TrainingResult, TrainingRun } from "./loop.js";
import type { DpoOptions } from "./options.js";
import { openReference } from "./reference-file.js";

export interface DpoRun extends DpoLoop, TrainingRun<DpoOptions> {
  /** Where the reference log-probabilities are cached, `folder` by default; arms on the same pairs can share one. */
  readonly referenceFolder?: string;
}

/**
 * Minimises the weighted DPO loss. The reference is the model as given. Trains `model.parameters` in place.
 * @throws NearmissError for no pairs, a foreign checkpoint, a non-finite loss, a full disk; the signal's reason when
 * aborted.
 */
export async function trainDpo(run: DpoRun): Promise<TrainingResult> {
  const { pairs, weighted, folder, referenceFolder = folder } = run;
  const store = new FileStore(run, "dpo", pairs, { weighted });
  return dpoLoop(run, store, openReference(run, referenceFolder, pairs));
}
