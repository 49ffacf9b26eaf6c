/** The view models: what the page is given, by the server or inlined in a report, and the one thing that it sends. */
import { z } from "zod";
import type { Dimension, Judgement, Problem } from "../data/records.js";
import type { ArmResult, Comparison, Transfer } from "../evaluation/schema.js";
import type { MiningReport } from "../mining/report.js";

/**
 * How a run stands. "running": a living process holds its lock. "stopped": begun, not done, and nobody is at it. "failed":
 * the same, and its last attempt left an error. "new": nothing begun. "broken": its state cannot be read.
 */
export type RunStatus = "running" | "stopped" | "failed" | "done" | "new" | "broken";

/** How far a stage is, where its files tell. */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly tokensPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface StageView {
  readonly name: string;
  readonly status: "done" | "running" | "stopped" | "failed" | "waiting";
  readonly seconds: number | null;
  /** Greatest memory seen, bytes. */
  readonly memory: number | null;
  readonly figures: Readonly<Record<string, number>>;
  readonly progress: Progress | null;
}

export interface RunSummary {
  /** In URLs. */
  readonly id: string;
  readonly name: string;
  readonly model: string | null;
  readonly status: RunStatus;
  /** The stage it is in, or where it stopped. */
  readonly stage: string | null;
  readonly stagesDone: number;
  readonly stagesTotal: number;
  readonly progress: Progress | null;
  /** When a file of its last changed, ISO 8601. */
  readonly changed: string;
  readonly error: string | null;
}

/** A line, or a whole file, that cannot be read. */
export interface Fault {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
}

/** A box of the flow: what leaves a stage, and of what kinds it is. */
export interface FlowStep {
  readonly title: string;
  readonly stage: string;
  readonly count: number | null;
  readonly unit: string;
  readonly parts: readonly { readonly label: string; readonly count: number }[];
}

/** How much of a whole a file holds. */
interface Part {
  readonly held: number;
  readonly of: number;
}

export interface Overview {
  readonly run: RunSummary;
  readonly stages: readonly StageView[];
  readonly flow: readonly FlowStep[];
  readonly miner: MiningReport | null;
  /** The sets of solutions that are there: "samples", "test-samples", arms. */
  readonly sets: readonly string[];
  /** What to look at before trusting the run, as its report says. */
  readonly warnings: readonly string[];
  /** As resolved, in YAML. */
  readonly recipe: string | null;
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  readonly reviews: { readonly rejected: number; readonly flagged: number };
  /** Whose reviews came after the pairs were mined, so that they do not hold yet. */
  readonly reviewsPending: boolean;
  /** Large files are still being read: faults and counts may grow. */
  readonly indexing: boolean;
  /** Of a report: how many solutions, and hard pairs, it holds of how many. Null where all are there. */
  readonly partial: (Part & { readonly pairs: Part }) | null;
}

/** One curve: a metric of an arm in a stage, a value a step; null where a step lacks it. */
export interface Curves {
  readonly curves: readonly {
    readonly stage: string;
    readonly arm: string;
    readonly steps: readonly number[];
    readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
  }[];
}

/** A slice of the rows that a query takes. */
interface PageOf<Row> {
  /** How many there are, and how many of them the query takes. */
  readonly all: number;
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly Row[];
}

/** How far the index of a growing or large file is. */
interface Reading {
  readonly bytes: number;
  readonly of: number;
}

export interface SolutionRow {
  readonly problemId: string;
  readonly index: number;
  /** Null without a reference, or before a verdict. */
  readonly correct: boolean | null;
  readonly judged: boolean;
  readonly wrongness: number | null;
  readonly absurdity: number | null;
  readonly distance: number | null;
  readonly dimension: Dimension | null;
  readonly tokens: number;
  readonly cutOff: boolean;
  readonly mined: boolean;
  /** The first characters, on one line. */
  readonly preview: string;
}

export interface SolutionsPage extends PageOf<SolutionRow> {
  readonly reading: Reading;
}

