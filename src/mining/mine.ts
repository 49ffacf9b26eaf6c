/**
 * From verdicts to preference pairs, for two arms that differ in one thing only, which negative is rejected:
 *
 *     hard    the hardest negatives that pass the gates, with weights (the unweighted arm ignores them)
 *     random  as many pairs of the same problems in the same order, with the same chosen solutions, the rejected ones
 *             drawn at random from the problem's wrong candidates; weight 1
 */
import type { z } from "zod";
import type { Candidate, Pair, Problem, Verdict } from "../data/records.js";
import { Reviews } from "../data/review.js";
import { MiningOptions } from "./options.js";
import { PairMaker } from "./pairs.js";
import { prepareProblem } from "./prepare.js";
import type { MiningReport } from "./report.js";
import { joinSamples, type ListNames } from "./samples.js";

export interface MineInput {
  readonly problems: readonly Problem[];
  readonly candidates: readonly Candidate[];
  readonly verdicts: readonly Verdict[];
  /** What the lists are called in errors, such as the files that they are from. */
  readonly names?: ListNames;
  /** The text that the model is given for a problem. */
  readonly prompt: (problem: Problem) => string;
  /** What a person has said of pairs and labels: rejected pairs are left out, problems with flagged labels set aside. */
  readonly reviews?: Reviews;
  /** Filled up with defaults; a wrong option throws a ZodError. */
  readonly options?: z.input<typeof MiningOptions>;
}

export interface MineResult {
  /** Line i of both lists is of the same problem with the same chosen solution. */
  readonly pairs: { readonly random: Pair[]; readonly hard: Pair[] };
  readonly report: MiningReport;
}

/**
 * Pure and deterministic: the same input and seed give the same pairs.
 *
 * @throws ZodError for wrong options; NearmissError for candidates without a problem or a verdict
 */
export function minePairs(input: MineInput): MineResult {
  const options = MiningOptions.parse(input.options ?? {});
  const samples = joinSamples(input.problems, input.candidates, input.verdicts, input.names);
  const reviews = input.reviews ?? new Reviews();
  const prepared = input.problems.map((problem) =>
    prepareProblem(problem, samples.get(problem.id) ?? [], options, reviews.of(problem.id)),
  );
  const maker = new PairMaker(input.prompt, options);
  for (const one of prepared) maker.offer(one);
  const made = prepared.map((one) => maker.make(one));
  return {
    pairs: { random: made.flatMap(({ random }) => random), hard: made.flatMap(({ hard }) => hard) },
    report: maker.report(),
  };
}
