/** The charts of arms. */
import type { PlotOptions } from "@observablehq/plot";
import type { ArmsView } from "../../src/studio/schema.js";
import { armLook } from "./arms.js";
import type { Library } from "./chart.js";
import { percent } from "./numbers.js";

/** Accuracies with their intervals: filled marks all problems, hollow ones the near-miss slice. */
export function accuracyChart(plot: Library, { arms }: ArmsView): PlotOptions {
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
      plot.ruleY(of(false), { y: "arm", x1: "low", x2: "high", dy: -7, stroke: colour, strokeWidth: 2 }),
      plot.dot(of(false), { y: "arm", x: "accuracy", dy: -7, r: 5, fill: colour }),
      plot.ruleY(of(true), {
        y: "arm",
        x1: "low",
        x2: "high",
        dy: 8,
        stroke: colour,
        strokeWidth: 1.5,
        strokeDasharray: "3 2",
      }),
      plot.dot(of(true), {
        y: "arm",
        x: "accuracy",
        dy: 8,
        r: 4.5,
        fill: "var(--page)",
        stroke: colour,
        strokeWidth: 2,
      }),
      plot.tip(
        there,
        plot.pointer({
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
export function differenceChart(plot: Library, { comparisons }: ArmsView, width: number): PlotOptions {
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
    marginLeft: narrow ? 124 : 190,
    marginRight: 20,
    marginTop: 8,
    marginBottom: 38,
    x: {
      domain: [-reach, reach],
      grid: true,
      ticks: 5,
      label: "difference, percentage points",
      tickFormat: (d: number) => String(Math.round(1000 * d) / 10).replace("-", "−"),
    },
    y: { domain: rows.map(({ name }) => name), label: null },
    marks: [
      plot.ruleX([0], { stroke: "var(--text)" }),
      plot.ruleY(rows, {
        y: "name",
        x1: "low",
        x2: "high",
        stroke: ({ a }: { a: string }) => armLook(a).colour,
        strokeWidth: 2,
      }),
      plot.dot(rows, {
        y: "name",
        x: "difference",
        r: 5,
        fill: ({ a }: { a: string }) => armLook(a).colour,
        symbol: "square",
      }),
    ],
  };
}
