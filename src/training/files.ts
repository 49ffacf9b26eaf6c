/** A training kept in files: checkpoints, metrics, and the ids of a step that failed. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { hashOf, writeFileAtomic } from "../data/folder.js";
import { type JsonlAppender, openAppender } from "../data/jsonl.js";
import { type Fingerprint, resumeCheckpoint, saveCheckpoint } from "./checkpoint.js";
import type { Example } from "./examples.js";
import type { TrainingRun } from "./loop.js";
import { openMetrics } from "./metrics.js";
import type { Tensors } from "./optimizer.js";
import type { SharedOptions } from "./options.js";
import type { NotFinite, StepRecord, Store, TrainingState } from "./store.js";

/** Options that change no more than rounding, or nothing: a run may be resumed with others. */
const FREE_OPTIONS: readonly string[] = ["checkpointEvery", "microBatchTokens"];

/** The files of one stage of one arm: checkpoints in the run's folder, metrics where the run says. */
export class FileStore implements Store {
  private fingerprint: Fingerprint = {};
  private metrics: JsonlAppender | undefined;
  private readonly metricsFile: string;

  /** @param extra what the run is besides its options and examples */
  constructor(
    private readonly run: TrainingRun<SharedOptions>,
    private readonly stage: string,
    private readonly examples: readonly Example[],
    private readonly extra: Fingerprint = {},
  ) {
    this.metricsFile = run.metricsFile ?? join(run.folder, "metrics.jsonl");
  }

  /** @throws NearmissError when the folder holds a checkpoint of another run, or none that is whole. */
  async resume(state: TrainingState): Promise<number> {
    const { run, stage } = this;
    // Before the state is restored: the parameters are part of what the run is.
    this.fingerprint = { ...fingerprintOf(run, stage, this.examples, state.parameters), ...this.extra };
    const { step, damaged } = await resumeCheckpoint(run.folder, this.fingerprint, state);
    for (const message of damaged) {
      run.onNotice?.(`Passed over a damaged checkpoint and went on from step ${step}. ${message}`);
    }
    this.metrics = await openMetrics(this.metricsFile, run.arm, stage, step);
    return step;
  }

  async save(step: number, state: TrainingState): Promise<void> {
    // Closing flushes the lines to the disk: a checkpoint never outlives the metrics that lead up to it.
    const written = this.metrics;
    this.metrics = openAppender(this.metricsFile);
    written?.close();
    await saveCheckpoint(this.run.folder, step, this.fingerprint, state);
  }

  record(record: StepRecord): void {
    this.metrics?.append(record);
  }

  /** Beside the metrics, where it outlives the checkpoints. */
  async notFinite(record: NotFinite): Promise<string> {
    const name = `not-finite-${record.arm}-${record.stage}-${record.step}.json`;
    const path = join(dirname(this.metricsFile), name);
    await writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
    return `listed in ${path}`;
  }

  close(): void {
    this.metrics?.close();
  }
}

/** SHA-256, in hex, of names and float bits. */
export function hashTensors(tensors: Tensors): string {
  const hash = createHash("sha256");
  for (const [name, values] of tensors) {
    hash.update(`${name}:${values.length}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

function fingerprintOf(
  run: TrainingRun<SharedOptions>,
  stage: string,
  examples: readonly Example[],
  parameters: Tensors,
): Fingerprint {
  const options = Object.entries(run.options).filter(
    ([name, value]) => !FREE_OPTIONS.includes(name) && value !== undefined,
  );
  return {
    stage,
    arm: run.arm,
    identity: run.identity,
    examples: hashOf(examples),
    "parameters before the first step": hashTensors(parameters),
    ...Object.fromEntries(options.map(([name, value]) => [`options.${name}`, value])),
  };
}
