/** The small files of a model folder. */
import { access, readFile } from "node:fs/promises";
import { fileError } from "../data/folder.js";
import { NearmissError } from "../errors.js";

/** @throws NearmissError when the file is missing or cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

/** @throws NearmissError when the file is missing or not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NearmissError(`${path}: not valid JSON. Mend it or download it again.`, { cause });
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
