import { dropNearDuplicates } from "../../data/augment/index.js";
import { ensureFolder } from "../../data/folder.js";
import { writeJsonl } from "../../data/jsonl.js";
import { type ProblemSource, readProblems } from "../../data/readers/index.js";
import type { Problem } from "../../data/records.js";
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
    inputs: [problems.train, problems.test, ...Object.values(problems.transfer)].flatMap(pathOf),
    outputs: ["problems.jsonl", "test.jsonl", ...Object.keys(problems.transfer).map(transferFile)],
    async run({ path, progress }) {
      await source.look(progress);
      const test = await readProblems(problems.test);
      const transfer = new Map<string, Problem[]>();
      for (const [name, from] of Object.entries(problems.transfer))
        transfer.set(name, await readProblems(from));
      const all = await readProblems(problems.train);
      const tested = [...test, ...[...transfer.values()].flat()];
      const { kept: train, removed } = dropNearDuplicates(all, tested, problems.nearDuplicate);
      const leaked = removed.length;
      if (leaked > 0) progress.note(`  left out ${leaked} training problems that resemble a test problem`);
      if (train.length === 0) {
        throw new NearmissError(
          "Every training problem resembles a test problem. Give problems.train and problems.test different files, splits or seeds.",
        );
      }
      await writeJsonl(path("problems.jsonl"), train);
      await writeJsonl(path("test.jsonl"), test);
      if (transfer.size > 0) await ensureFolder(path("transfer"));
      for (const [name, list] of transfer) await writeJsonl(path(transferFile(name)), list);
      return { train: train.length, test: test.length, leaked };
    },
  };
}

/** Where the problems of a transfer set are, in the run folder. */
export const transferFile = (name: string): string => `transfer/${name}.jsonl`;

const pathOf = (source: ProblemSource): string[] => ("path" in source ? [source.path] : []);
