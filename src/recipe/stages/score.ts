import { writeFileAtomic } from "../../data/folder.js";
import { readJsonlAll, writeJsonl } from "../../data/jsonl.js";
import { Candidate, Problem } from "../../data/records.js";
import { compareArms, nearMissDimensions, nearMissSlice } from "../../evaluation/index.js";
import type { Scores, Transfer } from "../../evaluation/schema.js";
import { answerWarnings } from "../../studio/warnings.js";
import { judge } from "../judge.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { transferFile } from "./problems.js";
import { type Examination, predictionFile } from "./sample.js";

const verdictFile = (examination: Examination): string =>
  predictionFile(examination).replace(/\.jsonl$/, "-verdicts.jsonl");

/** Judges every arm's answers, finds the near-miss slice, and compares the arms problem by problem. */
export function scoreStage(recipe: Recipe): Stage {
  const { arms, verify, mine, seed } = recipe;
  const transfers = Object.keys(recipe.problems.transfer);
  const sliced = recipe.eval.nearMissSamples > 0;
  const examinations = [null, ...transfers].flatMap((transfer) => arms.map((arm) => ({ arm, transfer })));
  const { tauW, tauA, nearDistance } = mine;
  return {
    name: "score",
    options: {
      arms,
      verify,
      seed,
      slice: sliced ? { tauW, tauA, nearDistance } : null,
      ...(transfers.length > 0 ? { transfers } : {}),
    },
    code: ["verifier", "evaluation"],
    inputs: [
      "test.jsonl",
      ...transfers.map(transferFile),
      ...examinations.map(predictionFile),
      ...(sliced ? ["test-candidates.jsonl"] : []),
    ],
    outputs: ["scores.json", ...examinations.map(verdictFile), ...(sliced ? ["test-verdicts.jsonl"] : [])],
    async run({ path, progress, signal }) {
      const judged = async (asked: string, problems: readonly Problem[], from: string, to: string) => {
        const candidates = await readJsonlAll(path(from), Candidate);
        const names = { problems: path(asked), candidates: path(from) };
        const verdicts = await judge({ problems, candidates, names, options: verify, progress, signal });
        await writeJsonl(path(to), verdicts);
        return { candidates, verdicts };
      };
      const answers = async (transfer: string | null) => {
        const asked = transfer === null ? "test.jsonl" : transferFile(transfer);
        const problems = await readJsonlAll(path(asked), Problem);
        const compared: ({ name: string } & Awaited<ReturnType<typeof judged>>)[] = [];
        for (const name of arms) {
          const one = { arm: name, transfer };
          compared.push({
            name,
            ...(await judged(asked, problems, predictionFile(one), verdictFile(one))),
          });
        }
        return { problems, arms: compared };
      };
      const tested = await answers(null);
      const { problems } = tested;
      const samples = sliced
        ? (await judged("test.jsonl", problems, "test-candidates.jsonl", "test-verdicts.jsonl")).verdicts
        : [];
      const nearMiss = nearMissSlice(samples, mine);
      const dimensions = nearMissDimensions(samples, mine);
      const result = compareArms({ ...tested, nearMiss, dimensions, seed });
      const transfer: Transfer[] = [];
      for (const name of transfers) {
        const there = await answers(name);
        const compared = compareArms({ ...there, nearMiss: new Set(), dimensions: new Map(), seed });
        transfer.push({ name, ...compared, problems: there.problems.map(({ id }) => id) });
      }
      const scores: Scores = {
        ...result,
        problems: problems.map(({ id }) => id),
        nearMiss: [...nearMiss],
        transfer,
      };
      for (const warning of answerWarnings(scores.arms)) progress.note(`  warning: ${warning}`);
      await writeFileAtomic(path("scores.json"), `${JSON.stringify(scores, null, 2)}\n`);
      return { problems: problems.length, nearMiss: nearMiss.size };
    },
  };
}
