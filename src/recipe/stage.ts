/** The seam between the pipeline and its stages: what a stage declares, what it is given, what it gives back. */
import type { Recipe } from "./schema.js";

/** Where a stage tells how far it is. The command line draws a bar; tests pass {@link silent}. */
export interface Progress {
  /** Begins a task of `total` units ("solutions", "steps"), of which an earlier run has done `done`. */
  start(label: string, total: number, unit: string, done?: number): Task;
  /** One line for the person at the keyboard. */
  note(line: string): void;
}

export interface Task {
  /** `done` of `total`; `detail` is a short text shown beside it, such as "loss 0.51". */
  update(done: number, detail?: string): void;
  end(): void;
}

export const silent: Progress = {
  start: () => ({ update: () => undefined, end: () => undefined }),
  note: () => undefined,
};

/** What a stage counted: tokens, records, gate counts. They go into `state.json` and the report. */
export type Figures = Readonly<Record<string, number>>;

interface StageContext {
  readonly recipe: Recipe;
  /** A path in the run folder. */
  readonly path: (...parts: string[]) => string;
  /** True: files of an earlier attempt with the very same inputs are there to go on from. */
  readonly resumed: boolean;
  /** Aborted on Ctrl-C. A stage that notices stops after its present piece of work, which is on disk. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** What each stage so far has cost and counted, in order, for the report. */
  readonly history: readonly StageRecord[];
}

export interface StageRecord {
  readonly name: string;
  /** Wall-clock seconds over all attempts. */
  readonly seconds: number;
  readonly figures: Figures;
}

export interface Stage {
  /** Unique in a run: "sample", "dpo-hard", "evaluate-sft". */
  readonly name: string;
  /** The part of the recipe that decides the result, and nothing else: any change to it runs the stage again. */
  readonly options: unknown;
  /** Folders of `src` whose code decides the result; a change to them runs the stage again. For cheap stages only. */
  readonly code: readonly string[];
  /** Files or folders read: relative to the run folder, or absolute. */
  readonly inputs: readonly string[];
  /** Files in the run folder that are read where they are there, such as a person's reviews. */
  readonly optionalInputs?: readonly string[];
  /** Files or folders written, relative to the run folder. Removed before a fresh start, kept for a resumed one. */
  readonly outputs: readonly string[];
  /** What is needed only until the stage is done, such as checkpoints: kept for a resumed start, removed at the end. */
  readonly scratch?: readonly string[];
  run(context: StageContext): Promise<Figures>;
}
