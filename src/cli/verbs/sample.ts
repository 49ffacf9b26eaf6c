import { z } from "zod";
import { SampleOptions } from "../../recipe/schema.js";
import { ANSWERING, answerInto, FILLS_UP } from "../answering.js";
import { DEVICE, JSON_OUT, MODEL, PRECISION, PROMPT, seed, settings, text } from "../flags.js";
import { printJson, readProblemFile } from "../io.js";
import { stderrProgress } from "../progress.js";
import { stoppable } from "../stop.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  ...ANSWERING,
  sample: SampleOptions.prefault({}),
  seed: z.int().min(0).default(0),
});

export const sampleCommand = () =>
  commandOf({
    name: "sample",
    about: "Sample solutions of problems. A file that is there already is filled up, not begun again.",
    flags: [
      MODEL,
      text("--adapter <folder>", "LoRA adapter in PEFT's format"),
      text("--problems <file>", "problems.jsonl: {id, question, answer, source, ...}"),
      text("--out <file>", "candidates.jsonl"),
      seed("seed"),
      settings("n, temperature, maxTokens, engine, baseUrl, ... as in a recipe's `sample`", "sample"),
      JSON_OUT,
      PRECISION,
      DEVICE,
      ...PROMPT,
    ],
    options: Options,
    examples: [
      "nearmiss sample --model ./model --problems p.jsonl --out c.jsonl --set n=8 --set temperature=1",
      "nearmiss sample --model NAME --problems p.jsonl --out c.jsonl --set engine=openai --set baseUrl=http://localhost:8000/v1",
    ],
    note: "With engine=openai, --model is what the servers call the model; a key is read from NEARMISS_API_KEY.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { out, seed, sample } = given;
  const progress = stderrProgress();
  const problems = await readProblemFile(given.problems);
  await stoppable(FILLS_UP, async (signal) => {
    const how = { label: "sampling", progress, signal };
    const figures = await answerInto(given, { ...sample, seed }, how, problems);
    if (given.json) printJson({ out, ...figures });
    else progress.note(`${figures.candidates} candidates in ${out}`);
  });
}
