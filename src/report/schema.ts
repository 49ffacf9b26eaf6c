/** `report.json`. The zod schema is the type; the model card, the table and the page of an experiment are drawn from it alone. */
import { z } from "zod";
import { ArmResult, Comparison, Transfer } from "../evaluation/schema.js";
import { MiningReport } from "../mining/report.js";

/** One arm's solution of a problem, with what the verifier says of it. */
const Judged = z.object({
  text: z.string(),
  correct: z.boolean(),
  wrongness: z.number(),
  absurdity: z.number(),
  /** The verifier's messages, in order of the text. */
  findings: z.array(z.string()),
});

/** A problem on which arm `a` and arm `b` differ. */
const Example = z.object({
  problemId: z.string(),
  question: z.string(),
  answer: z.string(),
  /** By arm b, the one compared with. */
  before: Judged,
  /** By arm a. */
  after: Judged,
});
export type Example = z.infer<typeof Example>;

export const Report = z.object({
  /** The recipe's name. */
  name: z.string(),
  /** The model's Hub name, or the name of its folder. */
  model: z.string(),
  /** The recipe as resolved; folders by their names alone. */
  recipe: z.record(z.string(), z.unknown()),
  seed: z.number(),
  stages: z.array(
    z.looseObject({
      name: z.string(),
      /** Wall clock, all attempts. */
      seconds: z.number(),
      tokens: z.number().optional(),
    }),
  ),
  arms: z.array(ArmResult),
  comparisons: z.array(Comparison),
  transfer: z.array(Transfer),
  /** Ids of the test problems, in the order of every arm's outcomes. */
  problems: z.array(z.string()),
  /** Ids of those in the near-miss slice. */
  nearMiss: z.array(z.string()),
  /** What to look at before trusting the run: see studio/warnings.ts. */
  warnings: z.array(z.string()),
  /** Null in a run without mining. */
  miner: MiningReport.nullable(),
  /** Training metrics, at most a few hundred points a curve. */
  curves: z.array(
    z.object({
      arm: z.string(),
      stage: z.string(),
      points: z.array(z.object({ step: z.number(), metrics: z.record(z.string(), z.number()) })),
    }),
  ),
  /** The first problems, in the order of the test set, that arm `a` and arm `b` decide differently. */
  examples: z
    .object({ a: z.string(), b: z.string(), wrongToRight: z.array(Example), rightToWrong: z.array(Example) })
    .nullable(),
  environment: z.object({
    nearmiss: z.string(),
    node: z.string(),
    platform: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
    finished: z.string(),
  }),
});
export type Report = z.infer<typeof Report>;
