/**
 * From verdicts to preference pairs, for two arms that differ in one thing only, which negative is rejected:
 *
 *     hard    the hardest negatives that pass the gates, with weights (the unweighted arm ignores them)
 *     random  as many pairs of the same problems in the same order, with the same chosen solutions, the rejected ones
 *             drawn at random from the problem's wrong candidates; weight 1
 */
import type { z } from "zod";
import type { Candidate, Pair, Problem, Verdict } from "../data/records.js";
import { random } from "../random.js";
import { type Chosen, choose } from "./chosen.js";
import { GateCounts } from "./gates.js";
import { type Negative, NegativeMaker } from "./negatives.js";
import { type Suspect, suspect } from "./noise.js";
import { MiningOptions } from "./options.js";
import { type MiningReport, miningReport } from "./report.js";
import { joinSamples, type ListNames, type Sample } from "./samples.js";
import { acrossStrata } from "./strata.js";
import { pairWeights } from "./weights.js";

export interface MineInput {
  readonly problems: readonly Problem[];
  readonly candidates: readonly Candidate[];
  readonly verdicts: readonly Verdict[];
  /** What the lists are called in errors, such as the files that they are from. */
  readonly names?: ListNames;
  /** The text that the model is given for a problem. */
  readonly prompt: (problem: Problem) => string;
  /** Filled up with defaults; a wrong option throws a ZodError. */
  readonly options?: z.input<typeof MiningOptions>;
}

export interface MineResult {
  /** Line i of both lists is of the same problem with the same chosen solution. */
  readonly pairs: { readonly random: Pair[]; readonly hard: Pair[] };
  readonly report: MiningReport;
}

/** A problem with its chosen solution and what may be rejected against it. */
interface Prepared {
  readonly problem: Problem;
  readonly chosen: Chosen;
  /** Every negative that any arm may use. */
  readonly pool: readonly Negative[];
  /** Those hard enough for the hard arms. */
  readonly hard: readonly Negative[];
}

/** A hard pair to be. */
interface Slot extends Prepared {
  readonly rejected: Negative;
}

type Fate = keyof MiningReport["problems"];

/** Perturbed negatives to try for a problem that lacks its own: enough to leave some behind the gates. */
const PERTURBED_TRIES = 8;

/**
 * Pure and deterministic: the same input and seed give the same pairs.
 *
 * @throws ZodError for wrong options; NearmissError for candidates without a problem or a verdict
 */
export function minePairs(input: MineInput): MineResult {
  const options = MiningOptions.parse(input.options ?? {});
  const samples = joinSamples(input.problems, input.candidates, input.verdicts, input.names);
  const gates = new GateCounts();
  const suspects: Suspect[] = [];
  const fates = new Map<string, Fate>();
  const slots: Slot[] = [];
  let overPerProblem = 0;
  for (const problem of input.problems) {
    const prepared = prepare(problem, samples.get(problem.id) ?? [], gates, suspects, options);
    if (typeof prepared === "string") {
      fates.set(problem.id, prepared);
      continue;
    }
    const picked = hardest(prepared.hard, (n) => n, options.maxPairsPerProblem);
    overPerProblem += prepared.hard.length - picked.length;
    slots.push(...picked.map((rejected) => ({ ...prepared, rejected })));
  }
  const shared = withinPerturbedShare(slots, options.augment.maxShare);
  const kept =
    options.maxPairs === null ? shared : inOrder(shared, hardest(shared, rejectedOf, options.maxPairs));
  for (const slot of slots) fates.set(slot.problem.id, "overLimit");
  for (const slot of kept) fates.set(slot.problem.id, "paired");

  const weights = pairWeights(kept.map(rejectedOf), options);
  const hard = kept.map((slot, i) => pair(input, slot, slot.rejected, weights[i] ?? 1));
  const randomArm = randomNegatives(kept, options.seed).map(({ slot, rejected }) =>
    pair(input, slot, rejected, 1),
  );
  const report = miningReport({
    samples: [...samples.values()].flat(),
    problems: countFates(input.problems, fates),
    gates,
    limits: {
      perProblem: overPerProblem,
      perturbedShare: slots.length - shared.length,
      total: shared.length - kept.length,
    },
    suspects,
    hard,
    random: randomArm,
    rejected: kept.map(rejectedOf),
    options,
  });
  return { pairs: { random: randomArm, hard }, report };
}

