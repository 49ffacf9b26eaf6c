/** Run folders under the folders that were given, and files that stand inside a run folder for sure. */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { STATE_FILE } from "../../data/state.js";

export interface RunFolder {
  /** In URLs: letters, digits, dots, dashes and underscores. */
  readonly id: string;
  /** Absolute, without links. */
  readonly path: string;
}

const isRun = (folder: string) => [STATE_FILE, "recipe.yaml"].some((name) => existsSync(join(folder, name)));

/** Each given folder that is a run folder, and each run folder right inside one that is not. Missing ones are left out. */
export function findRuns(given: readonly string[]): RunFolder[] {
  const paths = given.flatMap((name) => {
    const folder = resolve(name);
    if (!isFolder(folder)) return [];
    if (isRun(folder)) return [folder];
    return readdirSync(folder)
      .sort()
      .map((child) => join(folder, child))
      .filter((child) => isFolder(child) && isRun(child));
  });
  const taken = new Map<string, number>();
  return [...new Set(paths.map((path) => realpathSync(path)))].map((path) => {
    const plain = basename(path).replace(/[^\w.-]+/g, "-") || "run";
    const before = taken.get(plain) ?? 0;
    taken.set(plain, before + 1);
    return { id: before === 0 ? plain : `${plain}~${before + 1}`, path };
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The path of a file that is there, links resolved; null where there is none, or where it is a link out of the folder. */
export function inside(folder: string, ...parts: string[]): string | null {
  const path = join(folder, ...parts);
  if (!existsSync(path)) return null;
  const real = realpathSync(path);
  return real === folder || real.startsWith(folder + sep) ? real : null;
}
