import { writeFileAtomic } from "../../data/folder.js";
import { readJsonlAll, writeJsonl } from "../../data/jsonl.js";
import { Candidate, Problem, Verdict } from "../../data/records.js";
import { REVIEW_FILE, readReviews } from "../../data/review-file.js";
import { NearmissError } from "../../errors.js";
import { minePairs } from "../../mining/index.js";
import { miningWarnings } from "../../studio/warnings.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/** Pairs for the arms: hard negatives, and as many random ones of the same problems. */
export function mineStage({ prompt, mine }: Recipe, source: ModelSource): Stage {
  return {
    name: "mine",
    options: { prompt, mine, model: source.name },
    code: ["mining", "verifier", "data"],
    inputs: ["problems.jsonl", "candidates.jsonl", "verdicts.jsonl", ...source.files],
    optionalInputs: [REVIEW_FILE],
    outputs: ["pairs-random.jsonl", "pairs-hard.jsonl", "mining.json"],
    async run({ path, progress }) {
      const tokenizer = await source.openTokenizer(progress);
      const names = {
        problems: path("problems.jsonl"),
        candidates: path("candidates.jsonl"),
        verdicts: path("verdicts.jsonl"),
      };
      const { pairs, report } = minePairs({
        problems: await readJsonlAll(names.problems, Problem),
        candidates: await readJsonlAll(names.candidates, Candidate),
        verdicts: await readJsonlAll(names.verdicts, Verdict),
        names,
        reviews: await readReviews(path(REVIEW_FILE)),
        prompt: ({ question }) => tokenizer.prompt(prompt, question),
        options: mine,
      });
      await writeFileAtomic(path("mining.json"), `${JSON.stringify(report, null, 2)}\n`);
      await writeJsonl(path("pairs-random.jsonl"), pairs.random);
      await writeJsonl(path("pairs-hard.jsonl"), pairs.hard);
      if (pairs.hard.length === 0) {
        throw new NearmissError(
          `No pairs were mined: mining.json says what each gate took (${path("mining.json")}). Sample more (sample.n), raise the temperature, or widen the gates (mine.tauW, mine.tauA).`,
        );
      }
      for (const warning of miningWarnings(report)) progress.note(`  warning: ${warning}`);
      return { pairs: pairs.hard.length, suspects: report.suspects.length };
    },
  };
}
