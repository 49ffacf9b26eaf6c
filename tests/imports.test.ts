/** Imports point one way through the folders of `src` (see CONTRIBUTING.md); tests may look anywhere. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const LIBRARY = ["data", "verifier", "mining", "engine", "model", "sampling", "training", "evaluation"];

/** What each folder may import of the others. `data` and `verifier` share records and exact arithmetic. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  verifier: ["data"],
  data: ["verifier"],
  mining: ["data", "verifier"],
  engine: [],
  model: ["data", "engine"],
  sampling: ["data", "model"],
  training: ["data", "model"],
  evaluation: ["data", "verifier", "mining"],
  studio: ["data", "verifier", "mining", "engine", "model", "evaluation"],
  report: ["data", "verifier", "mining", "evaluation", "studio"],
  recipe: [...LIBRARY, "studio", "report"],
  cli: [...LIBRARY, "studio", "report", "recipe"],
};

const SRC = resolve("src");
const IMPORT = /\bfrom "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/g;

/** The folder of `src` that a file stands in; undefined for src/random.ts and its like, which all may import. */
function folderOf(path: string): string | undefined {
  const parts = relative(SRC, path).split(sep);
  return parts.length > 1 ? parts[0] : undefined;
}

test.each(Object.entries(MAY))("src/%s imports only what stands below it", (folder, may) => {
  const files = readdirSync(join(SRC, folder), { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  expect(files.length).toBeGreaterThan(0);
  const wrong = files.flatMap((name) => {
    const file = join(SRC, folder, name);
    return [...readFileSync(file, "utf8").matchAll(IMPORT)].flatMap(([, from, dynamic]) => {
      const target = folderOf(resolve(dirname(file), from ?? dynamic ?? ""));
      const fine = target === undefined || target === folder || may.includes(target);
      return fine ? [] : [`${folder}/${name} imports ${target}`];
    });
  });
  expect(wrong).toEqual([]);
});
