import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { parse } from "yaml";
import { z } from "zod";
import { check } from "../../data/jsonl.js";
import { NearmissError } from "../../errors.js";
import { resolveModel } from "../../model/folder.js";
import { copyAdapter, writeMerged } from "../../recipe/export.js";
import { jsonFlag, modelFlag, withExample } from "../flags.js";
import { printJson } from "../io.js";
import { stderrProgress } from "../progress.js";

interface Flags {
  readonly run: string;
  readonly arm: string;
  readonly out: string;
  readonly adapter?: boolean;
  readonly model?: string;
  readonly json?: boolean;
}

export function exportCommand(): Command {
  const command = new Command("export")
    .description("Write an arm of a run as a whole Hugging Face model folder, or its adapter alone.")
    .requiredOption("--run <folder>", "run folder")
    .requiredOption("--arm <name>", "sft, dpo-random, dpo-hard or dpo-weighted")
    .requiredOption("--out <folder>", "folder to write, new or empty")
    .option("--adapter", "only the adapter, in PEFT's format")
    .addOption(modelFlag())
    .addOption(jsonFlag())
    .action(exportArm);
  return withExample(command, "nearmiss export --run runs/quickstart --arm dpo-weighted --out my-model");
}

async function exportArm(flags: Flags): Promise<void> {
  const { run, arm, out } = flags;
  const adapter = join(run, "adapters", arm);
  if (!existsSync(join(adapter, "adapter_config.json"))) throw noArm(run, arm);
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new NearmissError(`${out} is not empty. Name a new folder, so that nothing is overwritten.`);
  }
  const progress = stderrProgress();
  if (flags.adapter) await copyAdapter(adapter, out);
  else {
    const model = await resolveModel(flags.model ?? modelOf(run));
    progress.note(`merging ${adapter} into ${model}`);
    await writeMerged(model, adapter, out);
  }
  if (flags.json) printJson({ out, arm, merged: !flags.adapter });
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

function modelOf(run: string): string {
  const path = join(run, "recipe.yaml");
  if (!existsSync(path)) throw new NearmissError(`${path} is missing: ${run} is no run folder. Check --run.`);
  return check(parse(readFileSync(path, "utf8")), z.looseObject({ model: z.string() }), path).model;
}
