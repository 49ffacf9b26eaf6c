/** Three stages that write numbers: enough to test a pipeline's skipping, resuming and stopping. */
import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomic } from "../../src/data/folder.js";
import { openAppender } from "../../src/data/jsonl.js";
import { parseRecipe } from "../../src/recipe/load.js";
import type { Recipe } from "../../src/recipe/schema.js";
import type { Stage } from "../../src/recipe/stage.js";

export const recipeOf = (n: number): Recipe =>
  parseRecipe(
    `model: tiny
problems:
  train: { reader: synthetic, split: train, count: 10, seed: 1 }
  test: { reader: synthetic, split: test, count: 10, seed: 1 }
sample: { n: ${n} }`,
    "/recipes/fake.yaml",
  );

/** `after(i)` runs when number i of the middle stage is on disk: the place to abort or to be killed. */
export function fakeStages(recipe: Recipe, after: (i: number) => void | Promise<void> = () => {}): Stage[] {
  return [
    {
      name: "first",
      options: recipe.problems,
      code: [],
      inputs: [],
      outputs: ["first.txt"],
      async run({ path }) {
        await writeFileAtomic(path("first.txt"), "one\n");
        return { files: 1 };
      },
    },
    {
      name: "slow",
      options: recipe.sample.n,
      code: [],
      inputs: ["first.txt"],
      outputs: ["slow.jsonl"],
      scratch: ["scratch"],
      async run({ path, signal }) {
        await writeFileAtomic(path("scratch", "x"), "x");
        const file = openAppender(path("slow.jsonl"));
        const done = numbers(path("slow.jsonl"));
        for (let i = done.length; i < recipe.sample.n; i++) {
          if (signal.aborted) break;
          file.append(i);
          await after(i);
        }
        file.close();
        return { written: recipe.sample.n - done.length };
      },
    },
    {
      name: "last",
      options: null,
      code: [],
      inputs: ["slow.jsonl"],
      outputs: ["sum.txt"],
      async run({ path }) {
        const sum = numbers(path("slow.jsonl")).reduce((a, b) => a + b, 0);
        await writeFileAtomic(path("sum.txt"), String(sum));
        return { sum };
      },
    },
  ];
}

export function numbers(file: string): number[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
}
