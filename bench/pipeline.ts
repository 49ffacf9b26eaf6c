/**
 * `npm run bench -- pipeline [--recipe recipes/quickstart.yaml] [--run FOLDER]`: what each stage of a whole run costs, and
 * what share verifying and mining have in it. With `--run` the figures of a finished run are read; without, the recipe is
 * run into a folder of its own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Table from "cli-table3";
import { loadRecipe } from "../src/recipe/load.js";
import { ModelSource } from "../src/recipe/model.js";
import { runPipeline } from "../src/recipe/pipeline.js";
import { silent } from "../src/recipe/stage.js";
import { stagesOf } from "../src/recipe/stages/index.js";
import { readState, type StageState } from "../src/recipe/state.js";
import { machine, peakMemory, round } from "./measure.js";

const RULES = ["verify", "mine"];

export async function run(options: Readonly<Record<string, string>>): Promise<object> {
  const { recipe = "recipes/quickstart.yaml", run: folder } = options;
  const stages = folder === undefined ? await stagesOfRun(recipe) : await readState(folder);
  if (stages.size === 0) throw new Error(`${folder}: there is no state.json of a run`);
  const whole = sum([...stages.values()]);
  const rules = sum([...stages].flatMap(([name, stage]) => (RULES.includes(name) ? stage : [])));
  const table = new Table({ head: ["stage", "s", "tokens/s"], style: { head: [], border: [] } });
  for (const [name, { seconds, figures }] of stages) {
    table.push([name, round(seconds), figures.tokens === undefined ? "" : round(figures.tokens / seconds)]);
  }
  console.log(table.toString());
  console.log(
    `${round(whole)} s in all; verifying and mining ${round(rules, 2)} s, ${round((100 * rules) / whole, 2)} %`,
  );
  return {
    bench: "pipeline",
    of: folder === undefined ? recipe : basename(folder),
    seconds: round(whole),
    stages: Object.fromEntries([...stages].map(([name, { seconds }]) => [name, round(seconds, 2)])),
    rulesShare: round(rules / whole, 5),
    ...(folder === undefined ? { peakRssGB: round(peakMemory(), 2), machine: await machine() } : {}),
  };
}

const sum = (stages: readonly StageState[]): number => stages.reduce((all, { seconds }) => all + seconds, 0);

async function stagesOfRun(file: string): Promise<Map<string, StageState>> {
  const recipe = loadRecipe(file, { set: [] });
  const out = await mkdtemp(join(tmpdir(), "nearmiss-bench-"));
  const { signal } = new AbortController();
  try {
    const stages = stagesOf(recipe, new ModelSource(recipe.model, recipe.precision));
    await runPipeline({ recipe, stages, out, progress: silent, signal, force: false });
    return await readState(out);
  } finally {
    await rm(out, { recursive: true });
  }
}
