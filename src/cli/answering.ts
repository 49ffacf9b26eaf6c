/** What the verbs that sample have in common: whose answers they are, and how a stopped one goes on. */
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { hashFile, hashOf } from "../data/folder.js";
import type { Problem } from "../data/records.js";
import { PRECISIONS } from "../model/weights.js";
import { type SampleRun, sampleInto } from "../recipe/candidates.js";
import { DeviceChoice } from "../recipe/device.js";
import { ModelSource } from "../recipe/model.js";
import { localSampler, serverSampler } from "../recipe/sampler.js";
import { PromptTemplate, SampleOptions } from "../recipe/schema.js";
import type { Figures } from "../recipe/stage.js";

/** Options of `sample` and `eval` alike. */
export const ANSWERING = {
  model: z.string().min(1),
  adapter: z.string().min(1).optional(),
  problems: z.string().min(1),
  out: z.string().min(1),
  prompt: PromptTemplate.prefault({}),
  precision: z.enum(PRECISIONS).default("fp32"),
  device: DeviceChoice.default("auto"),
  json: z.boolean().default(false),
};

type Given = z.output<z.ZodObject<typeof ANSWERING>>;

const { topK: TOP_K } = SampleOptions.parse({});

/**
 * Who sampled, so that a file begun with one adapter or prompt is not filled up, or judged, as another's: the model's
 * name, with the adapter's folder and the hash of its weights, the hash of a prompt that is not the bare question, and a
 * `topK` that is not the usual one (nothing else in a candidate tells it; at temperature 0 it does not matter).
 */
async function samplerName(
  model: string,
  { adapter, prompt }: Given,
  { temperature, topK }: Pick<SampleOptions, "temperature" | "topK">,
): Promise<string> {
  const parts = [model];
  if (adapter !== undefined) {
    const hash = await hashFile(join(adapter, "adapter_model.safetensors"));
    parts.push(`adapter ${basename(resolve(adapter))} ${hash.slice(0, 8)}`);
  }
  if (prompt.system !== undefined || prompt.user !== "{question}") {
    parts.push(`prompt ${hashOf(prompt).slice(0, 8)}`);
  }
  if (temperature > 0 && topK !== TOP_K) parts.push(`topK ${topK}`);
  return parts.join(", ");
}

/** Opens the model, or turns to servers, and fills the file with candidates; returns the counts of what the file holds. */
export async function answerInto(
  given: Given,
  options: SampleOptions & { readonly seed: number },
  { label, progress, signal }: Pick<SampleRun, "label" | "progress" | "signal">,
  problems: readonly Problem[],
): Promise<Figures> {
  const { adapter, prompt, out: file } = given;
  const local = async () => {
    const model = await new ModelSource(given.model, given.precision, given.device).open(progress);
    const trained = adapter === undefined ? null : await model.readAdapter(adapter);
    return localSampler(model, trained, prompt, await samplerName(model.basis, given, options));
  };
  const sampler = options.engine === "openai" ? serverSampler(options, given.model, prompt) : await local();
  return sampleInto({ sampler, problems, options, file, label, progress, signal });
}

export const FILLS_UP = "Stopped. The same command goes on with what is left.";
