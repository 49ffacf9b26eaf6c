import { dropNearDuplicates } from "../../data/augment/index.js";
import { writeJsonl } from "../../data/jsonl.js";
import { type ProblemSource, readProblems } from "../../data/readers/index.js";
import { NearmissError } from "../../errors.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/**
 * Looks at the model first, so that a broken one stops a run before anything long is done. Then reads both sides, and
 * takes out of the training side every question that resembles one that is tested on.
 */
export function problemsStage({ problems }: Recipe, source: ModelSource): Stage {
  return {
    name: "problems",
    options: problems,
    code: ["data"],
    inputs: [problems.train, problems.test].flatMap(pathOf),
    outputs: ["problems.jsonl", "test.jsonl"],
    async run({ path, progress }) {
      await source.look(progress);
      const test = await readProblems(problems.test);
      const all = await readProblems(problems.train);
      const { kept: train, removed } = dropNearDuplicates(all, test, problems.nearDuplicate);
      const leaked = removed.length;
      if (leaked > 0) progress.note(`  left out ${leaked} training problems that resemble a test problem`);
      if (train.length === 0) {
        throw new NearmissError(
          "Every training problem resembles a test problem. Give problems.train and problems.test different files, splits or seeds.",
        );
      }
      await writeJsonl(path("problems.jsonl"), train);
      await writeJsonl(path("test.jsonl"), test);
      return { train: train.length, test: test.length, leaked };
    },
  };
}

const pathOf = (source: ProblemSource): string[] => ("path" in source ? [source.path] : []);
