import type { Problem } from "../data/records.js";
import type { MiningOptions } from "./options.js";
import type { Sample } from "./samples.js";

export interface Chosen {
  readonly text: string;
  readonly source: "gold" | `sample:${number}`;
}

/**
 * The solution to prefer: the complete, verified-correct candidate with the lowest wrongness, if that is at most
 * `chosenMaxW` (ties: lower absurdity, then the model's own preference, the higher log-probability a token); else the
 * data set's worked solution; else null.
 */
export function choose(
  problem: Problem,
  samples: readonly Sample[],
  { chosenMaxW, gold }: Pick<MiningOptions, "chosenMaxW" | "gold">,
): Chosen | null {
  const perToken = ({ candidate }: Sample) => (candidate.logprob ?? 0) / Math.max(1, candidate.tokenCount);
  const [best] = samples
    .filter(
      ({ candidate, verdict }) =>
        verdict.correct === true && verdict.wrongness <= chosenMaxW && candidate.finishReason === "stop",
    )
    .sort(
      (x, y) =>
        x.verdict.wrongness - y.verdict.wrongness ||
        x.verdict.absurdity - y.verdict.absurdity ||
        perToken(y) - perToken(x),
    );
  if (best !== undefined) return { text: best.candidate.text, source: `sample:${best.candidate.index}` };
  return gold && problem.solution !== undefined ? { text: problem.solution, source: "gold" } : null;
}
