/** Sets of real numbers as intervals: what they have in common, what is left of them, whether they are the same. */

/** An interval; a point is one whose ends are the same and belong to it. */
export interface Piece {
  readonly low: number;
  readonly high: number;
  readonly lowClosed: boolean;
  readonly highClosed: boolean;
}

/** A set of reals as intervals, and the variable that an inequality names. */
export interface RealSet {
  readonly pieces: readonly Piece[];
  readonly variable: string | null;
}

export const ALL: Piece = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  lowClosed: false,
  highClosed: false,
};

export const point = (x: number): Piece => ({ low: x, high: x, lowClosed: true, highClosed: true });

/** What two intervals have in common. */
export function meet(p: Piece, q: Piece): Piece[] {
  const low = Math.max(p.low, q.low);
  const high = Math.min(p.high, q.high);
  const lowClosed = (p.low < low || p.lowClosed) && (q.low < low || q.lowClosed);
  const highClosed = (p.high > high || p.highClosed) && (q.high > high || q.highClosed);
  return low < high || (low === high && lowClosed && highClosed)
    ? [{ low, high, lowClosed, highClosed }]
    : [];
}

/** What is left of p without q. */
export function cut(p: Piece, q: Piece): Piece[] {
  return [
    ...meet(p, { ...ALL, high: q.low, highClosed: !q.lowClosed }),
    ...meet(p, { ...ALL, low: q.high, lowClosed: !q.highClosed }),
  ];
}

const near = (x: number, y: number): boolean =>
  x === y ||
  (Number.isFinite(x) &&
    Number.isFinite(y) &&
    Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x), Math.abs(y)));

/** Pieces in order, those that touch made one. */
function merged(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of [...pieces].sort(
    (a, b) => a.low - b.low || Number(b.lowClosed) - Number(a.lowClosed),
  )) {
    const last = out.at(-1);
    const touches =
      last !== undefined &&
      (piece.low < last.high || (near(piece.low, last.high) && (piece.lowClosed || last.highClosed)));
    if (last === undefined || !touches) out.push(piece);
    else if (piece.high > last.high || (piece.high === last.high && piece.highClosed))
      out[out.length - 1] = { ...last, high: piece.high, highClosed: piece.highClosed };
  }
  return out;
}

/** Whether two sets hold the same numbers; a variable that both name must be the same one. */
export function sameRealSet(a: RealSet, b: RealSet): boolean {
  if (a.variable !== null && b.variable !== null && a.variable !== b.variable) return false;
  const x = merged(a.pieces);
  const y = merged(b.pieces);
  return (
    x.length === y.length &&
    x.every((p, i) => {
      const q = y[i];
      if (q === undefined) return false;
      return (
        near(p.low, q.low) &&
        near(p.high, q.high) &&
        p.lowClosed === q.lowClosed &&
        p.highClosed === q.highClosed
      );
    })
  );
}
