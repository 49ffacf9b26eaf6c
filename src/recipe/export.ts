/** An arm as a folder that other tools load: its adapter alone, or merged into the model. */
import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ensureFolder, fileError, writeFileAtomic } from "../data/folder.js";
import { check } from "../data/jsonl.js";
import { ADAPTER_FILES, type Adapter, readAdapter } from "../model/adapter.js";
import type { LoraShape } from "../model/block.js";
import { loadConfig } from "../model/config.js";
import { writeSafetensors } from "../model/safetensors.js";
import { loadTokenizer } from "../model/tokenizer.js";
import { loadWeights } from "../model/weights.js";
import { modelfile } from "./modelfile.js";

/**
 * Weights, their index and the card are written anew, for the model's own describe it before training; everything else of the model is copied as it is.
 */
const REPLACED = /\.(safetensors|bin|pt|pth|gguf)$|\.index\.json$|^(config\.json|README\.md)$/;

/** Copies an adapter folder's two files. */
export async function copyAdapter(adapter: string, out: string): Promise<void> {
  await ensureFolder(out);
  for (const file of ADAPTER_FILES) await copy(adapter, out, file);
}

/**
 * Writes a whole model folder, in float32, with the adapter added to its weights.
 * @param card the text of its README.md, given the adapter's shape and the licence that the model's own card names
 */
export async function writeMerged(
  model: string,
  adapterFolder: string,
  out: string,
  card: (lora: LoraShape, licence: string | null) => string,
): Promise<void> {
  const config = await loadConfig(model);
  const adapter = await readAdapter(adapterFolder, config);
  const weights = await loadWeights(model, config);
  merge(weights, adapter);
  await ensureFolder(out);
  for (const entry of await readdir(model, { withFileTypes: true })) {
    if (!entry.isDirectory() && !REPLACED.test(entry.name)) await copy(model, out, entry.name);
  }
  await writeFileAtomic(join(out, "README.md"), card(adapter.lora, await licenceOf(model)));
  await writeSafetensors(join(out, "model.safetensors"), weights);
  await writeFileAtomic(join(out, "Modelfile"), modelfile(await loadTokenizer(model)));
  // Last, so that a folder that was cut off is not taken for a model.
  const path = join(model, "config.json");
  const json = check(JSON.parse(await readFile(path, "utf8")), z.looseObject({}), path);
  // Under its older name too: readers of before transformers 5, Ollama 0.17 among them, take 10,000 where it has only the newer.
  const rope = { rope_theta: config.ropeTheta };
  const dtypes = { torch_dtype: "float32", ...("dtype" in json ? { dtype: "float32" } : {}) };
  const written = { ...json, ...rope, ...dtypes };
  await writeFileAtomic(join(out, "config.json"), `${JSON.stringify(written, null, 2)}\n`);
}

/** What the front matter of a model's card gives as its licence; null where there is no card, or none in it. */
async function licenceOf(model: string): Promise<string | null> {
  const text = await readFile(join(model, "README.md"), "utf8").catch(() => "");
  const [, front = ""] = /^---\n(.*?)\n---/s.exec(text.replaceAll("\r\n", "\n")) ?? [];
  const { license } = /^license:[ \t]*["']?(?<license>[\w.+-]+)/m.exec(front)?.groups ?? {};
  return license ?? null;
}

/** W += alpha / rank * B A for every linear layer, in place: W [out, in], A [rank, in], B [out, rank]. */
function merge(
  weights: ReadonlyMap<string, { readonly data: Float32Array }>,
  { lora, factors }: Adapter,
): void {
  const scale = lora.alpha / lora.rank;
  for (const [name, a] of factors) {
    if (!name.endsWith(".lora_A")) continue;
    const layer = name.slice(0, -".lora_A".length);
    const b = factors.get(`${layer}.lora_B`);
    const w = weights.get(`model.${layer}.weight`)?.data;
    if (b === undefined || w === undefined) throw new RangeError(`no weight or factor for ${layer}`);
    const width = a.length / lora.rank;
    for (let row = 0; row < b.length / lora.rank; row++) {
      for (let r = 0; r < lora.rank; r++) {
        const factor = scale * (b[row * lora.rank + r] ?? 0);
        if (factor === 0) continue;
        for (let col = 0; col < width; col++) {
          w[row * width + col] = (w[row * width + col] ?? 0) + factor * (a[r * width + col] ?? 0);
        }
      }
    }
  }
}

async function copy(from: string, to: string, file: string): Promise<void> {
  try {
    await copyFile(join(from, file), join(to, file));
  } catch (error) {
    throw fileError(error, join(to, file), "copy");
  }
}
