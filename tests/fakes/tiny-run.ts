/** A real run of the small model on a handful of problems: the recipe of the quick start with smaller counts. */
import { loadRecipe } from "../../src/recipe/load.js";
import { ModelSource } from "../../src/recipe/model.js";
import { runPipeline } from "../../src/recipe/pipeline.js";
import type { Recipe } from "../../src/recipe/schema.js";
import { silent } from "../../src/recipe/stage.js";
import { stagesOf } from "../../src/recipe/stages/index.js";

const SETTINGS = [
  "problems.train.count=12",
  "problems.test.count=12",
  "sft.maxSteps=1",
  "sample.n=3",
  "sample.maxTokens=80",
  "dpo.maxSteps=4",
  "eval.maxTokens=80",
  "eval.nearMissSamples=1",
  "arms=[base, sft, dpo-hard, dpo-weighted]",
];

function tinyRecipe(): Recipe {
  return loadRecipe("recipes/quickstart.yaml", { set: SETTINGS });
}

/** Runs it in a folder, as far as a stage, which is the last by default. */
export async function runTiny(out: string, { until }: { until?: string } = {}): Promise<void> {
  const recipe = tinyRecipe();
  const all = stagesOf(recipe, new ModelSource(recipe.model));
  const end = until === undefined ? all.length : all.findIndex(({ name }) => name === until) + 1;
  const { signal } = new AbortController();
  await runPipeline({ recipe, stages: all.slice(0, end), out, progress: silent, signal });
}