/** The map of a query: each solution as a point, or where there are too many, counts in a square grid. */
export interface MapView {
  readonly total: number;
  /** [wrongness, absurdity, kind]: an index into `KINDS`. */
  readonly points: readonly (readonly [w: number, a: number, kind: number])[];
  /** Of each point, problem and sample. */
  readonly names: readonly (readonly [problemId: string, index: number])[];
  /** Cells along a side; 0 where points are given. */
  readonly side: number;
  /** [column, row, count of each kind]. */
  readonly cells: readonly (readonly [column: number, row: number, counts: readonly number[]])[];
  /** Of each dimension, twenty equal bins of its scores: right and wrong solutions. */
  readonly histograms: readonly {
    readonly dimension: Dimension;
    readonly right: readonly number[];
    readonly wrong: readonly number[];
  }[];
  readonly unjudged: number;
  /** What the miner takes; null before it has said. */
  readonly region: { readonly tauW: number; readonly tauA: number } | null;
  readonly reading: Reading;
}

/** A text of a model or data set, cut where it is very long. */
export interface Text {
  readonly text: string;
  readonly length: number;
}

export interface ProblemView extends Pick<Problem, "id" | "answer" | "source" | "type"> {
  readonly question: Text;
  readonly solution: Text | null;
}

export interface SolutionView {
  readonly set: string;
  readonly problem: ProblemView;
  readonly index: number;
  readonly text: Text;
  readonly tokens: number;
  readonly cutOff: boolean;
  /** Null where the sampler does not tell. */
  readonly logprob: number | null;
  readonly sampler: string;
  readonly verdict: Judgement | null;
  /** The other candidates of the problem. */
  readonly others: readonly SolutionRow[];
  /** Lines of pairs-hard.jsonl in which it is a side. */
  readonly pairs: readonly { readonly line: number; readonly side: "chosen" | "rejected" }[];
  readonly flagged: boolean;
}

export interface PairRow {
  /** 0-based, in its file. */
  readonly line: number;
  readonly problemId: string;
  readonly dimension: Dimension;
  readonly hardness: number;
  readonly weight: number;
  readonly chosenSource: string;
  readonly rejectedSource: string;
  readonly rejected: boolean;
  readonly flagged: boolean;
  readonly preview: string;
}

export interface PairsPage extends PageOf<PairRow> {
  /** Greatest weight of all, for bars. */
  readonly maxWeight: number;
}

/** Where a weight comes from: the factors of its formula, and what clipping and scaling make of them. */
export interface Factors {
  readonly wrongness: number;
  readonly absurdity: number;
  readonly closeness: number;
  /** Null in pairs that do not say. */
  readonly frequency: number | null;
  readonly distance: number | null;
  readonly overlap: number;
  readonly hardness: number;
  /** (1 + alpha W), (1 - A)^kappa, (1 + lambda closeness), (1 + mu frequency). */
  readonly factors: readonly [number, number, number, number];
  readonly clipped: number;
  /** The mean of all clipped weights, by which this one is divided. */
  readonly mean: number;
  /** False where today's verifier says other than the file: it was mined by another version, or edited. */
  readonly agrees: boolean;
  readonly options: MiningReport["options"];
}

export interface PairView {
  readonly kind: "hard" | "random";
  readonly row: PairRow;
  readonly total: number;
  readonly problem: ProblemView | null;
  readonly chosen: Text;
  readonly rejected: Text;
  /** The first characters of the rejected side's first wrong step, where it is known. */
  readonly firstError: string | null;
  readonly factors: Factors | null;
  readonly note: string | null;
}

export interface ArmsView {
  readonly arms: readonly ArmResult[];
  readonly comparisons: readonly Comparison[];
  /** The arms on other problems. */
  readonly transfer: readonly Transfer[];
  /** The first characters of the questions of the problems that changed, by id. */
  readonly questions: Readonly<Record<string, string>>;
}

/** What a person sends of a pair: the server takes its texts from the file. */
export const ReviewRequest = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("reject-pair"),
    pairs: z.enum(["hard", "random"]),
    line: z.int().min(0),
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
