import { z } from "zod";
import { writeFileAtomic } from "../../data/folder.js";
import { readJsonlAll, writeJsonl } from "../../data/jsonl.js";
import { Candidate, Problem } from "../../data/records.js";
import {
  ArmResult,
  Comparison,
  compareArms,
  nearMissDimensions,
  nearMissSlice,
} from "../../evaluation/index.js";
import { answerWarnings } from "../../report/warnings.js";
import { judge } from "../judge.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/** `scores.json` */
export const Scores = z.object({
  arms: z.array(ArmResult),
  comparisons: z.array(Comparison),
  /** Ids of the test problems, in the order of every arm's outcomes, and of those in the near-miss slice. */
  problems: z.array(z.string()),
  nearMiss: z.array(z.string()),
});

/** Judges every arm's answers, finds the near-miss slice, and compares the arms problem by problem. */
export function scoreStage({ arms, verify, mine, seed, eval: { nearMissSamples } }: Recipe): Stage {
  const sliced = nearMissSamples > 0;
  const verdictFile = (arm: string) => `predictions/${arm}-verdicts.jsonl`;
  const { tauW, tauA, nearDistance } = mine;
  return {
    name: "score",
    options: { arms, verify, seed, slice: sliced ? { tauW, tauA, nearDistance } : null },
    code: ["verifier", "evaluation"],
    inputs: [
      "test.jsonl",
      ...arms.map((arm) => `predictions/${arm}.jsonl`),
      ...(sliced ? ["test-candidates.jsonl"] : []),
    ],
    outputs: ["scores.json", ...arms.map(verdictFile), ...(sliced ? ["test-verdicts.jsonl"] : [])],
    async run({ path, progress, signal }) {
      const problems = await readJsonlAll(path("test.jsonl"), Problem);
      const judged = async (from: string, to: string) => {
        const candidates = await readJsonlAll(path(from), Candidate);
        const names = { problems: path("test.jsonl"), candidates: path(from) };
        const verdicts = await judge({ problems, candidates, names, options: verify, progress, signal });
        await writeJsonl(path(to), verdicts);
        return { candidates, verdicts };
      };
      const compared: ({ name: string } & Awaited<ReturnType<typeof judged>>)[] = [];
      for (const name of arms) {
        compared.push({ name, ...(await judged(`predictions/${name}.jsonl`, verdictFile(name))) });
      }
      const samples = sliced ? (await judged("test-candidates.jsonl", "test-verdicts.jsonl")).verdicts : [];
      const nearMiss = nearMissSlice(samples, mine);
      const dimensions = nearMissDimensions(samples, mine);
      const result = compareArms({ problems, arms: compared, nearMiss, dimensions, seed });
      const scores: z.infer<typeof Scores> = {
        ...result,
        problems: problems.map(({ id }) => id),
        nearMiss: [...nearMiss],
      };
      for (const warning of answerWarnings(scores.arms)) progress.note(`  warning: ${warning}`);
      await writeFileAtomic(path("scores.json"), `${JSON.stringify(scores, null, 2)}\n`);
      return { problems: problems.length, nearMiss: nearMiss.size };
    },
  };
}
