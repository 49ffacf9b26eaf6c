/** Who sampled: so that a file begun with one adapter or prompt is not filled up, or judged, as another's. */
import { basename, join, resolve } from "node:path";
import { hashFile, hashOf } from "../data/folder.js";
import type { PromptTemplate } from "../recipe/schema.js";

/** The model's name, with the adapter's folder and the hash of its weights and of a prompt that is not the bare question. */
export async function samplerName(
  model: string,
  adapter: string | undefined,
  prompt: PromptTemplate,
): Promise<string> {
  const parts = [model];
  if (adapter !== undefined) {
    const hash = await hashFile(join(adapter, "adapter_model.safetensors"));
    parts.push(`adapter ${basename(resolve(adapter))} ${hash.slice(0, 8)}`);
  }
  if (prompt.system !== undefined || prompt.user !== "{question}") {
    parts.push(`prompt ${hashOf(prompt).slice(0, 8)}`);
  }
  return parts.join(", ");
}
