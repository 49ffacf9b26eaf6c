import { Command } from "commander";
import { Problem } from "../../data/records.js";
import { sampleInto } from "../../recipe/candidates.js";
import { ModelSource } from "../../recipe/model.js";
import { parseOptions } from "../../recipe/options.js";
import { PromptTemplate, SampleOptions } from "../../recipe/schema.js";
import {
  jsonFlag,
  modelFlag,
  type PromptFlags,
  promptOf,
  seedFlag,
  setFlag,
  withExample,
  withPrompt,
} from "../flags.js";
import { printJson, readSome } from "../io.js";
import { stderrProgress } from "../progress.js";
import { samplerName } from "../sampler-name.js";
import { stoppable } from "../stop.js";

interface Flags extends PromptFlags {
  readonly model: string;
  readonly adapter?: string;
  readonly problems: string;
  readonly out: string;
  readonly seed: number;
  readonly set: readonly string[];
  readonly json?: boolean;
}

export function sampleCommand(): Command {
  const command = new Command("sample")
    .description("Sample solutions of problems. A file that is there already is filled up, not begun again.")
    .addOption(modelFlag().makeOptionMandatory())
    .option("--adapter <folder>", "LoRA adapter in PEFT's format")
    .requiredOption("--problems <file>", "problems.jsonl: {id, question, answer, source, ...}")
    .requiredOption("--out <file>", "candidates.jsonl")
    .addOption(seedFlag())
    .addOption(setFlag("n, temperature, topP, topK, maxTokens or inFlight, as in a recipe's `sample`"))
    .addOption(jsonFlag())
    .action(sample);
  return withExample(
    withPrompt(command),
    "nearmiss sample --model ./model --problems p.jsonl --out c.jsonl --set n=8 --set temperature=1",
  );
}

async function sample(flags: Flags): Promise<void> {
  const options = { ...parseOptions(SampleOptions, flags.set), seed: flags.seed };
  const prompt = parseOptions(PromptTemplate, [], promptOf(flags), "--system, --user");
  const progress = stderrProgress();
  const problems = await readSome(flags.problems, Problem);
  await stoppable("Stopped. The same command goes on with what is left.", async (signal) => {
    const model = await new ModelSource(flags.model).open(progress);
    const figures = await sampleInto({
      model,
      sampler: await samplerName(model.name, flags.adapter, prompt),
      adapter: flags.adapter === undefined ? null : await model.readAdapter(flags.adapter),
      prompt,
      problems,
      options,
      file: flags.out,
      label: "sampling",
      progress,
      signal,
    });
    if (flags.json) printJson({ out: flags.out, ...figures });
    else progress.note(`${figures.candidates} candidates in ${flags.out}`);
  });
}
