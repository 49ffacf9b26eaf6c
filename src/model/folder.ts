/** From what a person calls a model to a folder on this disk that holds it. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NearmissError } from "../errors.js";
import { exists } from "./files.js";
import { fetchModel } from "./hub.js";

/** The package's own model; the path is the same from `src/model` and from `dist/model`. */
const TINY = fileURLToPath(new URL("../../assets/tiny", import.meta.url));
const HUB_NAME = /^[\w-][\w.-]*\/[\w-][\w.-]*(@[\w./-]+)?$/;

/**
 * The folder of a model.
 * @param name `tiny` (shipped with the package), a folder, or a Hub name such as `Qwen/Qwen2.5-0.5B-Instruct`
 * or `OWNER/NAME@REVISION`, which is downloaded into the Hugging Face cache unless it is there already. An existing folder goes before a Hub name.
 * @param onFile told each file before it is downloaded, with its size in bytes.
 * @throws NearmissError when there is no such folder, it lacks a file, or the Hub cannot be reached or refuses.
 */
export async function resolveModel(
  name: string,
  onFile: (path: string, bytes: number) => void = () => {},
): Promise<string> {
  if (name === "tiny") return checked(TINY);
  const found = await stat(name).catch(() => null);
  if (found?.isDirectory()) return checked(name);
  if (found !== null) {
    throw new NearmissError(
      `${name} is a file; name the folder that holds config.json, tokenizer and weights.`,
    );
  }
  if (!HUB_NAME.test(name)) {
    throw new NearmissError(
      `There is no model "${name}": it is neither a folder here nor a Hub name (OWNER/NAME). Name one of these, or ` +
        '"tiny" for the small model that comes with the package.',
    );
  }
  return checked(await fetchModel(name, onFile));
}

async function checked(folder: string): Promise<string> {
  const missing = await missingFiles(folder);
  if (missing.length === 0) return folder;
  const others = (await readdir(folder).catch(() => [])).filter((file) => /\.(bin|pt|pth|gguf)$/.test(file));
  const cure =
    others.length > 0
      ? `It holds ${others.slice(0, 3).join(", ")}, which cannot be read: convert the weights to safetensors.`
      : "Name the folder of a Hugging Face model, and download it again if it was cut off.";
  throw new NearmissError(`${folder} is not a whole model: ${missing.join(", ")} missing. ${cure}`);
}

/** What a folder lacks to be loaded, empty when nothing. Shards are looked for when the weights are read. */
async function missingFiles(folder: string): Promise<string[]> {
  const there = (file: string) => exists(join(folder, file));
  const missing: string[] = [];
  for (const file of ["config.json", "tokenizer.json"]) if (!(await there(file))) missing.push(file);
  const weights = ["model.safetensors", "model.safetensors.index.json"];
  if (!(await there(weights[0] ?? "")) && !(await there(weights[1] ?? ""))) missing.push("model.safetensors");
  return missing;
}
