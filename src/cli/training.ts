/** What the verbs that train have in common: where the adapter comes from, where the files go, how it is stopped. */
import { join } from "node:path";
import { z } from "zod";
import { PRECISIONS } from "../model/weights.js";
import { DeviceChoice } from "../recipe/device.js";
import type { SftFit } from "../recipe/fit.js";
import { Memory } from "../recipe/memory.js";
import { ModelSource } from "../recipe/model.js";
import { LoraOptions } from "../recipe/schema.js";
import type { Figures } from "../recipe/stage.js";
import { text } from "./flags.js";
import { printJson } from "./io.js";
import { stderrProgress } from "./progress.js";
import { stoppable } from "./stop.js";

/** Options of `sft` and `dpo` alike. */
export const TRAINING = {
  model: z.string().min(1),
  adapter: z.string().min(1).optional(),
  out: z.string().min(1),
  lora: LoraOptions.prefault({}),
  memory: Memory.default("auto"),
  precision: z.enum(PRECISIONS).default("fp32"),
  device: DeviceChoice.default("auto"),
  json: z.boolean().default(false),
};

export const MEMORY = text(
  "--memory <how>",
  "recompute: train in less memory, slower; keep: do not; auto: where memory is short",
);

/** Everything of a training but its data and options. */
type Training = Omit<SftFit, "arm" | "texts" | "options">;
type Given = z.output<z.ZodObject<typeof TRAINING>>;

/** Opens the model with the adapter to begin with (the one given, or a fresh one), trains, and says what became of it. */
export async function trainInto(
  { model: name, adapter, out, lora, memory, precision, device, json }: Given,
  seed: number,
  train: (training: Training) => Promise<Figures>,
): Promise<void> {
  const progress = stderrProgress();
  await stoppable("Stopped. The same command resumes from the last checkpoint.", async (signal) => {
    const model = await new ModelSource(name, precision, device).open(progress);
    const start = await model.adapter(adapter ?? lora, seed);
    const figures = await train({ model, adapter: start, files: filesIn(out), memory, progress, signal });
    if (json) printJson({ out, ...figures });
    else progress.note(`adapter in ${out}`);
  });
}

/** Where a training that is not part of a run keeps its files. */
function filesIn(folder: string): Training["files"] {
  return {
    adapter: folder,
    checkpoints: join(folder, "checkpoints"),
    metrics: join(folder, "metrics.jsonl"),
    reference: join(folder, "checkpoints"),
  };
}
