/** A run folder belongs to one recipe: `recipe.yaml`, as resolved, says which. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { fileError, writeFileAtomic } from "../data/folder.js";
import { fieldName } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import { Recipe } from "./schema.js";

/** More differences than these say nothing more than "another recipe". */
const SHOWN = 8;

/**
 * Writes the recipe into a new folder; in an old one, checks that it is the same.
 * @throws NearmissError naming what differs, unless `force`: then the folder becomes this recipe's.
 */
export async function claimFolder(folder: string, recipe: Recipe, force: boolean): Promise<void> {
  const path = join(folder, "recipe.yaml");
  const ours: unknown = JSON.parse(JSON.stringify(recipe));
  if (existsSync(path)) {
    const changes = differences(filledUp(readYaml(path)), ours, []);
    if (changes.length === 0) return;
    if (!force) throw refusal(folder, changes);
  }
  await writeFileAtomic(path, stringify(ours));
}

function refusal(folder: string, changes: readonly string[]): NearmissError {
  const more = changes.length > SHOWN ? [`and ${changes.length - SHOWN} more`] : [];
  const list = [...changes.slice(0, SHOWN), ...more].map((line) => `  ${line}`).join("\n");
  return new NearmissError(
    `${folder} holds a run of another recipe:\n${list}\nChoose another folder with --out, or go on in this one with --force, which runs again only the stages that these changes touch.`,
  );
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

/** A recipe of an earlier version lacks the options that came later: it was run with their defaults, as far as it had them. */
function filledUp(recipe: unknown): unknown {
  const { success, data } = Recipe.safeParse(recipe);
  return success ? JSON.parse(JSON.stringify(data)) : recipe;
}

function differences(theirs: unknown, ours: unknown, path: readonly PropertyKey[]): string[] {
  if (isBlock(theirs) && isBlock(ours)) {
    const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    return [...keys].flatMap((key) =>
      differences(Reflect.get(theirs, key), Reflect.get(ours, key), [...path, key]),
    );
  }
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return [];
  return [`${fieldName(path)}: ${show(theirs)} there, ${show(ours)} here`];
}

function isBlock(value: unknown): value is object {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
