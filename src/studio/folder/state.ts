/** `state.json` and the recipe of a run folder, read so that nothing in them can stop the page. */
import { readFileSync, statSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { isLocked } from "../../data/lock.js";
import { RunStateFile, STATE_FILE, type StageState } from "../../data/state.js";
import type { Plan } from "../progress.js";
import type { Fault, RunStatus } from "../schema.js";

export interface RunStateView {
  readonly status: RunStatus;
  /** Names of all stages, in order. */
  readonly plan: readonly string[];
  readonly stages: ReadonlyMap<string, StageState>;
  /** The stage it is in, or where it stopped. */
  readonly current: string | null;
  readonly error: string | null;
  readonly fault: Fault | null;
  /** Milliseconds since the state was written: what a stage's seconds lack. */
  readonly age: number;
}

type Find = (name: string) => string | null;

export function stateView(folder: string, find: Find): RunStateView {
  const none = {
    plan: [],
    stages: new Map<string, StageState>(),
    current: null,
    error: null,
    fault: null,
    age: 0,
  };
  const path = find(STATE_FILE);
  const locked = isLocked(folder);
  if (path === null) return { ...none, status: locked ? "running" : "new" };
  let file: RunStateFile;
  try {
    file = RunStateFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    const reason =
      "cannot be read: it was cut off, or another version of Nearmiss wrote it. Remove it and start the same nearmiss run again: the run begins anew.";
    return {
      ...none,
      status: "broken",
      error: `${STATE_FILE} ${reason}`,
      fault: { file: STATE_FILE, line: null, reason },
    };
  }
  const stages = new Map(Object.entries(file.stages));
  // A folder of an earlier version names no plan.
  const plan = file.plan.length > 0 ? file.plan : [...stages.keys()];
  const open = plan.find((name) => stages.get(name)?.status !== "done") ?? null;
  const error = open === null ? null : (stages.get(open)?.error ?? null);
  const idle = error !== null ? "failed" : stages.size === 0 ? "new" : "stopped";
  return {
    plan,
    stages,
    current: open,
    error,
    fault: null,
    age: Date.now() - statSync(path).mtimeMs,
    status: locked ? "running" : open === null ? "done" : idle,
  };
}

const Training = z.object({ epochs: z.number().catch(1), maxSteps: z.number().nullable().catch(null) });
const NO_TRAINING = { epochs: 1, maxSteps: null };
/** The recipe's default, for a file that names none. */
const BETA = 0.1;
const RecipeFile = z.object({
  name: z.string().nullable().catch(null),
  model: z.string().nullable().catch(null),
  sample: z.object({ n: z.number().nullable().catch(null) }).catch({ n: null }),
  eval: z.object({ nearMissSamples: z.number().nullable().catch(null) }).catch({ nearMissSamples: null }),
  sft: Training.catch(NO_TRAINING),
  dpo: Training.extend({ beta: z.number().positive().catch(BETA) }).catch({ ...NO_TRAINING, beta: BETA }),
});

export interface RecipeView {
  readonly name: string | null;
  /** The last part of a folder's path, or the Hub name. */
  readonly model: string | null;
  readonly plan: Plan;
  /** Of the DPO loss. */
  readonly beta: number;
}

/** What the page wants of `recipe.yaml`; nulls where it is missing or not understood. */
export function recipeView(text: string | null): RecipeView {
  let value: unknown = {};
  try {
    value = parse(text ?? "") ?? {};
  } catch {}
  const {
    name,
    model,
    sample,
    eval: evaluation,
    sft,
    dpo,
  } = RecipeFile.catch(RecipeFile.parse({})).parse(value);
  const folder = model !== null && /^[./~]/.test(model);
  return {
    name,
    model: folder ? (model.split("/").filter(Boolean).at(-1) ?? model) : model,
    plan: { sampleN: sample.n, nearMissSamples: evaluation.nearMissSamples, sft, dpo },
    beta: dpo.beta,
  };
}
