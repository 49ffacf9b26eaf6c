/** The view models: what the page is given, by the server or inlined in a report. The schema is the type. */
import { z } from "zod";
import { Dimension, Judgement, Problem } from "../data/records.js";
import { ArmResult, Comparison, Transfer } from "../evaluation/schema.js";
import { MiningReport } from "../mining/report.js";

const count = z.int().min(0);

/**
 * How a run stands. "running": a living process holds its lock. "stopped": begun, not done, and nobody is at it. "failed":
 * the same, and its last attempt left an error. "new": nothing begun. "broken": its state cannot be read.
 */
const RunStatus = z.enum(["running", "stopped", "failed", "done", "new", "broken"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** How far a stage is, where its files tell. */
const Progress = z.object({
  done: count,
  total: count.nullable(),
  unit: z.string(),
  tokensPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type Progress = z.infer<typeof Progress>;

const StageView = z.object({
  name: z.string(),
  status: z.enum(["done", "running", "stopped", "failed", "waiting"]),
  seconds: z.number().nullable(),
  /** Greatest memory seen, bytes. */
  memory: z.number().nullable(),
  figures: z.record(z.string(), z.number()),
  progress: Progress.nullable(),
});
export type StageView = z.infer<typeof StageView>;

export const RunSummary = z.object({
  /** In URLs. */
  id: z.string(),
  name: z.string(),
  model: z.string().nullable(),
  status: RunStatus,
  /** The stage it is in, or where it stopped. */
  stage: z.string().nullable(),
  stagesDone: count,
  stagesTotal: count,
  progress: Progress.nullable(),
  /** When a file of its last changed, ISO 8601. */
  changed: z.string(),
  error: z.string().nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A line, or a whole file, that cannot be read. */
const Fault = z.object({ file: z.string(), line: z.int().nullable(), reason: z.string() });
export type Fault = z.infer<typeof Fault>;

/** A box of the flow: what leaves a stage, and of what kinds it is. */
const FlowStep = z.object({
  title: z.string(),
  stage: z.string(),
  count: count.nullable(),
  unit: z.string(),
  parts: z.array(z.object({ label: z.string(), count })),
});
export type FlowStep = z.infer<typeof FlowStep>;

export const Overview = z.object({
  run: RunSummary,
  stages: z.array(StageView),
  flow: z.array(FlowStep),
  miner: MiningReport.nullable(),
  /** The sets of solutions that are there: "samples", "test-samples", arms. */
  sets: z.array(z.string()),
  /** What to look at before trusting the run, as its report says. */
  warnings: z.array(z.string()),
  /** As resolved, in YAML. */
  recipe: z.string().nullable(),
  faults: z.array(Fault),
  faultCount: count,
  reviews: z.object({ rejected: count, flagged: count }),
  /** Whose reviews came after the pairs were mined, so that they do not hold yet. */
  reviewsPending: z.boolean(),
  /** Large files are still being read: faults and counts may grow. */
  indexing: z.boolean(),
  /** Of a report: how many solutions, and hard pairs, it holds of how many. Null where all are there. */
  partial: z.object({ held: count, of: count, pairs: z.object({ held: count, of: count }) }).nullable(),
});
export type Overview = z.infer<typeof Overview>;

/** One curve: a metric of an arm in a stage, a value a step; null where a step lacks it. */
export const Curves = z.object({
  curves: z.array(
    z.object({
      stage: z.string(),
      arm: z.string(),
      steps: z.array(z.number()),
      metrics: z.record(z.string(), z.array(z.number().nullable())),
    }),
  ),
});
export type Curves = z.infer<typeof Curves>;

/** A slice of the rows that a query takes. */
const pageOf = <R extends z.ZodType>(row: R) =>
  z.object({
    /** How many there are, and how many of them the query takes. */
    all: count,
    total: count,
    offset: count,
    rows: z.array(row),
  });

/** How far the index of a growing or large file is. */
const Reading = z.object({ bytes: count, of: count });

const SolutionRow = z.object({
  problemId: z.string(),
  index: count,
  /** Null without a reference, or before a verdict. */
  correct: z.boolean().nullable(),
  judged: z.boolean(),
  wrongness: z.number().nullable(),
  absurdity: z.number().nullable(),
  distance: z.number().nullable(),
  dimension: Dimension.nullable(),
  tokens: count,
  cutOff: z.boolean(),
  mined: z.boolean(),
  /** The first characters, on one line. */
  preview: z.string(),
});
export type SolutionRow = z.infer<typeof SolutionRow>;

export const SolutionsPage = pageOf(SolutionRow).extend({ reading: Reading });
export type SolutionsPage = z.infer<typeof SolutionsPage>;

/** The map of a query: each solution as a point, or where there are too many, counts in a square grid. */
export const MapView = z.object({
  total: count,
  /** [wrongness, absurdity, kind]: an index into `KINDS`. */
  points: z.array(z.tuple([z.number(), z.number(), z.number()])),
  /** Of each point, problem and sample. */
  names: z.array(z.tuple([z.string(), z.number()])),
  /** Cells along a side; 0 where points are given. */
  side: count,
  /** [column, row, count of each kind]. */
  cells: z.array(z.tuple([count, count, z.array(count)])),
  /** Of each dimension, twenty equal bins of its scores: right and wrong solutions. */
  histograms: z.array(z.object({ dimension: Dimension, right: z.array(count), wrong: z.array(count) })),
  unjudged: count,
  /** What the miner takes; null before it has said. */
  region: z.object({ tauW: z.number(), tauA: z.number() }).nullable(),
  reading: Reading,
});
export type MapView = z.infer<typeof MapView>;

/** A text of a model or data set, cut where it is very long. */
export const Text = z.object({ text: z.string(), length: count });
export type Text = z.infer<typeof Text>;

const ProblemView = Problem.pick({ id: true, answer: true, source: true, type: true }).extend({
  question: Text,
  solution: Text.nullable(),
});
export type ProblemView = z.infer<typeof ProblemView>;

export const SolutionView = z.object({
  set: z.string(),
  problem: ProblemView,
  index: count,
  text: Text,
  tokens: count,
  cutOff: z.boolean(),
  /** Null where the sampler does not tell. */
  logprob: z.number().nullable(),
  sampler: z.string(),
  verdict: Judgement.nullable(),
  /** The other candidates of the problem. */
  others: z.array(SolutionRow),
  /** Lines of pairs-hard.jsonl in which it is a side. */
  pairs: z.array(z.object({ line: count, side: z.enum(["chosen", "rejected"]) })),
  flagged: z.boolean(),
});
export type SolutionView = z.infer<typeof SolutionView>;

const PairRow = z.object({
  /** 0-based, in its file. */
  line: count,
  problemId: z.string(),
  dimension: Dimension,
  hardness: z.number(),
  weight: z.number(),
  chosenSource: z.string(),
  rejectedSource: z.string(),
  rejected: z.boolean(),
  flagged: z.boolean(),
  preview: z.string(),
});
export type PairRow = z.infer<typeof PairRow>;

export const PairsPage = pageOf(PairRow).extend({
  /** Greatest weight of all, for bars. */
  maxWeight: z.number(),
});
export type PairsPage = z.infer<typeof PairsPage>;

/** Where a weight comes from: the factors of its formula, and what clipping and scaling make of them. */
const Factors = z.object({
  wrongness: z.number(),
  absurdity: z.number(),
  closeness: z.number(),
  frequency: z.number(),
  distance: z.number().nullable(),
  overlap: z.number(),
  hardness: z.number(),
  /** (1 + alpha W), (1 - A)^kappa, (1 + lambda closeness), (1 + mu frequency). */
  factors: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  clipped: z.number(),
  /** The mean of all clipped weights, by which this one is divided. */
  mean: z.number(),
  /** False where today's verifier says other than the file: it was mined by another version, or edited. */
  agrees: z.boolean(),
  options: MiningReport.shape.options,
});
export type Factors = z.infer<typeof Factors>;

export const PairView = z.object({
  kind: z.enum(["hard", "random"]),
  row: PairRow,
  total: count,
  problem: ProblemView.nullable(),
  /** Whole, as they name the pair in a review; null where they are too long to show. */
  chosen: Text,
  rejected: Text,
  factors: Factors.nullable(),
  note: z.string().nullable(),
});
export type PairView = z.infer<typeof PairView>;

export const ArmsView = z.object({
  arms: z.array(ArmResult),
  comparisons: z.array(Comparison),
  /** The arms on other problems. */
  transfer: z.array(Transfer),
  /** The first characters of the questions of the problems that changed, by id. */
  questions: z.record(z.string(), z.string()),
});
export type ArmsView = z.infer<typeof ArmsView>;

/** What a person sends of a pair: the server takes its texts from the file. */
export const ReviewRequest = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("reject-pair"),
    pairs: z.enum(["hard", "random"]),
    line: count,
    /** Of the pair that the person saw: the file may have been written anew. */
    problemId: z.string().max(1000),
    withdrawn: z.boolean(),
    note: z.string().max(2000).optional(),
  }),
  z.strictObject({
    kind: z.literal("flag-label"),
    problemId: z.string().min(1).max(1000),
    withdrawn: z.boolean(),
    note: z.string().max(2000).optional(),
  }),
]);
export type ReviewRequest = z.infer<typeof ReviewRequest>;
