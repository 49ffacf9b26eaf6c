/**
 * How hard a negative is:
 *
 *     hardness  = W^a (1 - A)^b closeness                                   in [0, 1]
 *     closeness = answerShare (1 - distance) + (1 - answerShare) overlap    in [0, 1]
 *
 * W and A are the verdict's wrongness and absurdity; `distance` is the answer's relative distance to the reference (1
 * where there is no answer to compare); `overlap` is the share of the trace in common with the chosen solution (overlap.ts).
 */
import type { Judged } from "./near-miss.js";
import type { MiningOptions } from "./options.js";

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
