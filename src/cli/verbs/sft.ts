import { Command } from "commander";
import { Problem } from "../../data/records.js";
import { fitSft } from "../../recipe/fit.js";
import { ModelSource } from "../../recipe/model.js";
import { parseOptions } from "../../recipe/options.js";
import { LoraOptions, PromptTemplate } from "../../recipe/schema.js";
import { SftOptions } from "../../training/options.js";
import {
  jsonFlag,
  loraFlags,
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
import { stoppable } from "../stop.js";
import { trainingFilesIn } from "../training-files.js";

interface Flags extends PromptFlags {
  readonly model: string;
  readonly adapter?: string;
  readonly problems: string;
  readonly out: string;
  readonly seed: number;
  readonly rank: number;
  readonly alpha: number;
  readonly set: readonly string[];
  readonly json?: boolean;
}

export function sftCommand(): Command {
  const command = new Command("sft")
    .description("Train a LoRA adapter on the worked solutions of problems.")
    .addOption(modelFlag().makeOptionMandatory())
    .option("--adapter <folder>", "adapter to go on from (default: a fresh one)")
    .requiredOption("--problems <file>", "problems.jsonl with a `solution` each")
    .requiredOption("--out <folder>", "adapter folder to write; checkpoints and metrics.jsonl go there too")
    .addOption(seedFlag())
    .addOption(setFlag("epochs, learningRate, batchSize, ... as in a recipe's `sft`"))
    .addOption(jsonFlag())
    .action(sft);
  return withExample(
    withPrompt(loraFlags(command)),
    "nearmiss sft --model ./model --problems train.jsonl --out adapters/sft --set epochs=2",
  );
}

async function sft(flags: Flags): Promise<void> {
  const { seed, out } = flags;
  const options = parseOptions(SftOptions, flags.set, { seed });
  const lora = parseOptions(LoraOptions, [], { rank: flags.rank, alpha: flags.alpha }, "--rank, --alpha");
  const prompt = parseOptions(PromptTemplate, [], promptOf(flags), "--system, --user");
  const problems = await readSome(flags.problems, Problem);
  const progress = stderrProgress();
  await stoppable("Stopped. The same command resumes from the last checkpoint.", async (signal) => {
    const model = await new ModelSource(flags.model).open(progress);
    const figures = await fitSft({
      model,
      adapter:
        flags.adapter === undefined ? model.freshAdapter(lora, seed) : await model.readAdapter(flags.adapter),
      arm: "sft",
      problems,
      prompt,
      options,
      files: trainingFilesIn(out),
      progress,
      signal,
    });
    if (flags.json) printJson({ out, ...figures });
    else progress.note(`adapter in ${out}`);
  });
}
