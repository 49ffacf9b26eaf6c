/**
 * How hard a negative is:
 *
 *     hardness  = W^a (1 - A)^b closeness frequency^c                       in [0, 1]
 *     closeness = answerShare (1 - distance) + (1 - answerShare) overlap    in [0, 1]
 *
 * W and A are the verdict's wrongness and absurdity; `distance` is the answer's relative distance to the reference (1
 * where there is no answer to compare); `overlap` is the share of the trace in common with the chosen solution
 * (overlap.ts); `frequency` is the share of the problem's samples that make the same mistake (frequency.ts).
 */
import type { Judged } from "./near-miss.js";
import type { MiningOptions } from "./options.js";

/** What is weighed of a negative, for its hardness and for its weight; each in [0, 1]. */
export interface Graded {
  readonly wrongness: number;
  readonly absurdity: number;
  readonly closeness: number;
  readonly frequency: number;
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

/** W^a (1 - A)^b closeness frequency^c */
export function hardness(
  { wrongness, absurdity, closeness, frequency }: Graded,
  { a, b, c }: Pick<MiningOptions, "a" | "b" | "c">,
): number {
  return wrongness ** a * (1 - absurdity) ** b * closeness * frequency ** c;
}
