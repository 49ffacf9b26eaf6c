import { readJsonlAll, writeJsonl } from "../../data/jsonl.js";
import { Candidate, Problem } from "../../data/records.js";
import { judge } from "../judge.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/** The verifier's word on every sample. */
export function verifyStage({ verify }: Recipe): Stage {
  return {
    name: "verify",
    options: verify,
    code: ["verifier"],
    inputs: ["problems.jsonl", "candidates.jsonl"],
    outputs: ["verdicts.jsonl"],
    async run({ path, progress, signal }) {
      const names = { problems: path("problems.jsonl"), candidates: path("candidates.jsonl") };
      const problems = await readJsonlAll(names.problems, Problem);
      const candidates = await readJsonlAll(names.candidates, Candidate);
      const verdicts = await judge({ problems, candidates, names, options: verify, progress, signal });
      await writeJsonl(path("verdicts.jsonl"), verdicts);
      return { verdicts: verdicts.length, correct: verdicts.filter(({ correct }) => correct).length };
    },
  };
}
