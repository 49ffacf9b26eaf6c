import { writeJsonl } from "../../data/jsonl.js";
import { type ProblemSource, readProblems } from "../../data/readers/index.js";
import { NearmissError } from "../../errors.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/** Reads both sides, and takes out of the training side every question that is tested on. */
export function problemsStage({ problems }: Recipe): Stage {
  return {
    name: "problems",
    options: problems,
    code: ["data/readers", "data/synthetic"],
    inputs: [problems.train, problems.test].flatMap(pathOf),
    outputs: ["problems.jsonl", "test.jsonl"],
    async run({ path, progress }) {
      const test = await readProblems(problems.test);
      const all = await readProblems(problems.train);
      const tested = new Set(test.map(({ question }) => normal(question)));
      const train = all.filter(({ question }) => !tested.has(normal(question)));
      const leaked = all.length - train.length;
      if (leaked > 0)
        progress.note(`  left out ${leaked} training problems whose question is in the test set`);
      if (train.length === 0) {
        throw new NearmissError(
          "Every training problem is in the test set. Give problems.train and problems.test different files, splits or seeds.",
        );
      }
      await writeJsonl(path("problems.jsonl"), train);
      await writeJsonl(path("test.jsonl"), test);
      return { train: train.length, test: test.length, leaked };
    },
  };
}

const pathOf = (source: ProblemSource): string[] => ("path" in source ? [source.path] : []);

const normal = (question: string): string => question.toLowerCase().replace(/\W+/g, " ").trim();
