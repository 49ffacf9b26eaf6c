/** SFT with its run kept in files. */
import { FileStore } from "./files.js";
import type { TrainingResult, TrainingRun } from "./loop.js";
import type { SftOptions } from "./options.js";
import { type SftLoop, sftLoop } from "./sft-loop.js";

export interface SftRun extends SftLoop, TrainingRun<SftOptions> {}

/**
 * Minimises the mean negative log-probability of a completion token (see {@link sftLoop}). Trains `model.parameters` in
 * place.
 * @throws NearmissError for no examples, a foreign checkpoint, a non-finite loss, a full disk; the signal's reason when
 * aborted.
 */
export async function trainSft(run: SftRun): Promise<TrainingResult> {
  return sftLoop(run, new FileStore(run, "sft", run.examples));
}
