/** What an arm's answers look like, right or wrong. */
import { type Candidate, DIMENSIONS, type Verdict } from "../data/records.js";
import { mainDimension } from "../mining/near-miss.js";
import type { ArmResult } from "./schema.js";

/** Mean length in tokens and how many ended by themselves. */
export function answersOf(
  candidates: readonly Pick<Candidate, "tokenCount" | "finishReason">[],
): ArmResult["answers"] {
  const tokens = candidates.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  return {
    meanTokens: tokens / Math.max(1, candidates.length),
    stopped: candidates.filter(({ finishReason }) => finishReason === "stop").length,
  };
}

/** The wrong answers by the dimension of their main fault, in the order of `DIMENSIONS`. */
export function errorsOf(verdicts: readonly Verdict[]): ArmResult["errors"] {
  const faults = verdicts.filter(({ correct }) => correct === false).map(mainDimension);
  return DIMENSIONS.flatMap((dimension) => {
    const count = faults.filter((fault) => fault === dimension).length;
    return count === 0 ? [] : [{ dimension, count }];
  });
}
