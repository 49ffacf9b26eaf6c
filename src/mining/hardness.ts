/**
 * How hard a negative is:
 *
 *     hardness  = W^a (1 - A)^b closeness                                   in [0, 1]
 *     closeness = answerShare (1 - distance) + (1 - answerShare) overlap    in [0, 1]
 *
 * W and A are the verdict's wrongness and absurdity; `distance` is the answer's relative distance to the reference (1
 * where there is no answer to compare); `overlap` is the share of the trace in common with the chosen solution.
 */
import { show } from "../verifier/expression/rational.js";
import { buildTrace } from "../verifier/trace.js";
import type { Judged } from "./near-miss.js";
import type { MiningOptions } from "./options.js";

/** The exact results of a solution's computations, written out, in the order of the text. */
export function tracedResults(question: string, solution: string): string[] {
  return buildTrace(question, solution).claims.map((claim) => show(claim.result.value));
}

/**
 * The share of two traces in common, as Dice's coefficient 2 |x and y| / (|x| + |y|) over the multisets of their
 * results: phrasing and order do not count, each result that only one side derives does.
 *
 * @returns in [0, 1]; 0 where neither computes anything
 */
export function traceOverlap(x: readonly string[], y: readonly string[]): number {
  if (x.length + y.length === 0) return 0;
  const left = new Map<string, number>();
  for (const value of x) left.set(value, (left.get(value) ?? 0) + 1);
  let common = 0;
  for (const value of y) {
    const count = left.get(value) ?? 0;
    if (count === 0) continue;
    left.set(value, count - 1);
    common++;
  }
  return (2 * common) / (x.length + y.length);
}

/** @param overlap in [0, 1], from `traceOverlap` with the chosen solution */
export function closeness(
  verdict: Judged,
  overlap: number,
  { answerShare }: Pick<MiningOptions, "answerShare">,
): number {
  const distance = Math.min(1, verdict.answer.distance ?? 1);
  return answerShare * (1 - distance) + (1 - answerShare) * overlap;
}

/** @param near in [0, 1], from `closeness` */
export function hardness(verdict: Judged, near: number, { a, b }: Pick<MiningOptions, "a" | "b">): number {
  return verdict.wrongness ** a * (1 - verdict.absurdity) ** b * near;
}
