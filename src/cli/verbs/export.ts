import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { check, readJson } from "../../data/jsonl.js";
import { NearmissError } from "../../errors.js";
import { resolveModel } from "../../model/folder.js";
import { copyAdapter, writeMerged } from "../../recipe/export.js";
import { ModelSource } from "../../recipe/model.js";
import { renderMergedCard } from "../../report/merged-card.js";
import { Report } from "../../report/schema.js";
import { packageVersion } from "../../version.js";
import { JSON_OUT, MODEL, text, toggle } from "../flags.js";
import { printJson } from "../io.js";
import { stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

const Origin = z.looseObject({ model: z.string(), name: z.string(), seed: z.number() });

const Options = z.strictObject({
  run: z.string().min(1),
  arm: z.string().min(1),
  out: z.string().min(1),
  adapter: z.boolean().default(false),
  model: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

export const exportCommand = () =>
  commandOf({
    name: "export",
    about: "Write an arm of a run as a whole Hugging Face model folder, or its adapter alone.",
    flags: [
      text("--run <folder>", "run folder"),
      text("--arm <name>", "sft, dpo-random, dpo-hard or dpo-weighted"),
      text("--out <folder>", "folder to write, new or empty"),
      toggle("--adapter", "only the adapter, in PEFT's format"),
      MODEL,
      JSON_OUT,
    ],
    options: Options,
    examples: ["nearmiss export --run runs/quickstart --arm dpo-weighted --out my-model"],
    run: exportArm,
  });

async function exportArm(given: z.output<typeof Options>): Promise<void> {
  const { run, arm, out } = given;
  const adapter = join(run, "adapters", arm);
  if (!existsSync(join(adapter, "adapter_config.json"))) throw noArm(run, arm);
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new NearmissError(`${out} is not empty. Name a new folder, so that nothing is overwritten.`);
  }
  const progress = stderrProgress();
  if (given.adapter) await copyAdapter(adapter, out);
  else {
    const recipe = recipeOf(run);
    const name = given.model ?? recipe?.model;
    if (name === undefined) {
      throw new NearmissError(
        `${join(run, "recipe.yaml")} is missing, so the base model is not known. Check --run, or name the model with --model.`,
      );
    }
    const model = await resolveModel(name);
    progress.note(`merging ${adapter} into ${model}`);
    const report = join(run, "report.json");
    const arms = existsSync(report) ? (await readJson(report, Report.pick({ arms: true }))).arms : null;
    const { name: base } = new ModelSource(name);
    await writeMerged(model, adapter, out, (lora, licence) =>
      renderMergedCard({ base, licence, arm, lora, version: packageVersion(), recipe, arms }),
    );
  }
  if (given.json) printJson({ out, arm, merged: !given.adapter });
  else progress.note(`wrote ${out}`);
}

function noArm(run: string, arm: string): NearmissError {
  if (!existsSync(run)) return new NearmissError(`There is no run folder ${run}. Check --run.`);
  const folder = join(run, "adapters");
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const cure =
    there.length > 0
      ? `Its arms are ${there.join(", ")}.`
      : "It has none yet: name a run folder, or let `nearmiss run` finish.";
  return new NearmissError(`${run} has no adapter of an arm "${arm}". ${cure}`);
}

/** What the run's recipe says of itself; null for adapters that no recipe has made. */
function recipeOf(run: string): z.infer<typeof Origin> | null {
  const path = join(run, "recipe.yaml");
  return existsSync(path) ? check(parse(readFileSync(path, "utf8")), Origin, path) : null;
}
