/**
 * What SFT and DPO share around their step: where to resume, the update (check, clip, schedule, AdamW), metrics,
 * checkpoints, progress and stopping. The loop itself stands in sft.ts and dpo.ts.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { hashOf, writeFileAtomic } from "../data/folder.js";
import { type JsonlAppender, openAppender } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import type { TrainableModel } from "../model/types.js";
import type { Step } from "./batches.js";
import { type Fingerprint, resumeCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { type Example, rowTokens } from "./examples.js";
import { openMetrics } from "./metrics.js";
import { AdamW, clip, globalNorm, type Tensors } from "./optimizer.js";
import type { SharedOptions } from "./options.js";
import { learningRateAt } from "./schedule.js";

/** What every recipe is given. */
export interface TrainingRun<Options extends SharedOptions> {
  /** As it is before the first step, when resuming too: the checkpoint is loaded over it. */
  readonly model: TrainableModel;
  /** Names the frozen weights (a Hub name with its revision, or a hash): a checkpoint belongs to them. */
  readonly identity: string;
  /** The arm of the experiment, for metrics.jsonl. */
  readonly arm: string;
  readonly options: Options;
  /** For checkpoints and caches of this stage alone; made if it is not there. */
  readonly folder: string;
  /** By default metrics.jsonl in `folder`; a run of several arms gives them all the same. */
  readonly metricsFile?: string;
  /** Aborting stops at the next micro-batch, leaves a checkpoint, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told in one sentence what a person should know of, such as a damaged checkpoint that was passed over. */
  readonly onNotice?: (message: string) => void;
}

export interface Progress {
  readonly arm: string;
  readonly stage: string;
  /** "reference": log-probabilities before the first step; its steps are micro-batches. */
  readonly phase: "reference" | "train";
  /** Done, out of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Of the last step; absent in the reference phase. */
  readonly loss?: number;
  /** Real tokens a second (a prompt counts once for its completions) since this phase began in this process. */
  readonly tokensPerSecond: number;
}

export interface TrainingResult {
  readonly steps: number;
  /** Steps that an earlier process had done. */
  readonly resumedFrom: number;
  /** Tokens of all steps, a prompt counted once for its completions. */
  readonly tokens: number;
}

/** Options that change no more than rounding, or nothing: a run may be resumed with others. */
const FREE_OPTIONS: readonly string[] = ["checkpointEvery", "microBatchTokens"];

/** One stage of one arm between its first step (or the checkpoint it resumes from) and its last. */
export class Session {
  private done: number;
  private saved: number;
  private tokens = 0;
  private readonly tokenMeter = meter();

  private constructor(
    private readonly run: TrainingRun<SharedOptions>,
    private readonly stage: string,
    private readonly examples: readonly Example[],
    private readonly plan: readonly Step[],
    private readonly fingerprint: Fingerprint,
    private readonly optimizer: AdamW,
    private metrics: JsonlAppender,
    private readonly resumedFrom: number,
  ) {
    this.done = resumedFrom;
    this.saved = resumedFrom;
    for (const step of plan.slice(0, resumedFrom)) this.tokens += this.tokensOf(step.examples);
  }

  /** Loads the newest checkpoint into the model, if there is one, and opens the metrics file after its step. */
  static async open(
    run: TrainingRun<SharedOptions>,
    stage: string,
    examples: readonly Example[],
    plan: readonly Step[],
    extra: Fingerprint = {},
  ): Promise<Session> {
    const { model, options, folder, arm } = run;
    if (examples.length === 0) {
      throw new NearmissError(
        `There is nothing to train on (${stage}, arm ${arm}). Were all examples over-long (maxLength is ${options.maxLength}), or none made?`,
      );
    }
    const fingerprint = { ...fingerprintOf(run, stage, examples), ...extra };
    const optimizer = new AdamW(model.parameters, { weightDecay: options.weightDecay });
    const resumed = await resumeCheckpoint(folder, fingerprint, { parameters: model.parameters, optimizer });
    for (const message of resumed.damaged) {
      run.onNotice?.(`Passed over a damaged checkpoint and went on from step ${resumed.step}. ${message}`);
    }
    const metrics = await openMetrics(metricsPath(run), arm, stage, resumed.step);
    return new Session(run, stage, examples, plan, fingerprint, optimizer, metrics, resumed.step);
  }

  /** The steps that are left, gradients zeroed before each; a last checkpoint after them. */
  async *steps(): AsyncGenerator<Step> {
    try {
      for (const step of this.plan.slice(this.done)) {
        for (const gradient of this.run.model.gradients.values()) gradient.fill(0);
        yield step;
      }
      await this.save();
    } finally {
      this.metrics.close();
    }
  }