/** A problem made ready, or why it cannot be used. */
function prepare(
  problem: Problem,
  samples: readonly Sample[],
  gates: GateCounts,
  suspects: Suspect[],
  options: MiningOptions,
): Prepared | Fate {
  if (samples.length === 0) return "unsampled";
  const doubt = suspect(
    problem,
    samples.map((s) => s.verdict),
    options.noise,
  );
  if (doubt !== null) {
    suspects.push(doubt);
    return "suspect";
  }
  const chosen = choose(problem, samples, options);
  if (chosen === null) return "noChosen";
  const maker = new NegativeMaker(problem, chosen, options);
  const own = gates.pass(maker.own(samples), "all", chosen, options);
  const ownHard = gates.pass(own, "hard", chosen, options);
  const missing = Math.max(0, options.augment.fillTo - ownHard.length);
  const made = missing > 0 ? gates.pass(maker.perturbed(PERTURBED_TRIES), "all", chosen, options) : [];
  // As drawn, which goes round the kinds: the hardest would be off by one nearly every time.
  const fill = gates.pass(made, "hard", chosen, options).slice(0, missing);
  const hard = [...ownHard, ...fill];
  return hard.length === 0 ? "noNegative" : { problem, chosen, pool: [...own, ...made], hard };
}

const rejectedOf = (slot: Slot) => slot.rejected;

function hardest<T>(items: readonly T[], negative: (item: T) => Negative, limit: number): T[] {
  return acrossStrata(
    items,
    (item) => negative(item).dimension,
    (item) => negative(item).hardness,
    limit,
  );
}

const inOrder = <T>(all: readonly T[], some: readonly T[]) => {
  const wanted = new Set(some);
  return all.filter((item) => wanted.has(item));
};

/** Drops the easiest perturbed slots until they are at most `share` of all. */
function withinPerturbedShare(slots: readonly Slot[], share: number): Slot[] {
  const perturbed = slots.filter((s) => s.rejected.kind === "perturbed");
  const own = slots.length - perturbed.length;
  const room = share === 1 ? perturbed.length : Math.floor((share / (1 - share)) * own);
  const some = hardest(perturbed, rejectedOf, room);
  return inOrder(slots, [...slots.filter((s) => s.rejected.kind !== "perturbed"), ...some]);
}

const RANDOM_ORDER: readonly Negative["kind"][] = ["wrong-answer", "broken-chain", "perturbed"];

/**
 * For each slot a negative of the same problem, drawn without replacement: wrong answers first, the other kinds only
 * where a problem has not enough of them. The pool holds every slot's own negative, so it never runs dry.
 */
function randomNegatives(slots: readonly Slot[], seed: number): { slot: Slot; rejected: Negative }[] {
  const queues = new Map<string, Negative[]>();
  return slots.map((slot) => {
    const { id } = slot.problem;
    let queue = queues.get(id);
    if (queue === undefined) {
      const shuffled = random(seed, "random-arm", id).shuffle(slot.pool);
      queue = RANDOM_ORDER.flatMap((kind) => shuffled.filter((n) => n.kind === kind));
      queues.set(id, queue);
    }
    return { slot, rejected: queue.shift() ?? slot.rejected };
  });
}

function pair({ prompt }: MineInput, { problem, chosen }: Slot, rejected: Negative, weight: number): Pair {
  return {
    prompt: prompt(problem),
    chosen: chosen.text,
    rejected: rejected.text,
    weight,
    problemId: problem.id,
    hardness: rejected.hardness,
    dimension: rejected.dimension,
    chosenSource: chosen.source,
    rejectedSource: rejected.source,
  };
}

function countFates(problems: readonly Problem[], fates: ReadonlyMap<string, Fate>): Record<Fate, number> {
  const counts = { paired: 0, unsampled: 0, suspect: 0, noChosen: 0, noNegative: 0, overLimit: 0 };
  for (const { id } of problems) counts[fates.get(id) ?? "noNegative"]++;
  return counts;
}
