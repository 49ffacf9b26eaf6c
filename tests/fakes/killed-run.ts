/** A run that waits for ever after number 3 of its middle stage: for a test to kill. Argument: the run folder. */
import { runPipeline } from "../../src/recipe/pipeline.js";
import { silent } from "../../src/recipe/stage.js";
import { fakeStages, recipeOf } from "./stages.js";

const recipe = recipeOf(8);
const stages = fakeStages(recipe, async (i) => {
  if (i !== 3) return;
  process.stdout.write("here\n");
  setInterval(() => undefined, 1000);
  await new Promise(() => undefined);
});
const { signal } = new AbortController();
await runPipeline({ recipe, stages, out: process.argv[2] ?? "", progress: silent, signal });
