/** The arms as a table for a terminal. */
import Table from "cli-table3";
import pc from "picocolors";
import type { Report } from "./schema.js";
import { comparisonCells, conclusions, withInterval } from "./words.js";

/** Arms with intervals, their differences from SFT, and the conclusions in words. Colours follow NO_COLOR. */
export function renderTable(report: Pick<Report, "arms" | "comparisons" | "warnings">): string {
  const baseline = report.arms.some(({ name }) => name === "sft") ? "sft" : "base";
  const style = { head: pc.isColorSupported ? ["bold"] : [], border: pc.isColorSupported ? ["gray"] : [] };
  const table = new Table({
    head: [
      "arm",
      "accuracy [95 %]",
      "near-miss slice [95 %]",
      `against ${baseline}, points [95 %]`,
      "p",
      "Holm p",
    ],
    style,
  });
  for (const arm of report.arms) {
    const comparison = report.comparisons.find(({ a, b }) => a === arm.name && b === baseline);
    table.push([
      arm.name,
      withInterval(arm),
      `${withInterval(arm.nearMiss)} of ${arm.nearMiss.total}`,
      // Difference, p and Holm's p.
      ...(comparison === undefined ? ["", "", ""] : comparisonCells(comparison).slice(1, 4)),
    ]);
  }
  const warnings = report.warnings.map((warning) => `${pc.yellow("warning:")} ${warning}`);
  return [table.toString(), ...conclusions(report), ...warnings].join("\n");
}
