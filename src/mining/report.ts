/** What the miner did: the `miner` part of report.json. The schema is the type. */
import { quantileSorted } from "simple-statistics";
import { z } from "zod";
import { DIMENSIONS, type Dimension, type Pair } from "../data/records.js";
import type { GateCounts } from "./gates.js";
import { isNearMiss, mainDimension, negativeKind } from "./near-miss.js";
import type { Negative } from "./negatives.js";
import type { Suspect } from "./noise.js";
import { MiningOptions } from "./options.js";
import type { Sample } from "./samples.js";

const count = z.int().min(0);
const Spread = z.object({
  min: z.number(),
  p10: z.number(),
  median: z.number(),
  p90: z.number(),
  max: z.number(),
});

export const MiningReport = z.object({
  /** What became of each problem; they add up to the problems given. */
  problems: z.object({
    paired: count,
    unsampled: count,
    suspect: count,
    /** No candidate fit to be chosen, and no worked solution. */
    noChosen: count,
    noNegative: count,
    /** Its pairs were over a limit. */
    overLimit: count,
  }),
  /** What the samples were; `unjudged` had no reference. A near miss is also a wrong answer. */
  samples: z.object({
    correct: count,
    wrongAnswer: count,
    brokenChain: count,
    nearMiss: count,
    unjudged: count,
  }),
  /** Negatives that came to each gate and that it took, in order. */
  gates: z.array(z.object({ name: z.string(), in: count, taken: count })),
  /** Hard negatives that passed but were over a limit: pairs a problem, pairs in all, share of perturbed ones. */
  limits: z.object({ perProblem: count, perturbedShare: count, total: count }),
  pairs: z.object({
    total: count,
    chosen: z.object({ gold: count, sample: count }),
    rejected: z.object({ "wrong-answer": count, "broken-chain": count, perturbed: count }),
    /** Of the random arm: how many rejected solutions are perturbed there, and how many the hard arm rejects too. */
    randomPerturbed: count,
    inBothArms: count,
  }),
  /** By the main fault: wrong samples, and the rejected sides of the hard pairs. */
  dimensions: z.array(z.object({ dimension: z.enum(DIMENSIONS), samples: count, pairs: count })),
  /** Null with no pairs. */
  weights: Spread.nullable(),
  hardness: Spread.nullable(),
  /** Mean characters, to see that length does not tell chosen from rejected. */
  lengths: z.object({ chosen: z.number(), hard: z.number(), random: z.number() }),
  /** Problems set aside because their reference is in doubt. */
  suspects: z.array(
    z.object({
      problemId: z.string(),
      reference: z.string(),
      answer: z.string(),
      votes: count,
      answered: count,
    }),
  ),
  options: MiningOptions,
});
export type MiningReport = z.infer<typeof MiningReport>;

export interface Tally {
  readonly samples: readonly Sample[];
  readonly problems: MiningReport["problems"];
  readonly gates: GateCounts;
  readonly limits: MiningReport["limits"];
  readonly suspects: readonly Suspect[];
  readonly hard: readonly Pair[];
  readonly random: readonly Pair[];
  /** The rejected side of each hard pair. */
  readonly rejected: readonly Negative[];
  readonly options: MiningOptions;
}

export function miningReport(tally: Tally): MiningReport {
  const { hard, random, rejected, options } = tally;
  const verdicts = tally.samples.map((s) => s.verdict);
  const number = (keep: (v: (typeof verdicts)[number]) => boolean) => verdicts.filter(keep).length;
  const ofKind = (kind: Negative["kind"]) => rejected.filter((n) => n.kind === kind).length;
  const wrong = verdicts.filter((v) => negativeKind(v, options) !== null).map(mainDimension);
  const among = (list: readonly Dimension[], dimension: Dimension) =>
    list.filter((d) => d === dimension).length;
  const gold = hard.filter((p) => p.chosenSource === "gold").length;
  return {
    problems: tally.problems,
    samples: {
      correct: number((v) => v.correct === true),
      wrongAnswer: number((v) => v.correct === false),
      brokenChain: number((v) => negativeKind(v, options) === "broken-chain"),
      nearMiss: number((v) => isNearMiss(v, options)),
      unjudged: number((v) => v.correct === null),
    },
    gates: tally.gates.list(),
    limits: tally.limits,
    pairs: {
      total: hard.length,
      chosen: { gold, sample: hard.length - gold },
      rejected: {
        "wrong-answer": ofKind("wrong-answer"),
        "broken-chain": ofKind("broken-chain"),
        perturbed: ofKind("perturbed"),
      },
      randomPerturbed: random.filter((p) => p.rejectedSource.startsWith("perturbed:")).length,
      inBothArms: inBoth(hard, random),
    },
    dimensions: DIMENSIONS.map((dimension) => ({
      dimension,
      samples: among(wrong, dimension),
      pairs: among(
        rejected.map((n) => n.dimension),
        dimension,
      ),
    })),
    weights: spread(hard.map((p) => p.weight)),
    hardness: spread(hard.map((p) => p.hardness)),
    lengths: {
      chosen: meanLength(hard.map((p) => p.chosen)),
      hard: meanLength(hard.map((p) => p.rejected)),
      random: meanLength(random.map((p) => p.rejected)),
    },
    suspects: [...tally.suspects],
    options,
  };
}

function spread(values: readonly number[]): z.infer<typeof Spread> | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((x, y) => x - y);
  const at = (p: number) => quantileSorted(sorted, p);
  return { min: at(0), p10: at(0.1), median: at(0.5), p90: at(0.9), max: at(1) };
}

/** Pairs of one list that the other holds too, in whatever place. */
function inBoth(hard: readonly Pair[], random: readonly Pair[]): number {
  const key = (p: Pair) => JSON.stringify([p.problemId, p.rejected]);
  const other = new Set(random.map(key));
  return hard.filter((p) => other.has(key(p))).length;
}

function meanLength(texts: readonly string[]): number {
  return texts.length === 0 ? 0 : texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
}
