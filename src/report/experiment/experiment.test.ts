import { describe, expect, it } from "vitest";
import { HOSTILE, inventedReport } from "../../../tests/fakes/report.js";
import { poolRuns } from "../../evaluation/index.js";
import type { Report } from "../schema.js";
import { renderChanges } from "./changes.js";
import { renderExperiment } from "./page.js";
import { drawPlots } from "./plots.js";
import { pricesOf } from "./prices.js";
import { answersByArm, dimensionsByArm, errorsByArm } from "./tables.js";

const first = inventedReport();
const second: Report = { ...inventedReport([0.3, 0.42, 0.44, 0.5, 0.6]), seed: 2 };
const experimentOf = (...reports: Report[]) => ({
  reports,
  ...poolRuns(reports, { seed: 1, resamples: 300 }),
});
const pooled = experimentOf(first, second);
const page = renderExperiment(pooled);

describe("the page of an experiment", () => {
  it("has a row for each arm with the answers of both seeds, and a sentence for each comparison", () => {
    for (const { name, correct, total } of pooled.arms) {
      expect(total).toBe(240);
      expect(page).toMatch(new RegExp(`^\\| ${name} \\| .*\\(${correct} of 240\\) `, "m"));
    }
    expect(page.match(/^- dpo-weighted is .*sft: /gm)).toHaveLength(1);
    expect(page).toContain("## Seed 2 alone");
  });

  it("calls an arm better only where interval and Holm's p say so", () => {
    const same = renderExperiment(experimentOf(inventedReport([0.4, 0.4, 0.4, 0.4, 0.4])));
    expect(same).not.toMatch(/ is better than | is worse than /);
    expect(page).toMatch(/^- dpo-weighted is better than sft: \+/m);
    const worse = renderExperiment(experimentOf(inventedReport([0.6, 0.6, 0.3, 0.3, 0.2])));
    expect(worse).toMatch(/^- dpo-weighted is worse than sft: −/m);
  });

  it("says nothing of seeds where there is one", () => {
    const page = renderExperiment(experimentOf(first));
    expect(page).toContain("Seed 1; 120 test problems");
    expect(page).not.toContain("alone");
  });

  it("names the plots that are drawn", () => {
    for (const [name, svg] of Object.entries(drawPlots(pooled))) {
      expect(page).toContain(`](${name})`);
      expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      // Nothing of the page's own style is left that a file on its own would lack.
      expect(svg).not.toContain("var(");
    }
  });
});

describe("tables", () => {
  it("add up runs", () => {
    const wrong = errorsByArm([first, second]).rows.map(([, count]) => Number(count));
    expect(wrong).toEqual(pooled.arms.map(({ total, correct }) => total - correct));
    expect(answersByArm([first, second]).rows[0]).toEqual(["base", "90", "240 of 240 (100.0 %)"]);
  });

  it("have the near-miss slice by dimension, whatever the order of the runs", () => {
    const logic = [
      {
        dimension: "logic" as const,
        accuracy: 0.5,
        ci95: [0.1, 0.9] as [number, number],
        correct: 1,
        total: 2,
      },
    ];
    const other = { ...second, arms: second.arms.map((arm) => ({ ...arm, byDimension: logic })) };
    const { header, rows } = dimensionsByArm([other, first]);
    expect(header).toEqual(["Dimension", "Answers", ...first.arms.map(({ name }) => name)]);
    expect(rows.map(([dimension, answers]) => [dimension, answers])).toEqual([
      ["arithmetic", String(first.nearMiss.length)],
      ["logic", "2"],
    ]);
    expect(rows[1]?.[2]).toMatch(/^50.0 % \[/);
    expect(page).toContain("| arithmetic | 80 |");
  });

  it("put the price of judging and mining beside the whole", () => {
    const stages = [
      { name: "sft", seconds: 97, tokens: 970 },
      { name: "verify", seconds: 2 },
      { name: "mine", seconds: 1 },
    ];
    const { rows } = pricesOf([{ ...first, stages }]);
    expect(rows[0]).toEqual(["sft", "97.0", "97.00 %", "970", "10"]);
    expect(rows.at(-1)).toEqual(["verify and mine together", "3.0", "3.00 %", "", ""]);
  });
});

describe("solutions that changed", () => {
  it("stand in fences that no text can close", () => {
    const text = "```\n# not a heading\n````\n<script>";
    const [example] = first.examples?.wrongToRight ?? [];
    if (first.examples === null || example === undefined) throw new Error("the invented report has examples");
    const hostile = { ...example, question: text, after: { ...example.after, text } };
    const page = renderChanges({ ...first.examples, wrongToRight: [hostile] }, first.seed);
    let fence: string | null = null;
    const outside = page.split("\n").filter((line) => {
      const mark = /^(`{3,})(text)?$/.exec(line)?.[1];
      if (fence === null && mark !== undefined) fence = mark;
      else if (mark === fence && line === fence) fence = null;
      else return fence === null;
      return false;
    });
    expect(fence).toBeNull();
    expect(outside.join("\n")).not.toContain("not a heading");
    expect(outside.join("\n")).not.toContain(HOSTILE);
  });
});
