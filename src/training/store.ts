/** Where a training keeps what it must not lose, so that the loop itself runs anywhere: on a disk see files.ts. */
import type { AdamW, Tensors } from "./optimizer.js";

/** What is kept of a training between steps, and restored in place. */
export interface TrainingState {
  readonly parameters: Tensors;
  readonly optimizer: AdamW;
}

/** A step's metrics. No times in it: a resumed run leaves the same records as an uninterrupted one. */
export interface StepRecord {
  readonly arm: string;
  readonly stage: string;
  /** 1-based. */
  readonly step: number;
  readonly [metric: string]: string | number;
}

/** A step whose loss or gradient is not finite, with the ids of its examples; such numbers as text, for JSON has none. */
export interface NotFinite {
  readonly arm: string;
  readonly stage: string;
  /** 1-based. */
  readonly step: number;
  readonly loss: string;
  readonly gradNorm: string;
  readonly learningRate: number;
  readonly ids: readonly string[];
}

export interface Store {
  /** Restores the newest state, where there is one, and returns its steps (or 0). Records go on after them. */
  resume(state: TrainingState): Promise<number>;
  /** Keeps a state of `step` steps, and no less safely the records that lead up to it. */
  save(step: number, state: TrainingState): Promise<void>;
  record(record: StepRecord): void;
  /** Returns in a few words where the record is to be found. */
  notFinite(record: NotFinite): Promise<string>;
  close(): void;
}

/** One micro-batch of reference log-probabilities: `logps[k]` is [chosen, rejected] of example `examples[k]`. */
interface ReferenceBatch {
  readonly examples: readonly number[];
  readonly logps: readonly (readonly [number, number])[];
}

export interface ReferenceStore {
  /** What was added before, in whatever process. */
  read(): AsyncIterable<ReferenceBatch>;
  add(batch: ReferenceBatch): void;
  close(): void;
}

/** Keeps nothing and hands the records on: a training that begins anew whenever it is started. */
export function passing(onRecord: (record: StepRecord) => void): Store {
  return {
    resume: async () => 0,
    save: async () => undefined,
    record: onRecord,
    notFinite: async ({ ids }) => `${ids.length} in all`,
    close: () => undefined,
  };
}
