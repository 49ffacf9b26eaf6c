/** Names a stage's inputs by one hash: options, files, code. Equal hashes mean that its result still holds. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileError, hashFile, hashOf } from "../data/folder.js";
import type { Stage } from "./stage.js";

/** Above this size a file (weights, as a rule) is named by its size and both ends: hashing gigabytes costs seconds. */
const LARGE = 64 * 2 ** 20;
const END = 2 ** 20;

const SOURCE = fileURLToPath(new URL("..", import.meta.url));

/** The hash of everything that decides a stage's result. Throws a NearmissError if an input is missing. */
export async function stageKey(stage: Stage, resolve: (path: string) => string): Promise<string> {
  const files: Record<string, string> = {};
  for (const input of stage.inputs) files[input] = await hashPath(resolve(input));
  for (const input of stage.optionalInputs ?? []) {
    if (existsSync(resolve(input))) files[input] = await hashPath(resolve(input));
  }
  return hashOf({ name: stage.name, options: stage.options, files, code: stage.code.map(codeHash) });
}

/** Hash of a file, or of a folder's files with their names. */
export async function hashPath(path: string): Promise<string> {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory())
      return stat.size > LARGE ? await hashEnds(path, stat.size) : await hashFile(path);
    const names = readdirSync(path).sort();
    const parts: [string, string][] = [];
    for (const name of names) parts.push([name, await hashPath(join(path, name))]);
    return hashOf(parts);
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

async function hashEnds(path: string, size: number): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(2 * END);
    await file.read(bytes, 0, END, 0);
    await file.read(bytes, END, END, size - END);
    return hashOf({ size, ends: bytes.toString("base64") });
  } finally {
    await file.close();
  }
}

/** Hash of the code in one folder of `src` (or of `dist`, when built), tests left out. */
function codeHash(folder: string): string {
  const parts: [string, string][] = [];
  for (const name of readdirSync(join(SOURCE, folder), { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.(js|ts|json)$/.test(name) || /\.(test|d)\.ts$/.test(name)) continue;
    parts.push([name, readFileSync(join(SOURCE, folder, name), "utf8")]);
  }
  return hashOf(parts);
}
