/**
 * Walks the stages of a run: skips those whose inputs have not changed, resumes the one that was cut off, runs the rest.
 * Every file is written so that a kill at any moment leaves a folder the next run can go on from.
 */
import { existsSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ensureFolder } from "../data/folder.js";
import { lockFolder } from "../data/lock.js";
import { type RunState, readState, type StageState, writeState } from "../data/state.js";
import { stageKey } from "./fingerprint.js";
import { claimFolder } from "./identity.js";
import type { Recipe } from "./schema.js";
import type { Figures, Progress, Stage, StageRecord } from "./stage.js";

/** How often the seconds spent so far are saved: what a SIGKILL may take off the record, and nothing else. */
const HEARTBEAT_MILLISECONDS = 5000;

export interface RunOptions {
  readonly recipe: Recipe;
  readonly stages: readonly Stage[];
  /** The run folder. */
  readonly out: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Go on in a folder of another recipe, running again only what that changes. */
  readonly force?: boolean;
}

export interface StageOutcome extends StageRecord {
  readonly outcome: "ran" | "resumed" | "skipped";
}

/** The run was stopped from outside; what is done is on disk. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(readonly stage: string) {
    super(`stopped in stage ${stage}`);
  }
}

/**
 * Runs a recipe's stages in a folder.
 * @throws Interrupted when `signal` is aborted; NearmissError when the folder is another recipe's or in use, or a stage
 * fails. In each case the next call goes on where this one stopped.
 */
export async function runPipeline(options: RunOptions): Promise<StageOutcome[]> {
  const { out, stages, recipe } = options;
  await ensureFolder(out);
  const unlock = lockFolder(out);
  process.once("exit", unlock);
  try {
    await claimFolder(out, recipe, options.force ?? false);
    const state = { plan: stages.map(({ name }) => name), stages: (await readState(out)).stages };
    writeState(out, state);
    const outcomes: StageOutcome[] = [];
    for (const [position, stage] of stages.entries()) {
      const title = `[${position + 1}/${stages.length}] ${stage.name}`;
      outcomes.push(await walk(stage, title, options, state, outcomes));
    }
    return outcomes;
  } finally {
    process.removeListener("exit", unlock);
    unlock();
  }
}

async function walk(
  stage: Stage,
  title: string,
  { recipe, out, progress, signal }: RunOptions,
  state: RunState,
  history: readonly StageRecord[],
): Promise<StageOutcome> {
  const path = (...parts: string[]) => join(out, ...parts);
  const key = await stageKey(stage, (file) => (isAbsolute(file) ? file : path(file)));
  const known = state.stages.get(stage.name);
  const same = known?.key === key;
  if (same && known.status === "done" && stage.outputs.every((file) => existsSync(path(file)))) {
    progress.note(`${title}: unchanged`);
    return { name: stage.name, outcome: "skipped", seconds: known.seconds, figures: known.figures };
  }
  if (signal.aborted) throw new Interrupted(stage.name);

  const resumed = same && known.status === "running";
  const scratch = stage.scratch ?? [];
  const remove = (files: readonly string[]) => {
    for (const file of files) rmSync(path(file), { recursive: true, force: true });
  };
  if (!resumed) remove([...stage.outputs, ...scratch]);
  progress.note(`${title}${resumed ? ": going on where it stopped" : ""}`);
  let memory = resumed ? (known.memory ?? 0) : 0;
  const before = resumed ? known.seconds : 0;
  const begun = performance.now();
  const seconds = () => before + (performance.now() - begun) / 1000;
  const record = (status: StageState["status"], figures: Figures, error?: string) => {
    memory = Math.max(memory, process.memoryUsage.rss());
    const failure = error === undefined ? {} : { error };
    state.stages.set(stage.name, { key, status, seconds: seconds(), figures, memory, ...failure });
    writeState(out, state);
  };
  record("running", {});
  const heartbeat = setInterval(() => keep(() => record("running", {})), HEARTBEAT_MILLISECONDS);
  try {
    const figures = await stage.run({ recipe, path, resumed, signal, progress, history });
    if (signal.aborted) throw new Interrupted(stage.name);
    clearInterval(heartbeat);
    record("done", figures);
    remove(scratch);
    return { name: stage.name, outcome: resumed ? "resumed" : "ran", seconds: seconds(), figures };
  } catch (error) {
    if (!signal.aborted) keep(() => record("running", {}, messageOf(error)));
    throw signal.aborted ? new Interrupted(stage.name) : error;
  } finally {
    clearInterval(heartbeat);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Best effort: a full disk stops the stage at its own next write, with a better message than ours. */
function keep(write: () => void): void {
  try {
    write();
  } catch {}
}
