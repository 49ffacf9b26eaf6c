/** How far the stages of a run are, from what their files hold. Pure. */
import type { Progress } from "./schema.js";

/** What the files of a running stage say of it. */
export interface Work {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly tokens: number | null;
  /** Wall-clock seconds of the stage so far. */
  readonly seconds: number;
}

export function progressOf({ done, total, unit, tokens, seconds }: Work): Progress {
  const rate = seconds > 0 ? done / seconds : 0;
  const left = total === null || rate === 0 ? null : Math.max(0, total - done) / rate;
  return {
    done,
    total,
    unit,
    tokensPerSecond: tokens === null || seconds <= 0 ? null : tokens / seconds,
    secondsLeft: left,
  };
}

/** What a recipe says of a stage's size: read loosely, for the recipe may be of another version. */
export interface Plan {
  readonly sampleN: number | null;
  readonly nearMissSamples: number | null;
  readonly sft: TrainingPlan;
  readonly dpo: TrainingPlan;
}

export interface TrainingPlan {
  readonly epochs: number;
  readonly maxSteps: number | null;
}

/** Steps in all, from the last step and the share of an epoch that it reached. */
export function stepsInAll({ epochs, maxSteps }: TrainingPlan, step: number, epoch: number): number | null {
  if (maxSteps !== null) return maxSteps;
  return epoch > 0 ? Math.max(step, Math.round((step * epochs) / epoch)) : null;
}
