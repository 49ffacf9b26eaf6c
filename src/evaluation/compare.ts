/**
 * The paired comparison of the arms of an experiment: the `arms` and `comparisons` of report.json.
 *
 * Every arm answers the same test problems greedily. A difference comes with a paired bootstrap interval and McNemar's
 * exact p, and p values are adjusted by Holm over the comparisons made, apart for all problems and for the near-miss
 * slice.
 */
import type { Candidate, Dimension, Problem, Verdict } from "../data/records.js";
import { answersOf, errorsOf } from "./answers.js";
import { pairedBootstrap } from "./bootstrap.js";
import { holm } from "./holm.js";
import { mcnemarExact } from "./mcnemar.js";
import type { ArmResult, Comparison } from "./schema.js";
import { accuracyBy, accuracyOf, type Outcome, outcomesOf, stepCount } from "./slices.js";

interface Arm {
  readonly name: string;
  /** The greedy solutions, one a problem, and the verdict of each. */
  readonly candidates: readonly Pick<Candidate, "tokenCount" | "finishReason">[];
  readonly verdicts: readonly Verdict[];
}

export interface CompareOptions {
  readonly problems: readonly Problem[];
  readonly arms: readonly Arm[];
  /** From `nearMissSlice` over the starting model's samples of these problems. */
  readonly nearMiss: ReadonlySet<string>;
  /** From `nearMissDimensions`, for accuracy by dimension. */
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly seed: number;
  readonly resamples?: number;
}

/** What an experiment asks, as (a, b): is a better than b? Chosen before any result is seen. */
export const QUESTIONS: readonly (readonly [a: string, b: string])[] = [
  ["sft", "base"],
  ["sft-chosen", "start"],
  ["dpo-random", "start"],
  ["dpo-hard", "start"],
  ["dpo-weighted", "start"],
  ["dpo-hard", "dpo-random"],
  ["dpo-weighted", "dpo-random"],
  ["dpo-weighted", "dpo-hard"],
  ["dpo-hard", "sft-chosen"],
  ["dpo-weighted", "sft-chosen"],
];

/** How two arms differ on the same problems. */
export interface Transitions {
  readonly bothRight: number;
  readonly bothWrong: number;
  /** Ids that b has wrong and a has right. */
  readonly wrongToRight: string[];
  /** Ids that b has right and a has wrong. */
  readonly rightToWrong: string[];
}

/** From arm b to arm a, which must hold the same problems in the same order. */
export function transitions(a: readonly Outcome[], b: readonly Outcome[]): Transitions {
  const ids = (x: boolean, y: boolean) =>
    a.filter((o, i) => o.correct === x && b[i]?.correct === y).map((o) => o.problemId);
  return {
    bothRight: ids(true, true).length,
    bothWrong: ids(false, false).length,
    wrongToRight: ids(true, false),
    rightToWrong: ids(false, true),
  };
}

/**
 * @returns arms in the order given; comparisons in the order of `QUESTIONS`, those whose two arms are there
 * @throws RangeError if an arm lacks a verdict of a problem, or has one of another
 */
export function compareArms(options: CompareOptions): { arms: ArmResult[]; comparisons: Comparison[] } {
  const { problems, arms, nearMiss, dimensions } = options;
  const steps = new Map(problems.map((p) => [p.id, stepCount(p)]));
  const outcomes = new Map(arms.map((arm) => [arm.name, aligned(arm, problems)]));
  const results = arms.map((arm): ArmResult => {
    const all = outcomes.get(arm.name) ?? [];
    return {
      name: arm.name,
      ...accuracyOf(all),
      outcomes: all.map((o) => (o.correct ? "1" : "0")).join(""),
      nearMiss: accuracyOf(all.filter((o) => nearMiss.has(o.problemId))),
      bySteps: accuracyBy(all, (id) => steps.get(id)).map((g) => ({ steps: g.label, ...g.accuracy })),
      byDimension: accuracyBy(all, (id) => dimensions.get(id)).map((g) => ({
        dimension: g.label,
        ...g.accuracy,
      })),
      answers: answersOf(arm.candidates),
      errors: errorsOf(arm.verdicts),
    };
  });
  // Without SFT the DPO arms start at the model as it came.
  const start = outcomes.has("sft") ? "sft" : "base";
  const raw = QUESTIONS.flatMap(([a, asked]) => {
    const b = asked === "start" ? start : asked;
    const [ofA, ofB] = [outcomes.get(a), outcomes.get(b)];
    return ofA === undefined || ofB === undefined ? [] : [compare(a, ofA, b, ofB, options)];
  });
  const adjusted = holm(raw.map((c) => c.pMcNemar));
  const adjustedNear = holm(raw.map((c) => c.pMcNemarNearMiss));
  const comparisons = raw.map((c, i) => ({
    ...c,
    pHolm: adjusted[i] ?? 1,
    pHolmNearMiss: adjustedNear[i] ?? 1,
  }));
  return { arms: results, comparisons };
}

function compare(
  a: string,
  ofA: readonly Outcome[],
  b: string,
  ofB: readonly Outcome[],
  { nearMiss, seed, resamples }: CompareOptions,
): Omit<Comparison, "pHolm" | "pHolmNearMiss"> {
  const test = (x: readonly Outcome[], y: readonly Outcome[]) => {
    const table = transitions(x, y);
    const p = mcnemarExact(table.wrongToRight.length, table.rightToWrong.length);
    const bootstrap = { seed, ...(resamples === undefined ? {} : { resamples }) };
    return { table, p, interval: pairedBootstrap(scores(x), scores(y), bootstrap) };
  };
  const near = (list: readonly Outcome[]) => list.filter((o) => nearMiss.has(o.problemId));
  const all = test(ofA, ofB);
  const slice = test(near(ofA), near(ofB));
  return {
    a,
    b,
    ...all.interval,
    pMcNemar: all.p,
    pMcNemarNearMiss: slice.p,
    nearMiss: slice.interval,
    transitions: all.table,
  };
}

const scores = (outcomes: readonly Outcome[]) => outcomes.map((o) => (o.correct ? 1 : 0));

/** The arm's outcomes in the order of the problems, exactly one each. */
function aligned(arm: Arm, problems: readonly Problem[]): Outcome[] {
  const byId = new Map(outcomesOf(arm.verdicts).map((o) => [o.problemId, o]));
  const list = problems.map(({ id }) => {
    const outcome = byId.get(id);
    if (outcome === undefined) throw new RangeError(`arm ${arm.name} has no verdict of problem ${id}`);
    return outcome;
  });
  if (byId.size !== list.length)
    throw new RangeError(`arm ${arm.name} has ${byId.size} verdicts of ${list.length} problems`);
  return list;
}
