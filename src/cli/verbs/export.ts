import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { check, readJson } from "../../data/jsonl.js";
import { NearmissError } from "../../errors.js";
import { resolveModel } from "../../model/folder.js";
import { DATA_FORMS, writeDataset } from "../../recipe/datasets.js";
import { copyAdapter, writeMerged } from "../../recipe/export.js";
import { ModelSource } from "../../recipe/model.js";
import { pushFolder } from "../../recipe/push.js";
import { ArmName, PromptTemplate } from "../../recipe/schema.js";
import type { Progress } from "../../recipe/stage.js";
import { renderMergedCard } from "../../report/merged-card.js";
import { Report } from "../../report/schema.js";
import { packageVersion } from "../../version.js";
import { JSON_OUT, MODEL, text, toggle } from "../flags.js";
import { printJson } from "../io.js";
import { stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

const Origin = z.looseObject({
  model: z.string(),
  name: z.string(),
  seed: z.number(),
  prompt: PromptTemplate.prefault({}),
});

const Options = z.strictObject({
  run: z.string().min(1),
  arm: z.string().min(1).optional(),
  out: z.string().min(1),
  adapter: z.boolean().default(false),
  data: z.enum(DATA_FORMS).optional(),
  push: z
    .string()
    .regex(/^[\w-][\w.-]*\/[\w-][\w.-]*$/, "OWNER/NAME")
    .optional(),
  private: z.boolean().default(false),
  model: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

export const exportCommand = () =>
  commandOf({
    name: "export",
    about:
      "Write an arm of a run as a whole model folder, as its adapter alone, or what was gathered as a data set.",
    flags: [
      text("--run <folder>", "run folder"),
      text("--arm <name>", "sft, sft-chosen, dpo-random, dpo-hard or dpo-weighted"),
      text("--out <folder>", "folder to write, new or empty"),
      toggle("--adapter", "only the adapter, in PEFT's format"),
      text(
        "--data <form>",
        "a data set: pairs for trl or llama-factory, or steps with labels (stepwise, of TRL)",
      ),
      text("--push <owner/name>", "then send the folder to this repository of the Hugging Face Hub"),
      toggle("--private", "a repository that --push makes is private"),
      MODEL,
      JSON_OUT,
    ],
    options: Options,
    examples: [
      "nearmiss export --run runs/quickstart --arm dpo-weighted --out my-model",
      "nearmiss export --run runs/quickstart --arm dpo-hard --data llama-factory --out my-pairs --push me/my-pairs",
    ],
    note: "--push reads its token from HF_TOKEN.",
    run: exportArm,
  });

async function exportArm(given: z.output<typeof Options>): Promise<void> {
  const { run, arm, out, data } = given;
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new NearmissError(`${out} is not empty. Name a new folder, so that nothing is overwritten.`);
  }
  const progress = stderrProgress();
  if (data === undefined) await writeModel(given, progress);
  else {
    if (!existsSync(run)) throw new NearmissError(`There is no run folder ${run}. Check --run.`);
    const prompt = recipeOf(run)?.prompt ?? PromptTemplate.parse({});
    const count = await writeDataset(data, { run, arm: ArmName.optional().parse(arm), prompt, out });
    progress.note(`${count} records`);
  }
  const kind = data === undefined ? "model" : "dataset";
  const pushed =
    given.push === undefined ? {} : { pushed: await pushFolder(out, given.push, kind, given.private) };
  if (given.json) printJson({ out, arm, merged: data === undefined && !given.adapter, ...pushed });
  else progress.note([`wrote ${out}`, ...Object.values(pushed)].join(", "));
}

/** The arm as a whole model, or its adapter. */
async function writeModel(
  { run, arm, out, ...given }: z.output<typeof Options>,
  progress: Progress,
): Promise<void> {
  if (arm === undefined) {
    throw new NearmissError("Which arm? Name it with --arm, or give --data.", { exitCode: 2 });
  }
  const adapter = join(run, "adapters", arm);
  if (!existsSync(join(adapter, "adapter_config.json"))) throw noArm(run, arm);
  const recipe = recipeOf(run);
  if (given.adapter) {
    await copyAdapter(adapter, out);
    // The run's own card is about its adapters.
    if (existsSync(join(run, "README.md"))) await copyFile(join(run, "README.md"), join(out, "README.md"));
    return;
  }
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
