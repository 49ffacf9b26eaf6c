/** One problem made ready for pairs: all that can be said of it without the others. */
import { z } from "zod";
import { Dimension, Problem } from "../data/records.js";
import { NOTHING_SAID, type Said } from "../data/review.js";
import { type Chosen, choose } from "./chosen.js";
import { GateCounts } from "./gates.js";
import { isNearMiss, mainDimension, negativeKind } from "./near-miss.js";
import { Negative, NegativeMaker } from "./negatives.js";
import { Suspect, suspect } from "./noise.js";
import type { MiningOptions } from "./options.js";
import type { Sample } from "./samples.js";
import { acrossStrata } from "./strata.js";

const count = z.int().min(0);

/** What the samples were; `unjudged` had no reference. A near miss is also a wrong answer. */
export const SampleCounts = z.object({
  correct: count,
  wrongAnswer: count,
  brokenChain: count,
  nearMiss: count,
  unjudged: count,
});
export type SampleCounts = z.infer<typeof SampleCounts>;

/** Negatives that came to each gate and that it took, in order. */
export const GateTally = z.array(z.object({ name: z.string(), in: count, taken: count }));
export type GateTally = z.infer<typeof GateTally>;

/** Plain data, so that a problem can be prepared on another thread or machine. */
export const Prepared = z.object({
  problem: Problem,
  /** Why no pair can be made of it; null where one can. */
  fate: z.enum(["flagged", "unsampled", "suspect", "noChosen", "noNegative"]).nullable(),
  suspect: Suspect.nullable(),
  samples: SampleCounts,
  /** The main fault of each wrong sample. */
  faults: z.array(Dimension),
  gates: GateTally,
  /** Negatives that a person has ruled out. */
  ruledOut: count,
  chosen: z.object({ text: z.string(), source: z.string() }).nullable(),
  /** Every negative that any arm may use. */
  pool: z.array(Negative),
  /** Those to be rejected in hard pairs, the best first, as places in `pool`. */
  picked: z.array(count),
  /** Hard negatives beyond the most that a problem may have. */
  over: count,
});
export type Prepared = z.infer<typeof Prepared>;

/** Perturbed negatives to try for a problem that lacks its own: enough to leave some behind the gates. */
const PERTURBED_TRIES = 8;

/**
 * Pure: the same problem, samples and options give the same.
 * @param said what a person has said of the problem's label and pairs
 */
export function prepareProblem(
  problem: Problem,
  samples: readonly Sample[],
  options: MiningOptions,
  said: Said = NOTHING_SAID,
): Prepared {
  let ruledOut = 0;
  const allowed = (chosen: Chosen, negatives: readonly Negative[]): readonly Negative[] => {
    const bad = said.rejected.filter((pair) => pair.chosen === chosen.text).map(({ rejected }) => rejected);
    const kept = negatives.filter(({ text }) => !bad.includes(text));
    ruledOut += negatives.length - kept.length;
    return kept;
  };
  const gates = new GateCounts();
  const verdicts = samples.map(({ verdict }) => verdict);
  const doubt = suspect(problem, verdicts, options.noise);
  const nothing = { chosen: null, pool: [], picked: [], over: 0 };
  const without = (fate: Prepared["fate"]): Prepared => ({
    ...{ problem, fate, suspect: fate === "suspect" ? doubt : null, samples: countSamples(samples, options) },
    ...{ faults: faultsOf(samples, options), gates: gates.list(), ruledOut, ...nothing },
  });
  if (said.flagged) return without("flagged");
  if (samples.length === 0) return without("unsampled");
  if (doubt !== null) return without("suspect");
  const chosen = choose(problem, samples, options);
  if (chosen === null) return without("noChosen");
  const maker = new NegativeMaker(problem, samples, chosen, options);
  const own = gates.pass(allowed(chosen, options.own ? maker.own() : []), "all", chosen, options);
  const ownHard = gates.pass(own, "hard", chosen, options);
  const missing = Math.max(0, options.augment.fillTo - ownHard.length);
  const tries = missing > 0 ? allowed(chosen, maker.perturbed(PERTURBED_TRIES)) : [];
  const made = gates.pass(tries, "all", chosen, options);
  // As drawn, which goes round the kinds: the hardest would be off by one nearly every time.
  const fill = gates.pass(made, "hard", chosen, options).slice(0, missing);
  const hard = [...ownHard, ...fill];
  if (hard.length === 0) return without("noNegative");
  const pool = [...own, ...made];
  const best = acrossStrata(
    hard,
    ({ dimension }) => dimension,
    ({ hardness }) => hardness,
    options.maxPairsPerProblem,
  );
  const picked = best.map((negative) => pool.indexOf(negative));
  return { ...without(null), chosen, pool, picked, over: hard.length - picked.length };
}

function countSamples(samples: readonly Sample[], options: MiningOptions): SampleCounts {
  const verdicts = samples.map(({ verdict }) => verdict);
  const number = (keep: (v: (typeof verdicts)[number]) => boolean) => verdicts.filter(keep).length;
  return {
    correct: number((v) => v.correct === true),
    wrongAnswer: number((v) => v.correct === false),
    brokenChain: number((v) => negativeKind(v, options) === "broken-chain"),
    nearMiss: number((v) => isNearMiss(v, options)),
    unjudged: number((v) => v.correct === null),
  };
}

function faultsOf(samples: readonly Sample[], options: MiningOptions): Dimension[] {
  return samples.flatMap(({ verdict }) =>
    negativeKind(verdict, options) === null ? [] : [mainDimension(verdict)],
  );
}
