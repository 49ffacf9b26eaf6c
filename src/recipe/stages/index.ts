/** The table of stages of a recipe, in order. A stage's inputs are written by stages before it. */
import { isDpoArm } from "../arms.js";
import { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { dpoStage } from "./dpo.js";
import { mineStage } from "./mine.js";
import { problemsStage } from "./problems.js";
import { reportStage } from "./report.js";
import { evaluateStage, nearMissStage, sampleStage } from "./sample.js";
import { scoreStage } from "./score.js";
import { sftStage } from "./sft.js";
import { verifyStage } from "./verify.js";

export function stagesOf(
  recipe: Recipe,
  source = new ModelSource(recipe.model, recipe.precision, recipe.device),
): Stage[] {
  const { sft, arms } = recipe;
  const dpoArms = arms.filter(isDpoArm);
  const trained = arms.some((arm) => arm !== "base");
  const sliced = recipe.eval.nearMissSamples > 0;
  const mining = [sampleStage(recipe, source), verifyStage(recipe), mineStage(recipe, source)];
  return [
    problemsStage(recipe, source),
    ...(sft !== null && (trained || sliced) ? [sftStage(recipe, sft, source)] : []),
    ...(dpoArms.length > 0 ? mining : []),
    ...dpoArms.map((arm) => dpoStage(arm, recipe, source)),
    ...(sliced ? [nearMissStage(recipe, source)] : []),
    ...[null, ...Object.keys(recipe.problems.transfer)].flatMap((transfer) =>
      arms.map((arm) => evaluateStage({ arm, transfer }, recipe, source)),
    ),
    scoreStage(recipe),
    reportStage(recipe, source),
  ];
}
