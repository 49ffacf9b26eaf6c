import { Command } from "commander";
import { readJsonlAll } from "../../data/jsonl.js";
import { Candidate, Problem } from "../../data/records.js";
import { wilson } from "../../evaluation/index.js";
import { sampleInto } from "../../recipe/candidates.js";
import { judge } from "../../recipe/judge.js";
import { ModelSource } from "../../recipe/model.js";
import { parseOptions } from "../../recipe/options.js";
import { PromptTemplate } from "../../recipe/schema.js";
import { withInterval } from "../../report/words.js";
import {
  jsonFlag,
  modelFlag,
  type PromptFlags,
  promptOf,
  wholeNumber,
  withExample,
  withPrompt,
} from "../flags.js";
import { printJson, printText, readSome } from "../io.js";
import { stderrProgress } from "../progress.js";
import { samplerName } from "../sampler-name.js";
import { stoppable } from "../stop.js";

interface Flags extends PromptFlags {
  readonly model: string;
  readonly adapter?: string;
  readonly problems: string;
  readonly out: string;
  readonly limit?: number;
  readonly maxTokens: number;
  readonly inFlight: number;
  readonly json?: boolean;
}

export function evalCommand(): Command {
  const command = new Command("eval")
    .description("Greedy accuracy of a model on problems, with its Wilson 95 % interval.")
    .addOption(modelFlag().makeOptionMandatory())
    .option("--adapter <folder>", "LoRA adapter in PEFT's format")
    .requiredOption("--problems <file>", "problems.jsonl")
    .requiredOption("--out <file>", "the model's answers, as candidates; a file that is there is filled up")
    .option("--limit <number>", "only the first problems", wholeNumber)
    .option("--max-tokens <number>", "longest answer, in tokens", wholeNumber, 256)
    .option("--in-flight <number>", "answers computed at once", wholeNumber, 16)
    .addOption(jsonFlag())
    .action(evaluate);
  return withExample(
    withPrompt(command),
    "nearmiss eval --model ./model --adapter adapters/dpo --problems test.jsonl --out answers.jsonl",
  );
}

async function evaluate(flags: Flags): Promise<void> {
  const prompt = parseOptions(PromptTemplate, [], promptOf(flags), "--system, --user");
  const progress = stderrProgress();
  const problems = (await readSome(flags.problems, Problem)).slice(0, flags.limit);
  const { maxTokens, inFlight, out: file } = flags;
  await stoppable("Stopped. The same command goes on with what is left.", async (signal) => {
    const model = await new ModelSource(flags.model).open(progress);
    const adapter = flags.adapter === undefined ? null : await model.readAdapter(flags.adapter);
    const options = { n: 1, temperature: 0, topP: 1, topK: 1, maxTokens, inFlight, seed: 0 };
    await sampleInto({
      model,
      sampler: await samplerName(model.name, flags.adapter, prompt),
      adapter,
      prompt,
      problems,
      options,
      file,
      label: "answering",
      progress,
      signal,
    });
    const asked = new Set(problems.map(({ id }) => id));
    const candidates = (await readJsonlAll(file, Candidate)).filter(({ problemId }) => asked.has(problemId));
    const verdicts = await judge({
      problems,
      candidates,
      options: { referenceSolution: true },
      progress,
      signal,
    });
    const correct = verdicts.filter((verdict) => verdict.correct).length;
    const total = verdicts.length;
    const accuracy = total === 0 ? null : correct / total;
    const result = { accuracy, ci95: wilson(correct, total), correct, total };
    if (flags.json) printJson(result);
    else printText(`${correct} of ${total} right: ${withInterval(result)}`);
  });
}
