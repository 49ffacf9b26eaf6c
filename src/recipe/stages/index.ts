/** The table of stages of a recipe, in order. A stage's inputs are written by stages before it. */
import { isPairArm } from "../arms.js";
import { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";
import { mineStage } from "./mine.js";
import { pairStage } from "./pairs.js";
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
  const pairArms = arms.filter(isPairArm);
  const trained = arms.some((arm) => arm !== "base");
  const sliced = recipe.eval.nearMissSamples > 0;
  const mining = [sampleStage(recipe, source), verifyStage(recipe), mineStage(recipe, source)];
  return [
    problemsStage(recipe, source),
    ...(sft !== null && (trained || sliced) ? [sftStage(recipe, sft, source)] : []),
    ...(pairArms.length > 0 ? mining : []),
    ...pairArms.map((arm) => pairStage(arm, recipe, source)),
    ...(sliced ? [nearMissStage(recipe, source)] : []),
    ...[null, ...Object.keys(recipe.problems.transfer)].flatMap((transfer) =>
      arms.map((arm) => evaluateStage({ arm, transfer }, recipe, source)),
    ),
    scoreStage(recipe),
    reportStage(recipe, source),
  ];
}
