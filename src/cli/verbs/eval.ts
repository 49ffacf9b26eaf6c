import { z } from "zod";
import { readJsonlAll } from "../../data/jsonl.js";
import { Candidate } from "../../data/records.js";
import { wilson } from "../../evaluation/index.js";
import { judge } from "../../recipe/judge.js";
import { SampleOptions } from "../../recipe/schema.js";
import { withInterval } from "../../report/words.js";
import { ANSWERING, answerInto, FILLS_UP } from "../answering.js";
import { DEVICE, JSON_OUT, MODEL, number, PRECISION, PROMPT, text } from "../flags.js";
import { printJson, printText, readProblemFile } from "../io.js";
import { stderrProgress } from "../progress.js";
import { stoppable } from "../stop.js";
import { commandOf } from "../verb.js";

const { maxTokens, inFlight } = SampleOptions.shape;
const Options = z.strictObject({
  ...ANSWERING,
  limit: z.int().min(1).optional(),
  maxTokens,
  inFlight,
});

export const evalCommand = () =>
  commandOf({
    name: "eval",
    about: "Greedy accuracy of a model on problems, with its Wilson 95 % interval.",
    flags: [
      MODEL,
      text("--adapter <folder>", "LoRA adapter in PEFT's format"),
      text("--problems <file>", "problems.jsonl"),
      text("--out <file>", "the model's answers, as candidates; a file that is there is filled up"),
      number("--limit <number>", "only the first problems"),
      number("--max-tokens <number>", "longest answer, in tokens"),
      number("--in-flight <number>", "answers computed at once"),
      JSON_OUT,
      PRECISION,
      DEVICE,
      ...PROMPT,
    ],
    options: Options,
    examples: [
      "nearmiss eval --model ./model --adapter adapters/dpo --problems test.jsonl --out answers.jsonl",
    ],
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { maxTokens, inFlight, out: file } = given;
  const progress = stderrProgress();
  const problems = (await readProblemFile(given.problems)).slice(0, given.limit);
  await stoppable(FILLS_UP, async (signal) => {
    const greedy = SampleOptions.parse({ n: 1, temperature: 0, topP: 1, topK: 1, maxTokens, inFlight });
    const options = { ...greedy, seed: 0 };
    await answerInto(given, options, { label: "answering", progress, signal }, problems);
    const asked = new Set(problems.map(({ id }) => id));
    const candidates = (await readJsonlAll(file, Candidate)).filter(({ problemId }) => asked.has(problemId));
    const judging = { referenceSolution: true };
    const names = { problems: given.problems, candidates: file };
    const verdicts = await judge({ problems, candidates, names, options: judging, progress, signal });
    const correct = verdicts.filter((verdict) => verdict.correct).length;
    const total = verdicts.length;
    const result = { accuracy: correct / total, ci95: wilson(correct, total), correct, total };
    if (given.json) printJson(result);
    else printText(`${correct} of ${total} right: ${withInterval(result)}`);
  });
}
