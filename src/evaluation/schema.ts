/** The `arms` and `comparisons` of report.json. The schema is the type. */
import { z } from "zod";
import { Dimension } from "../data/records.js";

const probability = z.number().min(0).max(1);
const count = z.int().min(0);

const AccuracyShape = {
  /** Null where there is nothing to count. */
  accuracy: probability.nullable(),
  /** Wilson, 95 %. */
  ci95: z.tuple([probability, probability]),
  correct: count,
  total: count,
};

const DifferenceShape = {
  /** accuracy(a) - accuracy(b). */
  difference: z.number().min(-1).max(1),
  /** Paired bootstrap, 95 %. */
  ci95: z.tuple([z.number().min(-1).max(1), z.number().min(-1).max(1)]),
};

export const ArmResult = z.object({
  name: z.string().min(1),
  ...AccuracyShape,
  /** "1" where it is right, "0" where it is wrong: a character a problem, in the order of the test set. */
  outcomes: z.string().regex(/^[01]*$/),
  /** On the problems where the samples of the model that preferences start from hold a near miss. */
  nearMiss: z.object(AccuracyShape),
  /** By the number of steps of the worked solution. */
  bySteps: z.array(z.object({ steps: count, ...AccuracyShape })),
  /** On the near-miss slice, by the dimension in which its near misses go wrong. */
  byDimension: z.array(z.object({ dimension: Dimension, ...AccuracyShape })),
  /** What the answers look like, whether right or not. */
  answers: z.object({
    /** Mean tokens, those of answers that were cut off included. */
    meanTokens: z.number().min(0),
    /** Answers that ended by themselves, before the limit. */
    stopped: count,
  }),
  /** Wrong answers by the dimension of their main fault; dimensions without any are left out. */
  errors: z.array(z.object({ dimension: Dimension, count })),
});
export type ArmResult = z.infer<typeof ArmResult>;

export const Comparison = z.object({
  a: z.string().min(1),
  b: z.string().min(1),
  ...DifferenceShape,
  pMcNemar: probability,
  pMcNemarNearMiss: probability,
  /** The same, adjusted by Holm over all comparisons of the report. */
  pHolm: probability,
  pHolmNearMiss: probability,
  /** The difference on the near-miss slice. */
  nearMiss: z.object(DifferenceShape),
  transitions: z.object({
    bothRight: count,
    bothWrong: count,
    /** Ids that b has wrong and a has right. */
    wrongToRight: z.array(z.string()),
    rightToWrong: z.array(z.string()),
  }),
});
export type Comparison = z.infer<typeof Comparison>;

/** The arms on other problems than those of the test set: what carries over. It has no near-miss slice. */
export const Transfer = z.object({
  name: z.string().min(1),
  arms: z.array(ArmResult),
  comparisons: z.array(Comparison),
  /** Ids of the problems, in the order of every arm's outcomes. */
  problems: z.array(z.string()),
});
export type Transfer = z.infer<typeof Transfer>;

/** `scores.json` of a run folder. */
export const Scores = z.object({
  arms: z.array(ArmResult),
  comparisons: z.array(Comparison),
  /** Ids of the test problems, in the order of every arm's outcomes, and of those in the near-miss slice. */
  problems: z.array(z.string()),
  nearMiss: z.array(z.string()),
  transfer: z.array(Transfer),
});
export type Scores = z.infer<typeof Scores>;
