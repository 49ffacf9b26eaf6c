/**
 * `npm run bench -- pipeline [--recipe recipes/quickstart.yaml] [--run FOLDER]`: what each stage of a whole run costs, and
 * what share verifying and mining have in it, beside what was estimated beforehand. With `--run` the figures of a finished run are read; without, the recipe is
 * run, each time into a folder of its own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import Table from "cli-table3";
import { z } from "zod";
import { text } from "../src/cli/flags.js";
import { readState, type StageState } from "../src/data/state.js";
import { NearmissError } from "../src/errors.js";
import { estimate } from "../src/recipe/estimate.js";
import { loadRecipe } from "../src/recipe/load.js";
import { ModelSource } from "../src/recipe/model.js";
import { runPipeline } from "../src/recipe/pipeline.js";
import { measureRates } from "../src/recipe/rates.js";
import type { Recipe } from "../src/recipe/schema.js";
import { silent } from "../src/recipe/stage.js";
import { stagesOf } from "../src/recipe/stages/index.js";
import { type Bench, REPEATS } from "./harness.js";
import { repeated, round, type Spread, showSpread, spread } from "./measure.js";

const RULES = ["verify", "mine"];

const Options = z.strictObject({
  ...REPEATS.options,
  warmup: z.int().min(0).default(0),
  recipe: z.string().min(1).default("recipes/quickstart.yaml"),
  run: z.string().min(1).optional(),
});
type Options = z.output<typeof Options>;

/** A run's stages, by name. */
type Stages = ReadonlyMap<string, StageState>;

export const pipeline: Bench<Options> = {
  name: "pipeline",
  about: "A whole run: seconds of each stage, and what share verifying and mining have in them.",
  flags: [
    ...REPEATS.flags,
    text("--recipe <file>", "recipe to run"),
    text("--run <folder>", "read the figures of a finished run instead"),
  ],
  options: Options,
  async measure({ recipe: file, run: folder, ...repeats }, say) {
    const recipe = folder === undefined ? loadRecipe(file, { set: [] }) : null;
    const estimated = recipe === null ? null : await estimateOf(recipe);
    const runs = recipe === null ? [(await readState(folder ?? "")).stages] : await runsOf(recipe, repeats);
    if (runs.some(({ size }) => size === 0)) {
      throw new NearmissError(`${folder} holds no state.json of a run. Name a run folder.`);
    }
    const names = [...(runs[0]?.keys() ?? [])];
    const seconds = (run: Stages, of: readonly string[]) =>
      of.reduce((sum, name) => sum + (run.get(name)?.seconds ?? 0), 0);
    const over = (figure: (run: Stages) => number, digits: number): Spread =>
      spread(runs.map(figure), digits);
    const whole = over((run) => seconds(run, names), 1);
    const rulesShare = over((run) => seconds(run, RULES) / seconds(run, names), 5);
    const stages = names.map((name) => [name, over((run) => seconds(run, [name]), 2)] as const);

    const table = new Table({
      head: ["stage", "s", "tokens/s", "estimated, s"],
      style: { head: [], border: [] },
    });
    for (const [name, spent] of stages)
      table.push([name, showSpread(spent), rate(runs, name), estimated?.[name] ?? ""]);
    say(table.toString());
    say(
      `${showSpread(whole)} s in all; verifying and mining ${(100 * rulesShare.median).toFixed(2)} % of them`,
    );
    return {
      of: folder === undefined ? file : basename(resolve(folder)),
      seconds: whole,
      stages: Object.fromEntries(stages),
      rulesShare,
      ...(estimated === null ? {} : { estimated }),
    };
  },
};

/** What `doctor --recipe` would have said beforehand, in seconds by stage. */
async function estimateOf(recipe: Recipe): Promise<Record<string, number>> {
  const source = new ModelSource(recipe.model, recipe.precision, recipe.device);
  const { sizes, rates } = await measureRates(recipe, source, silent);
  return Object.fromEntries(
    estimate(recipe, sizes, rates).map(({ name, seconds }) => [name, round(seconds)]),
  );
}

function rate(runs: readonly Stages[], name: string): string {
  const rates = runs.flatMap((run) => {
    const { seconds = 0, figures = {} } = run.get(name) ?? {};
    return figures.tokens === undefined ? [] : [figures.tokens / seconds];
  });
  return rates.length === 0 ? "" : showSpread(spread(rates));
}

async function runsOf(recipe: Recipe, repeats: { warmup: number; repeats: number }): Promise<Stages[]> {
  const runs = await repeated(repeats, () => runOnce(recipe));
  return runs.map(({ result }) => result);
}

/** Reads and compiles everything anew, as a process of its own would. */
async function runOnce(recipe: Recipe): Promise<Stages> {
  const out = await mkdtemp(join(tmpdir(), "nearmiss-bench-"));
  const { signal } = new AbortController();
  try {
    const stages = stagesOf(recipe, new ModelSource(recipe.model, recipe.precision, recipe.device));
    await runPipeline({ recipe, stages, out, progress: silent, signal, force: false });
    return (await readState(out)).stages;
  } finally {
    await rm(out, { recursive: true });
  }
}
