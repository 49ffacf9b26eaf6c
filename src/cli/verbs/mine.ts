import { z } from "zod";
import { writeFileAtomic } from "../../data/folder.js";
import { writeJsonl } from "../../data/jsonl.js";
import { Candidate, Verdict } from "../../data/records.js";
import { MiningOptions, minePairs } from "../../mining/index.js";
import { ModelSource } from "../../recipe/model.js";
import { PromptTemplate } from "../../recipe/schema.js";
import { JSON_OUT, MODEL, PROMPT, seed, settings, text } from "../flags.js";
import { printJson, readProblemFile, readSome } from "../io.js";
import { stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

const file = z.string().min(1);
const Options = z.strictObject({
  problems: file,
  candidates: file,
  verdicts: file,
  out: file,
  random: file.optional(),
  report: file.optional(),
  model: z.string().min(1).optional(),
  mine: MiningOptions.prefault({}),
  prompt: PromptTemplate.prefault({}),
  json: z.boolean().default(false),
});

export const mineCommand = () =>
  commandOf({
    name: "mine",
    about: "Mine preference pairs: a correct solution against the hardest near misses.",
    flags: [
      text("--problems <file>", "problems.jsonl"),
      text("--candidates <file>", "candidates.jsonl"),
      text("--verdicts <file>", "verdicts.jsonl"),
      text("--out <file>", "pairs with hard negatives, weighted"),
      text("--random <file>", "also write as many pairs with random negatives of the same problems"),
      text("--report <file>", "also write what each gate took, as JSON"),
      MODEL,
      seed("mine.seed"),
      settings("tauW, tauA, maxPairsPerProblem, ... as in a recipe's `mine`", "mine"),
      JSON_OUT,
      ...PROMPT,
    ],
    options: Options,
    examples: [
      "nearmiss mine --problems p.jsonl --candidates c.jsonl --verdicts v.jsonl --model ./model --out pairs.jsonl",
    ],
    note: "With a model, prompts are written by its chat template; without one they are the user message.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { model, prompt: template, out, random } = given;
  const progress = stderrProgress();
  const tokenizer = model === undefined ? null : await new ModelSource(model).openTokenizer(progress);
  const { problems, candidates, verdicts } = given;
  const { pairs, report } = minePairs({
    problems: await readProblemFile(problems),
    candidates: await readSome(candidates, Candidate),
    verdicts: await readSome(verdicts, Verdict),
    names: { problems, candidates, verdicts },
    prompt: ({ question }) =>
      tokenizer?.prompt(template, question) ?? template.user.replaceAll("{question}", () => question),
    options: given.mine,
  });
  await writeJsonl(out, pairs.hard);
  if (random !== undefined) await writeJsonl(random, pairs.random);
  if (given.report !== undefined) await writeFileAtomic(given.report, `${JSON.stringify(report, null, 2)}\n`);
  if (given.json) printJson({ out, ...report });
  else progress.note(`${pairs.hard.length} pairs of ${report.problems.paired} problems in ${out}`);
}
