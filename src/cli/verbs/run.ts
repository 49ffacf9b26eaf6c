import { existsSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { z } from "zod";
import { readJson } from "../../data/jsonl.js";
import { type Inspection, inspect } from "../../recipe/check.js";
import { DeviceChoice } from "../../recipe/device.js";
import { loadRecipe } from "../../recipe/load.js";
import { ModelSource } from "../../recipe/model.js";
import { Interrupted, runPipeline } from "../../recipe/pipeline.js";
import { stagesOf } from "../../recipe/stages/index.js";
import { checkPython } from "../../recipe/torch/python.js";
import { Report } from "../../report/schema.js";
import { renderTable } from "../../report/table.js";
import { Stopped } from "../failure.js";
import { DEVICE, JSON_OUT, MODEL, text, toggle } from "../flags.js";
import { printJson, printText } from "../io.js";
import { duration, stderrProgress } from "../progress.js";
import { stoppable } from "../stop.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  recipe: z.string().min(1),
  out: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  device: DeviceChoice.optional(),
  set: z.array(z.string()).default([]),
  check: z.boolean().default(false),
  force: z.boolean().default(false),
  json: z.boolean().default(false),
});

export const runCommand = () =>
  commandOf({
    name: "run",
    about: "Run a whole experiment: problems, SFT, samples, verdicts, pairs, DPO arms, comparison, report.",
    argument: { name: "recipe", help: "recipe.yaml" },
    flags: [
      text("--out <folder>", "run folder (default: runs/NAME, NAME being the recipe file's)"),
      MODEL,
      DEVICE,
      {
        spelling: "--set <key=value>",
        type: "texts",
        help: "overrides a value of the recipe, such as sample.n=8; may be repeated",
        into: "set",
      },
      toggle("--check", "only check the recipe, its model and its problems, and list its stages"),
      toggle("--force", "go on in a folder of another recipe, running again what that changes"),
      JSON_OUT,
    ],
    options: Options,
    examples: [
      "nearmiss run recipes/quickstart.yaml",
      "nearmiss run recipe.yaml --model ./my-model --set sample.n=8 --out runs/eight",
    ],
    note: "Stages whose inputs have not changed are skipped; a run that was stopped goes on where it was.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { recipe: file, model, json, force } = given;
  const recipe = loadRecipe(file, {
    set: given.set,
    // A folder named on the command line is relative to here, not to the recipe.
    ...(model === undefined ? {} : { model: existsSync(model) ? resolve(model) : model }),
  });
  const source = new ModelSource(recipe.model, recipe.precision, given.device ?? recipe.device);
  const stages = stagesOf(recipe, source);
  const out = given.out ?? join("runs", basename(file, extname(file)));
  if (given.check) {
    const found = await inspect(recipe, source);
    const names = stages.map(({ name }) => name);
    if (json) printJson({ recipe, ...found, stages: names });
    else printText([`${file} is in order.`, ...describe(found, source.name, names)].join("\n"));
    return;
  }
  // Now, not after hours of sampling.
  if (recipe.train.engine === "torch") await checkPython(recipe.train);
  const progress = stderrProgress();
  const advice = `Stopped; what is done is kept in ${out}. Go on with: ${sameCommand()}`;
  const begun = performance.now();
  const outcomes = await stoppable(advice, (signal) =>
    runPipeline({ recipe, stages, out, progress, signal, force }),
  ).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Stopped(advice) : error;
  });
  const report = await readJson(join(out, "report.json"), Report);
  const page = join(out, "report.html");
  if (json) {
    const { arms, comparisons } = report;
    printJson({ out, report: page, stages: outcomes, arms, comparisons });
    return;
  }
  printText(renderTable(report));
  printText(`\n${duration((performance.now() - begun) / 1000)}. Report: ${page}`);
}

function describe({ model, problems }: Inspection, name: string, stages: readonly string[]): string[] {
  const hub = "on the Hugging Face Hub, not looked at: a run takes it from the cache or downloads it";
  const millions = ((model?.parameters ?? 0) / 1e6).toFixed(1);
  const weights =
    model === null ? hub : `${model.config.family}, ${millions} million parameters, files whole`;
  const side = (count: number | null) => (count === null ? hub : `${count} problems`);
  return [
    `Model: ${name} (${weights})`,
    ...Object.entries(problems).map(([place, count]) => `${capital(place)}: ${side(count)}`),
    `Stages: ${stages.join(", ")}`,
  ];
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** This very command, overrides included: without them the folder would be another recipe's. */
function sameCommand(): string {
  const words = process.argv.slice(2).filter((word) => word !== "--force");
  const quoted = words.map((word) =>
    /^[\w./=:,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ["nearmiss", ...quoted].join(" ");
}
