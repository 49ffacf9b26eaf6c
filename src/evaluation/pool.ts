/**
 * Several runs of one recipe that differ in their seed alone, taken together. A problem's outcomes in all runs stay
 * together in every interval and in the test by problem, for they are outcomes on one question.
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

/**
 * @param runs at least one, of the same test problems and the same arms
 * @throws RangeError if they are of other problems or arms
 */
export function poolRuns(
  runs: readonly Run[],
  options: { readonly seed: number; readonly resamples?: number },
): { arms: PooledArm[]; comparisons: PooledComparison[] } {
  const names = sameArms(runs);
  const problems = sameProblems(runs);
  const slices = runs.map(({ nearMiss }) => new Set(nearMiss));
  const outcome = (run: Run, arm: string, i: number) =>
    run.arms.find(({ name }) => name === arm)?.outcomes[i] === "1" ? 1 : 0;
  const clusters = (value: (run: Run, i: number) => number, sliced: boolean): Clusters =>
    problems.map((id, i) =>
      runs.flatMap((run, r) => (!sliced || slices[r]?.has(id) === true ? [value(run, i)] : [])),
    );
  const share = (arm: string, sliced: boolean) =>
    shareOf(
      clusters((run, i) => outcome(run, arm, i), sliced),
      options,
    );
  const arms = names.map((name) => ({ name, ...share(name, false), nearMiss: share(name, true) }));

  const start = names.includes("sft") ? "sft" : "base";
  const asked = QUESTIONS.map(([a, b]) => [a, b === "start" ? start : b] as const).filter((pair) =>
    pair.every((name) => names.includes(name)),
  );
  const contrasts = (sliced: boolean) => {
    const raw = asked.map(([a, b]) =>
      contrastOf(
        clusters((run, i) => outcome(run, a, i) - outcome(run, b, i), sliced),
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

function sameArms(runs: readonly Run[]): string[] {
  const [first = [], ...others] = runs.map(({ arms }) => arms.map(({ name }) => name));
  const other = others.find((arms) => arms.join() !== first.join());
  if (other !== undefined)
    throw new RangeError(`one run has the arms ${first.join(", ")}, another ${other.join(", ")}`);
  return first;
}

function sameProblems(runs: readonly Run[]): readonly string[] {
  const [first = [], ...others] = runs.map(({ problems }) => problems);
  if (others.some((problems) => problems.join("\n") !== first.join("\n")))
    throw new RangeError("the runs were tested on other problems, or in another order");
  return first;
}
