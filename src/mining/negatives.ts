/** Solutions to reject: the model's own, and perturbed ones where those are too few. */
import { z } from "zod";
import { Dimension, type Problem, Span } from "../data/records.js";
import { random } from "../random.js";
import { splitSteps, verify } from "../verifier/index.js";
import type { Chosen } from "./chosen.js";
import { Mistakes } from "./frequency.js";
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
  /** Its first wrong step; null where no step is known to be wrong. */
  firstError: Span.nullable(),
  wrongness: share,
  absurdity: share,
  closeness: share,
  /** Share of the problem's samples that make the same mistake: see frequency.ts. */
  frequency: share,
  hardness: share,
});
export type Negative = z.infer<typeof Negative>;

/** Grades negatives against one problem's chosen solution. */
export class NegativeMaker {
  private readonly chosenTrace: readonly Computation[];
  private readonly mistakes: Mistakes;

  /** @param samples all of the problem's */
  constructor(
    private readonly problem: Problem,
    private readonly samples: readonly Sample[],
    private readonly chosen: Chosen,
    private readonly options: MiningOptions,
  ) {
    this.chosenTrace = computationsOf(problem.question, chosen.text);
    this.mistakes = new Mistakes(
      samples.map(({ verdict }) => verdict),
      options,
    );
  }

  /** The samples that are negatives. */
  own(): Negative[] {
    return this.samples.flatMap(({ candidate, verdict }) => {
      const kind = negativeKind(verdict, this.options);
      if (kind === null) return [];
      const cutOff = candidate.finishReason === "length";
      const source = `sample:${candidate.index}`;
      const graded = this.grade(candidate.text, verdict, this.mistakes.ofSample(verdict));
      const firstError = spanOf(candidate.text, verdict.firstErrorStep);
      return [{ ...graded, kind, source, cutOff, firstError, dimension: mainDimension(verdict) }];
    });
  }

  /** Perturbations of the chosen solution that the verifier sees to be wrong: at most `count`. */
  perturbed(count: number): Negative[] {
    const { id, question, answer } = this.problem;
    const stream = random(this.options.seed, "perturb", id);
    return perturb(question, this.chosen.text, count, stream).flatMap(
      ({ text, kind, dimension, firstErrorStep }) => {
        const verdict = verify({
          question,
          solution: text,
          reference: answer,
          referenceSolution: this.chosen.text,
        });
        if (verdict.correct !== false) return [];
        const source = `perturbed:${kind}`;
        const graded = this.grade(text, verdict, this.mistakes.ofOther(verdict));
        const firstError = spanOf(text, firstErrorStep);
        return [{ ...graded, kind: "perturbed" as const, source, cutOff: false, firstError, dimension }];
      },
    );
  }

  private grade(text: string, verdict: Judged, frequency: number) {
    const overlap = traceOverlap(this.chosenTrace, computationsOf(this.problem.question, text));
    const { wrongness, absurdity } = verdict;
    const near = closeness(verdict, overlap, this.options);
    const graded = { wrongness, absurdity, closeness: near, frequency };
    return { text, ...graded, hardness: hardness(graded, this.options) };
  }
}

/** Where a step stands; null for no step, and for one behind what the verifier reads. */
function spanOf(text: string, step: number | null): Negative["firstError"] {
  const found = step === null ? undefined : splitSteps(text)[step];
  return found === undefined ? null : { start: found.start, end: found.start + found.text.length };
}
