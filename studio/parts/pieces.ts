/** A stretch of text cut where findings and formulas begin and end. Pure. */
import type { Finding } from "../../src/data/records.js";
import { mathParts } from "./maths.js";

export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly maths: string | null;
  readonly display: boolean;
  /** Places in the list of findings. */
  readonly findings: readonly number[];
}

/** The pieces of text[start, end), without gaps. A formula with a finding anywhere in it is one piece. */
export function piecesOf(text: string, start: number, end: number, findings: readonly Finding[]): Piece[] {
  const near = findings.flatMap((finding, i) =>
    finding.start < end && finding.end > start && finding.end > finding.start ? [i] : [],
  );
  const within = (from: number, to: number) =>
    near.filter((i) => (findings[i]?.start ?? 0) < to && (findings[i]?.end ?? 0) > from);
  return mathParts(text.slice(start, end)).flatMap((part): Piece[] => {
    const [from, to] = [start + part.start, start + part.end];
    if (part.maths !== null) return [{ ...part, start: from, end: to, findings: within(from, to) }];
    const cuts = near.flatMap((i) => [findings[i]?.start ?? 0, findings[i]?.end ?? 0]);
    const inner = cuts.filter((cut) => cut > from && cut < to);
    const edges = [...new Set([from, ...inner, to])].sort((a, b) => a - b);
    return edges.slice(0, -1).map((edge, k) => {
      const next = edges[k + 1] ?? to;
      return { start: edge, end: next, maths: null, display: false, findings: within(edge, next) };
    });
  });
}
