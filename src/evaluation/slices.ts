import type { Dimension, Problem, Verdict } from "../data/records.js";
import { isNearMiss, mainDimension } from "../mining/near-miss.js";
import type { MiningOptions } from "../mining/options.js";
import { type Interval, wilson } from "./wilson.js";

/** One arm's greedy outcome on one problem. */
export interface Outcome {
  readonly problemId: string;
  readonly correct: boolean;
}

/**
 * Outcomes from verdicts, one a problem.
 *
 * @throws RangeError for a verdict with no reference, or two of one problem
 */
export function outcomesOf(verdicts: readonly Verdict[]): Outcome[] {
  const seen = new Set<string>();
  return verdicts.map(({ problemId, correct }) => {
    if (correct === null) throw new RangeError(`problem ${problemId} was judged with no reference answer`);
    if (seen.has(problemId))
      throw new RangeError(`problem ${problemId} has two verdicts; accuracy takes one`);
    seen.add(problemId);
    return { problemId, correct };
  });
}

export interface Accuracy {
  /** correct / total; null where there is nothing to count. */
  readonly accuracy: number | null;
  /** Wilson, 95 %. */
  readonly ci95: Interval;
  readonly correct: number;
  readonly total: number;
}

export function accuracyOf(outcomes: readonly Outcome[]): Accuracy {
  const correct = outcomes.filter((o) => o.correct).length;
  const total = outcomes.length;
  return { accuracy: total === 0 ? null : correct / total, ci95: wilson(correct, total), correct, total };
}

/** Accuracy of each group of problems, in order of its label; problems without a label are left out. */
export function accuracyBy<L extends string | number>(
  outcomes: readonly Outcome[],
  label: (problemId: string) => L | undefined,
): { label: L; accuracy: Accuracy }[] {
  const groups = new Map<L, Outcome[]>();
  for (const outcome of outcomes) {
    const key = label(outcome.problemId);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [outcome]);
    else group.push(outcome);
  }
  return [...groups]
    .sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0))
    .map(([key, group]) => ({ label: key, accuracy: accuracyOf(group) }));
}

type SliceOptions = Pick<MiningOptions, "tauW" | "tauA" | "nearDistance">;

/**
 * The near-miss slice: ids of the problems on which the starting model's own samples (not its greedy answer, which is
 * what is compared) hold at least one near miss, in the order of the verdicts.
 */
export function nearMissSlice(verdicts: readonly Verdict[], options: SliceOptions): Set<string> {
  return new Set(verdicts.filter((v) => isNearMiss(v, options)).map((v) => v.problemId));
}

/** The main dimension of each problem's near misses: the commonest, a tie going to the one seen first. */
export function nearMissDimensions(
  verdicts: readonly Verdict[],
  options: SliceOptions,
): Map<string, Dimension> {
  const counts = new Map<string, Map<Dimension, number>>();
  for (const verdict of verdicts.filter((v) => isNearMiss(v, options))) {
    const dimension = mainDimension(verdict);
    const tally = counts.get(verdict.problemId) ?? new Map<Dimension, number>();
    counts.set(verdict.problemId, tally.set(dimension, (tally.get(dimension) ?? 0) + 1));
  }
  return new Map(
    [...counts].map(([id, tally]) => {
      const top = Math.max(...tally.values());
      return [id, [...tally].find(([, n]) => n === top)?.[0] ?? "answer"];
    }),
  );
}

/** Steps of a problem's worked solution: its lines but for the answer line. Undefined without one. */
export function stepCount(problem: Problem): number | undefined {
  const lines = problem.solution?.split("\n").filter((line) => line.trim() !== "");
  return lines?.filter((line) => !/^the answer is\b/i.test(line.trim())).length;
}
