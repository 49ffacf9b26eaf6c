/** Wrongness against absurdity of the rows of a query, as points or as counts; and how each dimension's scores lie. Pure. */
import { DIMENSIONS } from "../data/dimensions.js";
import { type Columns, RIGHT, WRONG } from "./columns.js";
import type { MapView } from "./schema.js";

/** What a point may be: an index into this list stands in the view model. */
export const KINDS = ["right", "wrong", "mined", "no reference"] as const;
const MINED = 2;
const NO_REFERENCE = 3;

/** More points than these cannot be told apart on a screen, nor carried in an instant: they are counted in cells. */
const MAX_POINTS = 4000;
const SIDE = 64;
const BINS = 20;

export type MapOfRows = Omit<MapView, "region" | "reading">;

export function mapOf(columns: Columns, rows: Uint32Array): MapOfRows {
  const judged = rows.filter((row) => !Number.isNaN(columns.wrongness[row] ?? Number.NaN));
  const few = judged.length <= MAX_POINTS;
  return {
    total: rows.length,
    unjudged: rows.length - judged.length,
    points: few ? Array.from(judged, (row) => pointOf(columns, row)) : [],
    names: few
      ? Array.from(judged, (row): [string, number] => [columns.problemOf(row), columns.index[row] ?? 0])
      : [],
    side: few ? 0 : SIDE,
    cells: few ? [] : cells(columns, judged),
    histograms: histograms(columns, judged),
  };
}

function kindOf({ correct, mined }: Columns, row: number): number {
  if (mined[row] === 1) return MINED;
  const code = correct[row];
  return code === RIGHT ? 0 : code === WRONG ? 1 : NO_REFERENCE;
}

const rounded = (value: number) => Math.round(1e4 * value) / 1e4;

function pointOf(columns: Columns, row: number): [number, number, number] {
  const { wrongness, absurdity } = columns;
  return [rounded(wrongness[row] ?? 0), rounded(absurdity[row] ?? 0), kindOf(columns, row)];
}

/** Cell of a score in [0, 1] among `n`: 1 falls into the last. */
const cellOf = (score: number, n: number) => Math.min(n - 1, Math.floor(score * n));

function cells(columns: Columns, rows: Uint32Array): MapView["cells"] {
  const counts = new Uint32Array(SIDE * SIDE * KINDS.length);
  for (const row of rows) {
    const [x, y] = [columns.wrongness[row] ?? 0, columns.absurdity[row] ?? 0].map((v) => cellOf(v, SIDE));
    const at = KINDS.length * ((y ?? 0) * SIDE + (x ?? 0)) + kindOf(columns, row);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const out: MapView["cells"][number][] = [];
  for (let cell = 0; cell < SIDE * SIDE; cell++) {
    const own = [...counts.subarray(KINDS.length * cell, KINDS.length * (cell + 1))];
    if (own.some((n) => n > 0)) out.push([cell % SIDE, Math.floor(cell / SIDE), own]);
  }
  return out;
}

function histograms({ profile, correct }: Columns, rows: Uint32Array): MapView["histograms"] {
  return DIMENSIONS.map((dimension, d) => {
    const right = new Array<number>(BINS).fill(0);
    const wrong = new Array<number>(BINS).fill(0);
    for (const row of rows) {
      const score = profile[DIMENSIONS.length * row + d] ?? Number.NaN;
      const bins = correct[row] === RIGHT ? right : correct[row] === WRONG ? wrong : null;
      if (bins === null || Number.isNaN(score)) continue;
      const at = cellOf(score, BINS);
      bins[at] = (bins[at] ?? 0) + 1;
    }
    return { dimension, right, wrong };
  });
}
