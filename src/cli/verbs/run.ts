import { existsSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { Command } from "commander";
import { readJson } from "../../data/jsonl.js";
import { loadRecipe } from "../../recipe/load.js";
import { Interrupted, runPipeline } from "../../recipe/pipeline.js";
import { stagesOf } from "../../recipe/stages/index.js";
import { Report } from "../../report/schema.js";
import { renderTable } from "../../report/table.js";
import { Stopped } from "../failure.js";
import { jsonFlag, modelFlag, setFlag, withExample } from "../flags.js";
import { printJson, printText } from "../io.js";
import { duration, stderrProgress } from "../progress.js";
import { stoppable } from "../stop.js";

interface Flags {
  readonly out?: string;
  readonly model?: string;
  readonly set: readonly string[];
  readonly check?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function runCommand(): Command {
  const command = new Command("run")
    .description(
      "Run a whole experiment: problems, SFT, samples, verdicts, pairs, DPO arms, comparison, report.",
    )
    .argument("<recipe>", "recipe.yaml")
    .option("--out <folder>", "run folder (default: runs/NAME, NAME being the recipe file's)")
    .addOption(modelFlag())
    .addOption(setFlag("overrides a value of the recipe, such as sample.n=8"))
    .option("--check", "only check the recipe and list its stages")
    .option("--force", "go on in a folder of another recipe, running again what that changes")
    .addOption(jsonFlag())
    .action(run);
  return withExample(
    command,
    "nearmiss run recipes/quickstart.yaml",
    "nearmiss run recipe.yaml --model ./my-model --set sample.n=8 --out runs/eight",
  ).addHelpText(
    "after",
    "\nStages whose inputs have not changed are skipped; a run that was stopped goes on where it was.",
  );
}

async function run(file: string, flags: Flags): Promise<void> {
  const recipe = loadRecipe(file, {
    set: flags.set,
    // A folder named on the command line is relative to here, not to the recipe.
    ...(flags.model ? { model: existsSync(flags.model) ? resolve(flags.model) : flags.model } : {}),
  });
  const stages = stagesOf(recipe);
  const out = flags.out ?? join("runs", basename(file, extname(file)));
  if (flags.check) {
    const names = stages.map(({ name }) => name);
    if (flags.json) printJson({ recipe, stages: names });
    else printText(`${file} is in order. Stages: ${names.join(", ")}`);
    return;
  }
  const progress = stderrProgress();
  const advice = `Stopped; what is done is kept in ${out}. Go on with: ${sameCommand()}`;
  const begun = performance.now();
  const outcomes = await stoppable(advice, (signal) =>
    runPipeline({ recipe, stages, out, progress, signal, force: flags.force ?? false }),
  ).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Stopped(advice) : error;
  });
  const report = await readJson(join(out, "report.json"), Report);
  const page = join(out, "report.html");
  if (flags.json) {
    const { arms, comparisons } = report;
    printJson({ out, report: page, stages: outcomes, arms, comparisons });
    return;
  }
  printText(renderTable(report));
  printText(`\n${duration((performance.now() - begun) / 1000)}. Report: ${page}`);
}

/** This very command, overrides included: without them the folder would be another recipe's. */
function sameCommand(): string {
  const words = process.argv.slice(2).filter((word) => word !== "--force");
  const quoted = words.map((word) =>
    /^[\w./=:,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ["nearmiss", ...quoted].join(" ");
}
