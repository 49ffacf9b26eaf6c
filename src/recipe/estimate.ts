/**
 * What a run will cost, on paper: each stage's work, counted from the recipe and the sizes of its problems, over the speeds
 * of this machine. Pure; `rates.ts` measures the speeds.
 */
import { isPairArm, PAIR_ARMS, type PairArm } from "./arms.js";
import type { Recipe } from "./schema.js";

/** How fast a model runs on a machine. */
export interface Rates {
  /** Tokens a second, forward and backward; a pair's prompt counts once. */
  readonly train: number;
  /** Tokens a second, forward alone: prompts, and log-probabilities of the reference. */
  readonly score: number;
  /** New tokens a second, with as many sequences side by side as the recipe says. */
  readonly sample: number;
  /** Solutions a second that the verifier judges. */
  readonly verify: number;
}

/** What there is to work on. Lengths are means, in tokens. */
export interface Sizes {
  readonly train: number;
  readonly test: number;
  /** Problems of all transfer sets. */
  readonly transfer: number;
  /** A question as the model sees it. */
  readonly prompt: number;
  /** A worked solution; 0 where the problems have none. */
  readonly solution: number;
  /** What the model writes itself. */
  readonly sampled: number;
}

export interface StageEstimate {
  /** As the pipeline calls it; "evaluate" is one arm's. */
  readonly name: string;
  readonly seconds: number;
}

/**
 * Seconds of each stage that takes the time of a run. Pairs are counted at their most, `maxPairsPerProblem` or as many as
 * there are samples, so that DPO is rather over- than underestimated.
 */
export function estimate(recipe: Recipe, sizes: Sizes, rates: Rates): StageEstimate[] {
  const { sample, eval: evaluation, arms } = recipe;
  const pairArms = arms.filter(isPairArm);
  const draws = (problems: number, each: number, maxTokens: number): number =>
    problems * (sizes.prompt / rates.score + (each * Math.min(sizes.sampled, maxTokens)) / rates.sample);
  const sampled = Math.min(sizes.train, sample.problems ?? sizes.train);
  const solutions = sampled * sample.n;
  const nearMisses = evaluation.nearMissSamples;
  const answered = sizes.test + sizes.transfer;
  const evaluate = draws(answered, 1, evaluation.maxTokens);
  const verdicts = (count: number) => count / rates.verify;
  return [
    ...(recipe.sft === null ? [] : [{ name: "sft", seconds: sft(recipe.sft, sizes, rates) }]),
    ...(pairArms.length === 0
      ? []
      : [
          { name: "sample", seconds: draws(sampled, sample.n, sample.maxTokens) },
          { name: "verify", seconds: verdicts(solutions) },
          { name: "mine", seconds: verdicts(solutions) },
        ]),
    ...pairArms.map((name, i) => ({
      name,
      seconds: onPairs(name, pairArms.slice(0, i), recipe, sampled, sizes, rates),
    })),
    ...(nearMisses === 0
      ? []
      : [{ name: "near-misses", seconds: draws(sizes.test, nearMisses, sample.maxTokens) }]),
    ...arms.map((arm) => ({ name: `evaluate-${arm}`, seconds: evaluate })),
    { name: "score", seconds: verdicts(answered * arms.length + sizes.test * nearMisses) },
  ];
}

type Passes = Pick<Recipe["dpo"], "epochs" | "maxSteps" | "batchSize">;

/** Examples that a training goes through, repeats included. */
const passed = (examples: number, { epochs, maxSteps, batchSize }: Passes): number =>
  maxSteps === undefined ? examples * epochs : maxSteps * batchSize;

function sft(options: NonNullable<Recipe["sft"]>, sizes: Sizes, rates: Rates): number {
  if (sizes.solution === 0) return 0;
  const { fobar, ansAug } = options.augment;
  const examples = passed(sizes.train * (1 + fobar + ansAug), options);
  return (examples * (sizes.prompt + sizes.solution)) / rates.train;
}

/** @param before the arms trained before: DPO arms on the same pairs share the reference */
function onPairs(
  arm: PairArm,
  before: readonly PairArm[],
  { dpo: options, mine, sample }: Recipe,
  problems: number,
  sizes: Sizes,
  rates: Rates,
): number {
  const { pairs: kind, objective } = PAIR_ARMS[arm];
  const known = before.map((name) => PAIR_ARMS[name]).some((b) => b.objective === "dpo" && b.pairs === kind);
  const reference = objective === "sft" || known ? 0 : 1 / rates.score;
  const most = problems * Math.min(mine.maxPairsPerProblem, sample.n);
  const pairs = mine.maxPairs === null ? most : Math.min(mine.maxPairs, most);
  const tokens = sizes.prompt + (objective === "sft" ? 1 : 2) * sizes.sampled;
  return tokens * (passed(pairs, options) / rates.train + pairs * reference);
}

export const total = (stages: readonly StageEstimate[]): number =>
  stages.reduce((sum, { seconds }) => sum + seconds, 0);
