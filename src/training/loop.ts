/**
 * What SFT and DPO share around their step: where to resume, the update (check, clip, schedule, AdamW), metrics,
 * checkpoints, progress and stopping. The loop itself stands in sft-loop.ts and dpo-loop.ts. No `node:` import: it runs
 * in a browser tab as well, with another store than files.
 */
import { NearmissError } from "../errors.js";
import type { TrainableModel } from "../model/types.js";
import type { Step } from "./batches.js";
import { type Example, rowTokens } from "./examples.js";
import { AdamW, clip, globalNorm } from "./optimizer.js";
import type { SharedOptions } from "./options.js";
import { learningRateAt } from "./schedule.js";
import type { Store } from "./store.js";

/** What every loop is given. */
export interface LoopRun<Options extends SharedOptions> {
  /** As it is before the first step, when resuming too: the checkpoint is loaded over it. */
  readonly model: TrainableModel;
  /** The arm of the experiment, for metrics.jsonl. */
  readonly arm: string;
  readonly options: Options;
  /** Aborting stops at the next micro-batch, leaves a checkpoint, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A loop whose run is kept in files. */
export interface TrainingRun<Options extends SharedOptions> extends LoopRun<Options> {
  /** Names the frozen weights (a Hub name with its revision, or a hash): a checkpoint belongs to them. */
  readonly identity: string;
  /** For checkpoints and caches of this stage alone; made if it is not there. */
  readonly folder: string;
  /** By default metrics.jsonl in `folder`; a run of several arms gives them all the same. */
  readonly metricsFile?: string;
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

/** Ids that an error lists; the rest are in the record. */
const LISTED_IDS = 8;

/** One stage of one arm between its first step (or the checkpoint it resumes from) and its last. */
export class Session {
  private done: number;
  private saved: number;
  private tokens = 0;
  private readonly tokenMeter = meter();

  private constructor(
    private readonly run: LoopRun<SharedOptions>,
    private readonly stage: string,
    private readonly examples: readonly Example[],
    private readonly plan: readonly Step[],
    private readonly store: Store,
    private readonly optimizer: AdamW,
    private readonly resumedFrom: number,
  ) {
    this.done = resumedFrom;
    this.saved = resumedFrom;
    for (const step of plan.slice(0, resumedFrom)) this.tokens += this.tokensOf(step.examples);
  }

  /** Loads what the store has into the model, if there is anything, and goes on after its step. */
  static async open(
    run: LoopRun<SharedOptions>,
    stage: string,
    examples: readonly Example[],
    plan: readonly Step[],
    store: Store,
  ): Promise<Session> {
    const { model, options, arm } = run;
    if (examples.length === 0) {
      throw new NearmissError(
        `There is nothing to train on (${stage}, arm ${arm}). Were all examples over-long (maxLength is ${options.maxLength}), or none made?`,
      );
    }
    const optimizer = new AdamW(model.parameters, { weightDecay: options.weightDecay });
    const done = await store.resume({ parameters: model.parameters, optimizer });
    return new Session(run, stage, examples, plan, store, optimizer, done);
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
      this.store.close();
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
    this.store.record({
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
    await this.store.save(this.done, { parameters: this.run.model.parameters, optimizer: this.optimizer });
    this.saved = this.done;
  }

  private async notFinite(step: Step, loss: number, gradNorm: number): Promise<NearmissError> {
    const { stage, saved } = this;
    const { arm, options } = this.run;
    const number = step.index + 1;
    const ids = pick(this.examples, step.examples).map(({ id }) => id);
    const { learningRate, maxGradNorm } = options;
    const record = { arm, stage, step: number, loss: `${loss}`, gradNorm: `${gradNorm}`, learningRate, ids };
    const where = await this.store.notFinite(record);
    const others = ids.length - LISTED_IDS;
    const listed = ids.slice(0, LISTED_IDS).join(", ") + (others > 0 ? ` and ${others} more` : "");
    return new NearmissError(
      `${stage} of ${arm} stopped at step ${number}: the loss is ${loss}, the gradient's norm ${gradNorm}. ` +
        `The step's examples are ${listed} (${where}). It has not changed the parameters; the same run goes on from ` +
        `step ${saved}.\nTry a lower learningRate (it is ${learningRate}), a lower maxGradNorm, which clips gradients ` +
        `(it is ${maxGradNorm}), or a higher warmupRatio, and look at those examples; if step 1 fails, look at the weights.`,
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
