import { writeFileAtomic } from "../../data/folder.js";
import { REVIEW_FILE } from "../../data/review-file.js";
import { renderCard } from "../../report/card.js";
import { renderRun } from "../../report/page.js";
import { isPairArm } from "../arms.js";
import { gatherReport } from "../gather.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/** report.json, and the page and model card drawn from it. */
export function reportStage(recipe: Recipe, source: ModelSource): Stage {
  const trained = recipe.arms.some((arm) => arm !== "base");
  const mined = recipe.arms.some(isPairArm);
  return {
    name: "report",
    options: { recipe, model: source.name },
    code: ["report", "recipe", "studio"],
    inputs: [
      "scores.json",
      "test.jsonl",
      "predictions",
      ...(trained ? ["metrics.jsonl"] : []),
      ...(mined ? ["mining.json", "verdicts.jsonl", "pairs-hard.jsonl"] : []),
    ],
    optionalInputs: [REVIEW_FILE],
    outputs: ["report.json", "report.html", "README.md"],
    async run({ path, history }) {
      const report = await gatherReport({ recipe, model: source.name, path, history });
      await writeFileAtomic(path("report.json"), `${JSON.stringify(report, null, 2)}\n`);
      await writeFileAtomic(path("report.html"), await renderRun(path()));
      await writeFileAtomic(path("README.md"), renderCard(report));
      return {};
    },
  };
}
