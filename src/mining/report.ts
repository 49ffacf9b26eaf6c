/** What the miner did: the `miner` part of report.json. The schema is the type. */
import { quantileSorted } from "simple-statistics";
import { z } from "zod";
import { DIMENSIONS, type Dimension, type Pair } from "../data/records.js";
import { Column } from "./column.js";
import { GateCounts } from "./gates.js";
import type { Negative } from "./negatives.js";
import { Suspect } from "./noise.js";
import { MiningOptions } from "./options.js";
import { GateTally, type Prepared, SampleCounts } from "./prepare.js";

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
    /** A person has flagged its label. */
    flagged: count.default(0),
    /** No candidate fit to be chosen, and no worked solution. */
    noChosen: count,
    noNegative: count,
    /** Its pairs were over a limit. */
    overLimit: count,
  }),
  samples: SampleCounts,
  gates: GateTally,
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
  /** How common the rejected mistakes are among the samples of their problems. */
  frequency: Spread.nullable().default(null),
  /** Mean characters, to see that length does not tell chosen from rejected. */
  lengths: z.object({ chosen: z.number(), hard: z.number(), random: z.number() }),
  /** Problems set aside because their reference is in doubt. */
  suspects: z.array(Suspect),
  /** What a person has said (`review.jsonl`): negatives left out, and problems set aside. */
  reviews: z
    .object({ rejectedPairs: count, flagged: z.array(z.string()) })
    .default({ rejectedPairs: 0, flagged: [] }),
  options: MiningOptions,
});
export type MiningReport = z.infer<typeof MiningReport>;

/** Adds up what the miner did, problem by problem and pair by pair. */
export class Tally {
  private readonly problems = {
    paired: 0,
    unsampled: 0,
    suspect: 0,
    flagged: 0,
    noChosen: 0,
    noNegative: 0,
    overLimit: 0,
  };
  private readonly samples = { correct: 0, wrongAnswer: 0, brokenChain: 0, nearMiss: 0, unjudged: 0 };
  private readonly gates = new Map(new GateCounts().list().map(({ name }) => [name, { in: 0, taken: 0 }]));
  private readonly suspects: Suspect[] = [];
  private readonly faults = byDimension();
  private readonly pairDimensions = byDimension();
  private readonly chosen = { gold: 0, sample: 0 };
  private readonly rejected = { "wrong-answer": 0, "broken-chain": 0, perturbed: 0 };
  private readonly weights = new Column();
  private readonly hardness = new Column();
  private readonly frequency = new Column();
  private readonly characters = { chosen: 0, hard: 0, random: 0 };
  private readonly reviews: MiningReport["reviews"] = { rejectedPairs: 0, flagged: [] };
  private overPerProblem = 0;
  private randomPerturbed = 0;
  private inBothArms = 0;

  problem(prepared: Prepared, pairs: number): void {
    const { fate, suspect, samples, faults, gates, over, ruledOut } = prepared;
    this.problems[fate ?? (pairs > 0 ? "paired" : "overLimit")]++;
    if (suspect !== null) this.suspects.push(suspect);
    if (fate === "flagged") this.reviews.flagged.push(prepared.problem.id);
    this.reviews.rejectedPairs += ruledOut;
    for (const name of SampleCounts.keyof().options) this.samples[name] += samples[name];
    for (const dimension of faults) this.faults[dimension]++;
    for (const { name, ...counts } of gates) {
      const sum = this.gates.get(name);
      if (sum === undefined) continue;
      sum.in += counts.in;
      sum.taken += counts.taken;
    }
    this.overPerProblem += over;
  }

  /** The pairs of one problem: line i of both lists has the same chosen solution. */
  pairs(hard: readonly Pair[], random: readonly Pair[], rejected: readonly Negative[]): void {
    const other = new Set(random.map((pair) => pair.rejected));
    for (const pair of hard) {
      this.chosen[pair.chosenSource === "gold" ? "gold" : "sample"]++;
      this.pairDimensions[pair.dimension]++;
      this.weights.push(pair.weight);
      this.hardness.push(pair.hardness);
      this.characters.chosen += pair.chosen.length;
      this.characters.hard += pair.rejected.length;
      if (other.has(pair.rejected)) this.inBothArms++;
    }
    for (const { kind, frequency } of rejected) {
      this.rejected[kind]++;
      this.frequency.push(frequency);
    }
    for (const pair of random) {
      this.characters.random += pair.rejected.length;
      if (pair.rejectedSource.startsWith("perturbed:")) this.randomPerturbed++;
    }
  }

  report(limits: { perturbedShare: number; total: number }, options: MiningOptions): MiningReport {
    const total = this.weights.length;
    const mean = (characters: number) => (total === 0 ? 0 : characters / total);
    const { chosen, hard, random } = this.characters;
    return {
      problems: this.problems,
      samples: this.samples,
      gates: [...this.gates].map(([name, counts]) => ({ name, ...counts })),
      limits: { perProblem: this.overPerProblem, ...limits },
      pairs: {
        total,
        chosen: this.chosen,
        rejected: this.rejected,
        randomPerturbed: this.randomPerturbed,
        inBothArms: this.inBothArms,
      },
      dimensions: DIMENSIONS.map((dimension) => ({
        dimension,
        samples: this.faults[dimension],
        pairs: this.pairDimensions[dimension],
      })),
      weights: spread(this.weights),
      hardness: spread(this.hardness),
      frequency: spread(this.frequency),
      lengths: { chosen: mean(chosen), hard: mean(hard), random: mean(random) },
      suspects: this.suspects,
      reviews: this.reviews,
      options,
    };
  }
}

const byDimension = (): Record<Dimension, number> => ({
  answer: 0,
  arithmetic: 0,
  algebra: 0,
  logic: 0,
  grounding: 0,
  form: 0,
});

function spread(values: Column): z.infer<typeof Spread> | null {
  if (values.length === 0) return null;
  const sorted = Array.from(values.sorted());
  const at = (p: number) => quantileSorted(sorted, p);
  return { min: at(0), p10: at(0.1), median: at(0.5), p90: at(0.9), max: at(1) };
}
