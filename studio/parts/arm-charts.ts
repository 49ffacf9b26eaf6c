/** The charts of arms. */
import * as Plot from "@observablehq/plot";
import type { ArmsView } from "../../src/studio/schema.js";
import { armLook } from "./arms.js";
import { percent } from "./numbers.js";

/** Accuracies with their intervals: filled marks all problems, hollow ones the near-miss slice. */
export function accuracyChart({ arms }: ArmsView): Plot.PlotOptions {
  const rows = arms.flatMap(({ name, accuracy, ci95, nearMiss }) => [
    { arm: name, near: false, accuracy, low: ci95[0], high: ci95[1], total: 1 },
    {
      arm: name,
      near: true,
      accuracy: nearMiss.accuracy,
      low: nearMiss.ci95[0],
      high: nearMiss.ci95[1],
      total: nearMiss.total,
    },
  ]);
  const there = rows.filter(({ accuracy }) => accuracy !== null);
  const colour = ({ arm }: { arm: string }) => armLook(arm).colour;
  const of = (near: boolean) => there.filter((row) => row.near === near);
  return {
    height: 60 + 44 * arms.length,
    marginLeft: 104,
    marginRight: 20,
    marginTop: 8,
    marginBottom: 38,
    x: {
      domain: [0, 1],
      percent: false,
      grid: true,
      ticks: 5,
      label: "problems solved",
      tickFormat: percentTick,
    },
    y: { domain: arms.map(({ name }) => name), label: null },
    marks: [
      Plot.ruleY(of(false), { y: "arm", x1: "low", x2: "high", dy: -7, stroke: colour, strokeWidth: 2 }),
      Plot.dot(of(false), { y: "arm", x: "accuracy", dy: -7, r: 5, fill: colour }),
      Plot.ruleY(of(true), {
        y: "arm",
        x1: "low",
        x2: "high",
        dy: 8,
        stroke: colour,
        strokeWidth: 1.5,
        strokeDasharray: "3 2",
      }),
      Plot.dot(of(true), {
        y: "arm",
        x: "accuracy",
        dy: 8,
        r: 4.5,
        fill: "var(--page)",
        stroke: colour,
        strokeWidth: 2,
      }),
      Plot.tip(
        there,
        Plot.pointer({
          x: "accuracy",
          y: "arm",
          title: ({ arm, near, accuracy, low, high }) =>
            `${arm}, ${near ? "near-miss slice" : "all problems"}\n${percent(accuracy)} [${percent(low)}, ${percent(high)}]`,
        }),
      ),
    ],
  };
}

const percentTick = (share: number) => `${Math.round(100 * share)} %`;

/** A forest plot of paired differences. */
export function differenceChart({ comparisons }: ArmsView, width: number): Plot.PlotOptions {
  const narrow = width < 480;
  const rows = comparisons.map(({ a, b, difference, ci95 }) => ({
    name: narrow ? `${a} − ${b}`.replaceAll("dpo-", "") : `${a} − ${b}`,
    a,
    difference,
    low: ci95[0],
    high: ci95[1],
  }));
  const reach = Math.max(0.05, ...rows.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  return {
    height: 60 + 30 * rows.length,
    marginLeft: narrow ? 124 : 190,
    marginRight: 20,
    marginTop: 8,
    marginBottom: 38,
    x: {
      domain: [-reach, reach],
      grid: true,
      ticks: 5,
      label: "difference, percentage points",
      tickFormat: (d: number) => String(Math.round(1000 * d) / 10),
    },
    y: { domain: rows.map(({ name }) => name), label: null },
    marks: [
      Plot.ruleX([0], { stroke: "var(--text)" }),
      Plot.ruleY(rows, {
        y: "name",
        x1: "low",
        x2: "high",
        stroke: ({ a }: { a: string }) => armLook(a).colour,
        strokeWidth: 2,
      }),
      Plot.dot(rows, {
        y: "name",
        x: "difference",
        r: 5,
        fill: ({ a }: { a: string }) => armLook(a).colour,
        symbol: "square",
      }),
    ],
  };
}