  /** The step's micro-batches as example indices; between two of them the run can be stopped. */
  async *microBatches(step: Step): AsyncGenerator<readonly number[]> {
    for (const batch of step.microBatches) {
      if (this.run.signal?.aborted === true) {
        await this.save();
        this.run.signal.throwIfAborted();
      }
      yield batch;
    }
  }

  /** Updates the parameters from the step's gradients and records the step. `metrics.loss` is the step's loss. */
  async update(
    step: Step,
    metrics: { readonly loss: number; readonly [name: string]: number },
  ): Promise<void> {
    const { model, options, arm, onProgress } = this.run;
    const norm = globalNorm(model.gradients);
    if (!Number.isFinite(metrics.loss) || !Number.isFinite(norm))
      throw await this.notFinite(step, metrics.loss, norm);
    clip(model.gradients, norm, options.maxGradNorm);
    const learningRate = learningRateAt(step.index, this.plan.length, options);
    this.optimizer.step(model.gradients, learningRate);

    this.done = step.index + 1;
    const tokens = this.tokensOf(step.examples);
    this.tokens += tokens;
    this.metrics.append({
      arm,
      stage: this.stage,
      step: this.done,
      ...metrics,
      grad_norm: norm,
      learning_rate: learningRate,
      epoch: step.epoch,
      num_tokens: this.tokens,
    });
    if (this.done % options.checkpointEvery === 0) await this.save();
    onProgress?.({
      arm,
      stage: this.stage,
      phase: "train",
      step: this.done,
      steps: this.plan.length,
      loss: metrics.loss,
      tokensPerSecond: this.tokenMeter(tokens),
    });
  }

  result(): TrainingResult {
    return { steps: this.done, resumedFrom: this.resumedFrom, tokens: this.tokens };
  }

  private async save(): Promise<void> {
    if (this.saved === this.done) return;
    // Closing flushes the lines to the disk: a checkpoint never outlives the metrics that lead up to it.
    const written = this.metrics;
    this.metrics = openAppender(metricsPath(this.run));
    written.close();
    const state = { parameters: this.run.model.parameters, optimizer: this.optimizer };
    await saveCheckpoint(this.run.folder, this.done, this.fingerprint, state);
    this.saved = this.done;
  }

  private async notFinite(step: Step, loss: number, gradNorm: number): Promise<NearmissError> {
    const path = join(this.run.folder, `not-finite-step-${step.index + 1}.json`);
    const ids = step.examples.map((index) => this.examples[index]?.id);
    const record = { step: step.index + 1, loss: String(loss), gradNorm: String(gradNorm), ids };
    await writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
    return new NearmissError(
      `${this.stage} of ${this.run.arm} stopped at step ${step.index + 1}: the loss is ${loss}, the gradient's norm ` +
        `${gradNorm}. The parameters were not changed by this step; its examples are listed in ${path}. ` +
        "Try a lower learningRate or a higher warmupRatio; if step 1 fails, look at those examples and at the weights.",
    );
  }

  private tokensOf(indices: readonly number[]): number {
    return pick(this.examples, indices).reduce((sum, { row }) => sum + rowTokens(row), 0);
  }
}

/** The items at the indices, which must be in range. */
export function pick<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.map((index) => {
    if (index < 0 || index >= items.length) throw new RangeError(`index ${index} of ${items.length} items`);
    return items[index] as T;
  });
}

/** A function that is told of tokens done and says how many there were a second since its making. */
export function meter(): (tokens: number) => number {
  const start = performance.now();
  let total = 0;
  return (tokens) => {
    total += tokens;
    return (1000 * total) / Math.max(1, performance.now() - start);
  };
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

function metricsPath(run: TrainingRun<SharedOptions>): string {
  return run.metricsFile ?? join(run.folder, "metrics.jsonl");
}

function fingerprintOf(
  run: TrainingRun<SharedOptions>,
  stage: string,
  examples: readonly Example[],
): Fingerprint {
  const options = Object.entries(run.options).filter(
    ([name, value]) => !FREE_OPTIONS.includes(name) && value !== undefined,
  );
  return {
    stage,
    arm: run.arm,
    identity: run.identity,
    examples: hashOf(examples),
    "parameters before the first step": hashTensors(run.model.parameters),
    ...Object.fromEntries(options.map(([name, value]) => [`options.${name}`, value])),
  };
}
