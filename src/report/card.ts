/** The model card (README.md of a run folder): what was trained, on what, with what outcome. */
import { basename } from "node:path";
import type { Report } from "./schema.js";
import { comparisonCells, conclusions, withInterval } from "./words.js";

/** Markdown with the front matter that model hubs read. */
export function renderCard(report: Report): string {
  return `${[
    ...frontMatter(report.model, { library_name: "peft", tags: "[mathematics, dpo, lora, nearmiss]" }),
    "",
    `# ${report.name}`,
    "",
    `LoRA adapters for ${report.model}, trained with Nearmiss ${report.environment.nearmiss} (seed ${report.seed}) on the recipe in \`recipe.yaml\`.`,
    ...(typeof report.recipe.adapter === "string"
      ? [
          "",
          `All of them, and the arm "base", begin at an adapter made elsewhere: \`${basename(report.recipe.adapter)}\`.`,
        ]
      : []),
    "",
    "## Outcome",
    "",
    ...conclusions(report).map((sentence) => `- ${sentence}`),
    ...report.warnings.map((warning) => `- Warning. ${warning}`),
    "",
    ...table(
      ["Arm", "Accuracy [95 %]", "Correct", "Near-miss slice [95 %]", "Correct"],
      report.arms.map((arm) => [
        arm.name,
        withInterval(arm),
        `${arm.correct} of ${arm.total}`,
        withInterval(arm.nearMiss),
        `${arm.nearMiss.correct} of ${arm.nearMiss.total}`,
      ]),
    ),
    "",
    ...table(
      ["Comparison", "Difference, points [95 %]", "McNemar p", "Holm p", "Near-miss slice", "McNemar p"],
      report.comparisons.map(comparisonCells),
    ),
    "",
    "## Files",
    "",
    "- `adapters/ARM/`: one adapter an arm, in PEFT's format, to be used with the model named above.",
    "- `report.html`, `report.json`: the outcome in full. `recipe.yaml`: what was run.",
    "- `problems.jsonl`, `candidates.jsonl`, `verdicts.jsonl`, `pairs-*.jsonl`, `predictions/`: the records of each stage.",
    "",
    "## Limits",
    "",
    "The adapters were trained and measured on the problems of this one recipe; other problems, languages and prompts",
    "were not looked at. The verifier reads steps by rule and can err in both directions.",
  ].join("\n")}\n`;
}

/** The front matter that model hubs read: the base model, where it is a Hub name, and the values that are not null. */
export function frontMatter(base: string, values: Readonly<Record<string, string | null>>): string[] {
  const [, hub = null] = /^([\w.-]+\/[\w.-]+)(@.*)?$/.exec(base) ?? [];
  const rows = Object.entries({ base_model: hub, ...values });
  return ["---", ...rows.flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`])), "---"];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}
