/** The report's charts: Observable Plot drawn at build time into inline SVG, coloured by the page's own variables. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { MiningReport } from "../mining/report.js";
import { type Html, trusted } from "./html.js";
import type { Report } from "./schema.js";

/** Drawn at the width of a phone's page and scaled by the browser, so that labels stay legible at 360 px. */
const WIDTH = 440;
const ROW = 34;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

function draw(options: Plot.PlotOptions): Html {
  const svg = Plot.plot({
    document,
    width: WIDTH,
    marginLeft: 104,
    marginRight: 16,
    marginTop: 26,
    marginBottom: 44,
    style: { fontSize: "12px", background: "none" },
    ...options,
  });
  return trusted(svg.outerHTML);
}

const bands = (rows: number) => ({ height: 70 + ROW * rows });
const share = (label: string) => ({ label, domain: [0, 100], percent: true, grid: true });

/** Accuracy of each arm with its 95 % interval; hollow marks are the near-miss slice. */
export function accuracyChart({ arms }: Report): Html {
  const rows = arms.flatMap(({ name, accuracy, ci95, nearMiss }) => [
    { arm: name, slice: "all", accuracy, low: ci95[0], high: ci95[1] },
    { arm: name, slice: "near", accuracy: nearMiss.accuracy, low: nearMiss.ci95[0], high: nearMiss.ci95[1] },
  ]);
  const of = (slice: string) => rows.filter((row) => row.slice === slice && row.accuracy !== null);
  const [all, near] = [of("all"), of("near")];
  return draw({
    ...bands(arms.length),
    ariaLabel: "Accuracy of each arm",
    x: share("Problems solved (%)"),
    y: { domain: arms.map(({ name }) => name), label: null },
    marks: [
      Plot.ruleY(all, { y: "arm", x1: "low", x2: "high", dy: -5, stroke: "var(--accent)", strokeWidth: 2 }),
      Plot.dot(all, { y: "arm", x: "accuracy", dy: -5, r: 5, fill: "var(--accent)" }),
      Plot.ruleY(near, { y: "arm", x1: "low", x2: "high", dy: 7, stroke: "var(--second)", strokeWidth: 2 }),
      Plot.dot(near, {
        y: "arm",
        x: "accuracy",
        dy: 7,
        r: 4,
        fill: "var(--page)",
        stroke: "var(--second)",
        strokeWidth: 2,
      }),
    ],
  });
}

/** Paired differences with their 95 % intervals: a forest plot. */
export function differenceChart({ comparisons }: Report, slice: "all" | "near"): Html {
  const rows = comparisons.map((comparison) => {
    const { difference, ci95 } = slice === "all" ? comparison : comparison.nearMiss;
    const label = `${comparison.a} − ${comparison.b}`;
    return { label, difference, low: ci95[0], high: ci95[1] };
  });
  const reach = 100 * Math.max(0.05, ...rows.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  const colour = slice === "all" ? "var(--accent)" : "var(--second)";
  return draw({
    ...bands(rows.length),
    ariaLabel: "Paired differences in accuracy",
    marginLeft: 196,
    x: {
      label: "Difference (percentage points)",
      domain: [-reach, reach],
      percent: true,
      grid: true,
      ticks: 5,
    },
    y: { domain: rows.map(({ label }) => label), label: null },
    marks: [
      Plot.ruleX([0], { stroke: "currentColor" }),
      Plot.ruleY(rows, { y: "label", x1: "low", x2: "high", stroke: colour, strokeWidth: 2 }),
      Plot.dot(rows, { y: "label", x: "difference", r: 5, fill: colour, symbol: "square" }),
    ],
  });
}

/** One metric over the steps, a line for each arm of a stage; null where nothing was recorded. */
export function curveChart({ curves }: Report, stage: string, metric: string): Html | null {
  const rows = curves
    .filter((curve) => curve.stage === stage)
    .flatMap(({ arm, points }) =>
      points.flatMap(({ step, metrics }) => {
        const value = metrics[metric];
        return value === undefined ? [] : [{ arm, step, value }];
      }),
    );
  if (rows.length === 0) return null;
  const last = [...new Map(rows.map((row) => [row.arm, row])).values()];
  return draw({
    height: 240,
    ariaLabel: `${metric} over the steps`,
    marginLeft: 52,
    marginRight: 92,
    x: { label: "Step", ticks: 5 },
    y: { label: metric, grid: true, ticks: 5 },
    color: { domain: last.map(({ arm }) => arm), range: COLOURS },
    marks: [
      Plot.lineY(rows, { x: "step", y: "value", z: "arm", stroke: "arm", strokeWidth: 1.5 }),
      Plot.text(last, { x: "step", y: "value", text: "arm", fill: "arm", textAnchor: "start", dx: 6 }),
    ],
  });
}

const COLOURS = ["var(--accent)", "var(--second)", "var(--third)"];

/** Wrongness against absurdity of the samples: near misses lie low and to the right. */
export function mapChart({ map }: Report): Html {
  const kinds = ["correct", "wrong", "mined"];
  const rows = map.map(({ wrongness, absurdity, correct, mined }) => ({
    wrongness,
    absurdity,
    kind: mined ? "mined" : correct ? "correct" : "wrong",
  }));
  return draw({
    height: 340,
    ariaLabel: "Wrongness against absurdity",
    marginLeft: 52,
    x: { label: "Wrongness", domain: [0, 1], grid: true, ticks: 5 },
    y: { label: "Absurdity", domain: [0, 1], grid: true, ticks: 5 },
    color: { domain: kinds, range: ["var(--third)", "var(--muted)", "var(--second)"] },
    symbol: { domain: kinds, range: ["circle", "times", "square"] },
    marks: [
      Plot.dot(rows, {
        x: "wrongness",
        y: "absurdity",
        stroke: "kind",
        symbol: "kind",
        r: 3.5,
        strokeOpacity: 0.75,
      }),
    ],
  });
}

/** The samples on their way through the gates to pairs: what is left after each. */
export function gateChart({ samples, gates, limits, pairs }: MiningReport): Html {
  const all = samples.correct + samples.wrongAnswer + samples.unjudged;
  const rows = [
    { name: "samples", count: all },
    { name: "wrong answers", count: samples.wrongAnswer },
    { name: "right by a broken chain", count: samples.brokenChain },
    ...gates.map((gate) => ({ name: `passed ${gate.name}`, count: gate.in - gate.taken })),
    { name: "over a limit", count: limits.perProblem + limits.perturbedShare + limits.total },
    { name: "pairs", count: pairs.total },
  ];
  return bars(rows, "Mining, gate by gate");
}

/** Hard pairs by the dimension in which the rejected side goes wrong. */
export function dimensionChart({ dimensions }: MiningReport): Html {
  return bars(
    dimensions.map(({ dimension, pairs }) => ({ name: dimension, count: pairs })),
    "Pairs by dimension",
  );
}

function bars(rows: readonly { name: string; count: number }[], label: string): Html {
  return draw({
    height: 70 + 24 * rows.length,
    ariaLabel: label,
    marginLeft: 190,
    marginRight: 48,
    x: { label: null, ticks: 4, grid: true },
    y: { domain: rows.map(({ name }) => name), label: null, padding: 0.25 },
    marks: [
      Plot.barX(rows, { y: "name", x: "count", fill: "var(--accent)", fillOpacity: 0.75 }),
      Plot.text(rows, { y: "name", x: "count", text: "count", textAnchor: "start", dx: 5 }),
    ],
  });
}
