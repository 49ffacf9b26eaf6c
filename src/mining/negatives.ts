/** Solutions to reject: the model's own, and perturbed ones where those are too few. */
import { z } from "zod";
import { Dimension, type Problem } from "../data/records.js";
import { random } from "../random.js";
import { verify } from "../verifier/index.js";
import type { Chosen } from "./chosen.js";
import { closeness, hardness } from "./hardness.js";
import { type Judged, mainDimension, negativeKind } from "./near-miss.js";
import type { MiningOptions } from "./options.js";
import { type Computation, computationsOf, traceOverlap } from "./overlap.js";
import { perturb } from "./perturb/index.js";
import type { Sample } from "./samples.js";

const share = z.number().min(0).max(1);
export const Negative = z.object({
  text: z.string(),
  /** "sample:INDEX" or "perturbed:KIND". */
  source: z.string(),
  kind: z.enum(["wrong-answer", "broken-chain", "perturbed"]),
  /** Ran into the length limit. */
  cutOff: z.boolean(),
  dimension: Dimension,
  wrongness: share,
  absurdity: share,
  closeness: share,
  hardness: share,
});
export type Negative = z.infer<typeof Negative>;

/** Weighs negatives against one problem's chosen solution. */
export class NegativeMaker {
  private readonly chosenTrace: readonly Computation[];

  constructor(
    private readonly problem: Problem,
    private readonly chosen: Chosen,
    private readonly options: MiningOptions,
  ) {
    this.chosenTrace = computationsOf(problem.question, chosen.text);
  }

  /** The samples that are negatives. */
  own(samples: readonly Sample[]): Negative[] {
    return samples.flatMap(({ candidate, verdict }) => {
      const kind = negativeKind(verdict, this.options);
      if (kind === null) return [];
      const cutOff = candidate.finishReason === "length";
      const source = `sample:${candidate.index}`;
      return [
        { ...this.weigh(candidate.text, verdict), kind, source, cutOff, dimension: mainDimension(verdict) },
      ];
    });
  }

  /** Perturbations of the chosen solution that the verifier sees to be wrong: at most `count`. */
  perturbed(count: number): Negative[] {
    const { id, question, answer } = this.problem;
    const stream = random(this.options.seed, "perturb", id);
    return perturb(question, this.chosen.text, count, stream).flatMap(({ text, kind, dimension }) => {
      const verdict = verify({
        question,
        solution: text,
        reference: answer,
        referenceSolution: this.chosen.text,
      });
      if (verdict.correct !== false) return [];
      const source = `perturbed:${kind}`;
      return [{ ...this.weigh(text, verdict), kind: "perturbed" as const, source, cutOff: false, dimension }];
    });
  }

  private weigh(text: string, verdict: Judged) {
    const overlap = traceOverlap(this.chosenTrace, computationsOf(this.problem.question, text));
    const near = closeness(verdict, overlap, this.options);
    const { wrongness, absurdity } = verdict;
    return { text, wrongness, absurdity, closeness: near, hardness: hardness(verdict, near, this.options) };
  }
}
