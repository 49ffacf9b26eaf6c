/**
 * The records that flow through the pipeline, one line of JSON each. The zod schema is the type.
 *
 *     problems -> candidates -> verdicts -> pairs
 */
import { z } from "zod";
import { DIMENSIONS } from "./dimensions.js";

export const Problem = z.object({
  id: z.string().min(1),
  question: z.string().min(1),
  /** The reference answer as text, e.g. "72" or "\\frac{1}{2}". */
  answer: z.string().min(1),
  /** A worked solution, where the data set has one. */
  solution: z.string().min(1).optional(),
  /** Where it comes from: "gsm8k", "svamp", "synthetic", a file name. */
  source: z.string(),
  /** The family or subject, where the data set names one. */
  type: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

export const Candidate = z.object({
  problemId: z.string().min(1),
  /** 0-based among the candidates of one problem. */
  index: z.int().min(0),
  text: z.string(),
  /** Completion tokens, the stop token not counted; of a server's candidate, as the server counts. */
  tokenCount: z.int().min(0),
  /** "length": it ran into the limit and was cut off. */
  finishReason: z.enum(["stop", "length"]),
  /** Sum of the log-probabilities of its tokens at temperature 1, in nats; null where a server gives none. */
  logprob: z.number().nullable(),
  sampler: z.object({ model: z.string(), temperature: z.number(), topP: z.number(), seed: z.number() }),
});
export type Candidate = z.infer<typeof Candidate>;

export { DIMENSIONS };
export const Dimension = z.enum(DIMENSIONS);
export type Dimension = z.infer<typeof Dimension>;

export const Finding = z.object({
  dimension: Dimension,
  /** (0, 1]: how much this finding weighs in its dimension's score. */
  severity: z.number().min(0).max(1),
  /** 0-based step. */
  step: z.int().min(0),
  /** Character span [start, end) in the solution (in the joined text, "\n" between steps, where steps were given). */
  start: z.int().min(0),
  end: z.int().min(0),
  /** For a person: "says 16 - 3 = 14; it is 13". */
  message: z.string(),
  expected: z.string().optional(),
  found: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

const score = z.number().min(0).max(1);

/** What the verifier says of one solution, without the ids of the candidate it belongs to. */
export const Judgement = z.object({
  /** Null where no reference is given. */
  correct: z.boolean().nullable(),
  answer: z.object({
    extracted: z.string().nullable(),
    reference: z.string().nullable(),
    /** Relative numeric distance in [0, 1] (0: equal, 1: far or not comparable); null with no reference or answer. */
    distance: z.number().nullable(),
  }),
  /** 0 means no fault. `answer` is null where no reference is given. */
  profile: z.object({
    answer: score.nullable(),
    arithmetic: score,
    algebra: score,
    logic: score,
    grounding: score,
    form: score,
  }),
  wrongness: score,
  absurdity: score,
  /** 0-based step of the first error, null where none was found. */
  firstErrorStep: z.int().min(0).nullable(),
  findings: z.array(Finding),
});
export type Judgement = z.infer<typeof Judgement>;

export const Verdict = z.object({ problemId: z.string().min(1), index: z.int().min(0), ...Judgement.shape });
export type Verdict = z.infer<typeof Verdict>;

/** Characters [start, end) of a text, in UTF-16 units. */
export const Span = z.object({ start: z.int().min(0), end: z.int().min(1) });

export const Pair = z
  .object({
    prompt: z.string(),
    chosen: z.string(),
    rejected: z.string(),
    /** The first wrong step of `rejected`; null where none is known. `dpo.rejectedPart` says what is trained on. */
    firstError: Span.nullable().default(null),
    /** Mean 1 over a data set. */
    weight: z.number().positive(),
    problemId: z.string().min(1),
    hardness: score,
    /** Share of the problem's samples that make the rejected side's mistake; unknown of pairs made elsewhere. */
    frequency: score.optional(),
    /** The dimension of the rejected side's main fault. */
    dimension: Dimension,
    /** "gold" or "sample:INDEX". */
    chosenSource: z.string(),
    /** "sample:INDEX" or "perturbed:KIND". */
    rejectedSource: z.string(),
  })
  .refine(
    ({ rejected, firstError: step }) =>
      step === null || (step.start < step.end && step.end <= rejected.length),
    {
      path: ["firstError"],
      message: "must be a span within `rejected`: 0 <= start < end <= its length in characters",
    },
  );
export type Pair = z.infer<typeof Pair>;
