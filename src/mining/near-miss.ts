import { DIMENSIONS } from "../data/dimensions.js";
import type { Dimension, Judgement } from "../data/records.js";
import type { MiningOptions } from "./options.js";

/** The parts of a verdict that mining weighs; a `Verdict` or a bare `Judgement` will do. */
export type Judged = Pick<
  Judgement,
  "correct" | "answer" | "profile" | "wrongness" | "absurdity" | "firstErrorStep" | "findings"
>;

/**
 * A near miss: a wrong answer, surely wrong (W >= tauW), not absurd (A <= tauA), and numerically close (relative
 * distance at most `nearDistance`). An answer that is missing or not comparable is not close.
 */
export function isNearMiss(
  verdict: Judged,
  { tauW, tauA, nearDistance }: Pick<MiningOptions, "tauW" | "tauA" | "nearDistance">,
): boolean {
  const { distance } = verdict.answer;
  return (
    verdict.correct === false &&
    verdict.wrongness >= tauW &&
    verdict.absurdity <= tauA &&
    distance !== null &&
    distance <= nearDistance
  );
}

/** Why a solution is a negative: its answer is wrong, or its answer is right by a broken chain. */
export type NegativeKind = "wrong-answer" | "broken-chain";

/** A right answer is a negative only where the chain itself reaches wrongness tauW; null where it is no negative. */
export function negativeKind(verdict: Judged, { tauW }: Pick<MiningOptions, "tauW">): NegativeKind | null {
  if (verdict.correct === false) return "wrong-answer";
  return verdict.correct === true && verdict.wrongness >= tauW ? "broken-chain" : null;
}

/**
 * The dimension of the main fault: the highest score among the five that look at the chain, a tie going to the one found
 * first in the text. Where the chain shows no fault, only the answer is wrong, and that is its dimension.
 */
export function mainDimension(verdict: Judged): Dimension {
  const firstAt = (dimension: Dimension) =>
    Math.min(...verdict.findings.filter((f) => f.dimension === dimension).map((f) => f.start));
  let main: Dimension = "answer";
  let best = 0;
  for (const dimension of DIMENSIONS) {
    const score = dimension === "answer" ? 0 : verdict.profile[dimension];
    if (score > best || (score === best && score > 0 && firstAt(dimension) < firstAt(main))) {
      main = dimension;
      best = score;
    }
  }
  return main;
}
