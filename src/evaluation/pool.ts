/**
 * Several runs of one recipe with seeds of their own, taken together. A problem's outcomes in all runs stay together in
 * every interval and in the test by problem, for they are outcomes on one question. An arm that only some runs have counts
 * in those, and two arms are compared over the runs that have both.
 */
import { clusteredBootstrap } from "./bootstrap.js";
import { QUESTIONS } from "./compare.js";
import { holm } from "./holm.js";
import { mcnemarExact } from "./mcnemar.js";
import type { ArmResult } from "./schema.js";
import { signFlipExact } from "./sign-flip.js";

/** What of a report is pooled. */
export interface Run {
  readonly arms: readonly Pick<ArmResult, "name" | "outcomes">[];
  /** Ids of the test problems, in the order of the outcomes. */
  readonly problems: readonly string[];
  /** Ids of those in this run's near-miss slice. */
  readonly nearMiss: readonly string[];
}

interface Share {
  /** Null where there is nothing to count. */
  readonly accuracy: number | null;
  /** Bootstrap over problems, 95 %. */
  readonly ci95: readonly [number, number];
  /** Answers, over all runs. */
  readonly correct: number;
  readonly total: number;
}

export interface PooledArm extends Share {
  readonly name: string;
  readonly nearMiss: Share;
}

interface Contrast {
  /** accuracy(a) - accuracy(b). */
  readonly difference: number;
  /** Bootstrap over problems, 95 %. */
  readonly ci95: readonly [number, number];
  /** Answers that only a, and only b, has right, over all runs. */
  readonly wrongToRight: number;
  readonly rightToWrong: number;
  /** McNemar's exact test on all answers, as if those of several runs to one problem were independent. */
  readonly pMcNemar: number;
  /** The exact sign-flip test by problem, which does not suppose that. For one run the two are the same. */
  readonly pByProblem: number;
  /** `pByProblem`, adjusted by Holm over all comparisons. */
  readonly pHolm: number;
}

export interface PooledComparison {
  readonly a: string;
  readonly b: string;
  readonly all: Contrast;
  readonly nearMiss: Contrast;
}

/** The differences of each problem, one a run that counts it: in {-1, 0, 1}, or outcomes in {0, 1}. */
type Clusters = readonly (readonly number[])[];

/** Every arm that some run has: those of the run with most of them in its order, then the others' as they come. */
export function armNames(runs: readonly { readonly arms: readonly { readonly name: string }[] }[]): string[] {
  const fullestFirst = [...runs].sort((x, y) => y.arms.length - x.arms.length);
  return [...new Set(fullestFirst.flatMap(({ arms }) => arms.map(({ name }) => name)))];
}

/**
 * @param runs at least one, of the same test problems
 * @throws RangeError if they are of other problems
 */
export function poolRuns(
  runs: readonly Run[],
  options: { readonly seed: number; readonly resamples?: number },
): { arms: PooledArm[]; comparisons: PooledComparison[] } {
  const names = armNames(runs);
  const problems = sameProblems(runs);
  const slices = runs.map(({ nearMiss }) => new Set(nearMiss));
  const outcomes = runs.map(({ arms }) => new Map(arms.map((arm) => [arm.name, arm.outcomes])));
  /** One list a problem, of the runs that have all of these arms. */
  const clusters = (
    arms: readonly string[],
    value: (outcome: (arm: string) => number) => number,
    sliced: boolean,
  ): Clusters =>
    problems.map((id, i) =>
      outcomes.flatMap((of, r) => {
        const counts = arms.every((arm) => of.has(arm)) && (!sliced || slices[r]?.has(id) === true);
        return counts ? [value((arm) => (of.get(arm)?.[i] === "1" ? 1 : 0))] : [];
      }),
    );
  const share = (arm: string, sliced: boolean) =>
    shareOf(
      clusters([arm], (outcome) => outcome(arm), sliced),
      options,
    );
  const arms = names.map((name) => ({ name, ...share(name, false), nearMiss: share(name, true) }));

  const start = names.includes("sft") ? "sft" : "base";
  const asked = QUESTIONS.map(([a, b]) => [a, b === "start" ? start : b] as const).filter((pair) =>
    outcomes.some((of) => pair.every((name) => of.has(name))),
  );
  const contrasts = (sliced: boolean) => {
    const raw = asked.map(([a, b]) =>
      contrastOf(
        clusters([a, b], (outcome) => outcome(a) - outcome(b), sliced),
        options,
      ),
    );
    const adjusted = holm(raw.map(({ pByProblem }) => pByProblem));
    return raw.map((contrast, i) => ({ ...contrast, pHolm: adjusted[i] ?? 1 }));
  };
  const [all, near] = [contrasts(false), contrasts(true)];
  const comparisons = asked.flatMap(([a, b], i) => {
    const [whole, nearMiss] = [all[i], near[i]];
    return whole === undefined || nearMiss === undefined ? [] : [{ a, b, all: whole, nearMiss }];
  });
  return { arms, comparisons };
}

function shareOf(clusters: Clusters, options: { seed: number; resamples?: number }): Share {
  const flat = clusters.flat();
  const total = flat.length;
  const correct = flat.reduce((sum, x) => sum + x, 0);
  if (total === 0) return { accuracy: null, ci95: [0, 1], correct, total };
  return { accuracy: correct / total, ci95: clusteredBootstrap(clusters, options).ci95, correct, total };
}

function contrastOf(
  clusters: Clusters,
  options: { seed: number; resamples?: number },
): Omit<Contrast, "pHolm"> {
  const flat = clusters.flat();
  const wrongToRight = flat.filter((d) => d > 0).length;
  const rightToWrong = flat.filter((d) => d < 0).length;
  return {
    ...clusteredBootstrap(clusters, options),
    wrongToRight,
    rightToWrong,
    pMcNemar: mcnemarExact(wrongToRight, rightToWrong),
    pByProblem: signFlipExact(clusters.map((list) => list.reduce((sum, d) => sum + d, 0))),
  };
}

function sameProblems(runs: readonly Run[]): readonly string[] {
  const [first = [], ...others] = runs.map(({ problems }) => problems);
  if (others.some((problems) => problems.join("\n") !== first.join("\n")))
    throw new RangeError("the runs were tested on other problems, or in another order");
  return first;
}
