/** The experiment page's plots, as SVG files that stand alone on light and dark pages. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Experiment } from "./page.js";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** Told apart by shape as well as by colour; both colours read on white and on near-black. */
const ALL = { name: "all problems", colour: "#0072b2", symbol: "circle" } as const;
const SLICE = { name: "near-miss slice", colour: "#d55e00", symbol: "diamond" } as const;
const GREY = "#808080";

interface Mark {
  readonly row: string;
  readonly set: typeof ALL | typeof SLICE;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** File name to SVG. */
export function drawPlots({ arms, comparisons }: Experiment): Record<string, string> {
  const accuracies = arms.flatMap(({ name, nearMiss, ...all }) => [
    ...markOf(name, ALL, all.accuracy, all.ci95),
    ...markOf(name, SLICE, nearMiss.accuracy, nearMiss.ci95),
  ]);
  const differences = comparisons.flatMap(({ a, b, all, nearMiss }) => [
    ...markOf(`${a} − ${b}`, ALL, all.difference, all.ci95),
    ...markOf(`${a} − ${b}`, SLICE, nearMiss.difference, nearMiss.ci95),
  ]);
  return {
    "accuracy.svg": draw(accuracies, { label: "Problems solved (%)", zero: false }),
    "differences.svg": draw(differences, { label: "Difference (percentage points)", zero: true }),
  };
}

const markOf = (
  row: string,
  set: Mark["set"],
  value: number | null,
  [low, high]: readonly [number, number],
): Mark[] => (value === null ? [] : [{ row, set, value: 100 * value, low: 100 * low, high: 100 * high }]);

function draw(marks: readonly Mark[], { label, zero }: { label: string; zero: boolean }): string {
  const rows = [...new Set(marks.map(({ row }) => row))];
  const layers = [ALL, SLICE].flatMap((set, i) => {
    const own = marks.filter((mark) => mark.set === set);
    const shift = { dy: i === 0 ? -6 : 6 };
    return [
      Plot.ruleY(own, { y: "row", x1: "low", x2: "high", stroke: set.colour, strokeWidth: 2, ...shift }),
      Plot.dot(own, { y: "row", x: "value", fill: set.colour, symbol: set.symbol, r: 5, ...shift }),
    ];
  });
  const svg = Plot.plot({
    document,
    width: 520,
    height: 90 + 38 * rows.length,
    marginLeft: zero ? 210 : 110,
    marginBottom: 44,
    marginTop: 34,
    style: { fontSize: "12px", background: "none", color: GREY },
    x: { label, grid: true, ...(zero ? {} : { zero: true }) },
    y: { domain: rows, label: null },
    marks: [...(zero ? [Plot.ruleX([0], { stroke: GREY })] : []), ...layers, ...legend()],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML;
}

/** Above the plot, in the frame's own corner. */
function legend(): Plot.Markish[] {
  return [ALL, SLICE].flatMap((set, i) => {
    const dx = 10 + 130 * i;
    const place = { frameAnchor: "top-left" as const, dx, dy: -20 };
    return [
      Plot.dot([0], { ...place, fill: set.colour, symbol: set.symbol, r: 5 }),
      Plot.text([set.name], { ...place, dx: dx + 10, textAnchor: "start", lineAnchor: "middle", fill: GREY }),
    ];
  });
}
