import { Command } from "commander";
import { Pair } from "../../data/records.js";
import { fitDpo } from "../../recipe/fit.js";
import { ModelSource } from "../../recipe/model.js";
import { parseOptions } from "../../recipe/options.js";
import { LoraOptions } from "../../recipe/schema.js";
import { DpoOptions } from "../../training/options.js";
import { jsonFlag, loraFlags, modelFlag, seedFlag, setFlag, withExample } from "../flags.js";
import { printJson, readSome } from "../io.js";
import { stderrProgress } from "../progress.js";
import { stoppable } from "../stop.js";
import { trainingFilesIn } from "../training-files.js";

interface Flags {
  readonly model: string;
  readonly adapter?: string;
  readonly pairs: string;
  readonly out: string;
  readonly weighted?: boolean;
  readonly seed: number;
  readonly rank: number;
  readonly alpha: number;
  readonly set: readonly string[];
  readonly json?: boolean;
}

export function dpoCommand(): Command {
  const command = new Command("dpo")
    .description("Train on preference pairs; the reference is the model with the adapter as given.")
    .addOption(modelFlag().makeOptionMandatory())
    .option("--adapter <folder>", "adapter to go on from, such as SFT's (default: a fresh one)")
    .requiredOption("--pairs <file>", "pairs.jsonl: {prompt, chosen, rejected, weight, ...}")
    .requiredOption("--out <folder>", "adapter folder to write; checkpoints and metrics.jsonl go there too")
    .option("--weighted", "weigh each pair by its `weight`")
    .addOption(seedFlag())
    .addOption(setFlag("beta, variant, epochs, learningRate, ... as in a recipe's `dpo`"))
    .addOption(jsonFlag())
    .action(dpo);
  return withExample(
    loraFlags(command),
    "nearmiss dpo --model ./model --adapter adapters/sft --pairs pairs.jsonl --weighted --out adapters/dpo",
  );
}

async function dpo(flags: Flags): Promise<void> {
  const { seed, out, weighted = false } = flags;
  const options = parseOptions(DpoOptions, flags.set, { seed });
  const lora = parseOptions(LoraOptions, [], { rank: flags.rank, alpha: flags.alpha }, "--rank, --alpha");
  const pairs = await readSome(flags.pairs, Pair);
  const progress = stderrProgress();
  await stoppable("Stopped. The same command resumes from the last checkpoint.", async (signal) => {
    const model = await new ModelSource(flags.model).open(progress);
    const figures = await fitDpo({
      model,
      adapter:
        flags.adapter === undefined ? model.freshAdapter(lora, seed) : await model.readAdapter(flags.adapter),
      arm: weighted ? "dpo-weighted" : "dpo",
      pairs,
      weighted,
      options,
      files: trainingFilesIn(out),
      progress,
      signal,
    });
    if (flags.json) printJson({ out, ...figures });
    else progress.note(`adapter in ${out}`);
  });
}
