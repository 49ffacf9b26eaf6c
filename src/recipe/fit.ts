/** The two trainings from records to an adapter folder, as the stages and the command line both run them. */
import type { Pair, Problem } from "../data/records.js";
import { NearmissError } from "../errors.js";
import type { Adapter } from "../model/adapter.js";
import { isQuantized } from "../model/frozen.js";
import { planSteps } from "../training/batches.js";
import { trainDpo } from "../training/dpo.js";
import { type Example, encodePairs, encodeSft, rowTokens, type SftText } from "../training/examples.js";
import type { TrainingResult, TrainingRun } from "../training/loop.js";
import type { DpoOptions, SftOptions } from "../training/options.js";
import { trainSft } from "../training/sft.js";
import { Bars } from "./bars.js";
import { type Memory, packedBytes, recomputes } from "./memory.js";
import type { OpenModel, OpenTokenizer } from "./model.js";
import type { PromptTemplate } from "./schema.js";
import type { Figures, Progress } from "./stage.js";

interface Fit {
  readonly model: OpenModel;
  /** Where training begins; changed in place. */
  readonly adapter: Adapter;
  /** Names the run in metrics.jsonl. */
  readonly arm: string;
  readonly files: {
    /** The adapter folder to write. */
    readonly adapter: string;
    readonly checkpoints: string;
    readonly metrics: string;
    /** Reference log-probabilities (DPO); arms on the same pairs can share them. */
    readonly reference: string;
  };
  readonly memory: Memory;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface SftFit extends Fit {
  readonly texts: readonly SftText[];
  readonly options: SftOptions;
}

/** Trains on prompts with their completions and writes the adapter. */
export async function fitSft(fit: SftFit): Promise<Figures> {
  const { model, texts, options, progress } = fit;
  const { examples, dropped } = encodeSft(texts, model.encoder, options);
  if (dropped.length > 0) progress.note(`  left out ${dropped.length} solutions longer than maxLength`);
  const figures = { examples: examples.length, dropped: dropped.length };
  return train(fit, largestBatch(examples, options), figures, (shared) =>
    trainSft({ ...shared, options, examples }),
  );
}

/**
 * What SFT learns from: the worked solutions, each after the prompt that its question becomes.
 * @throws NearmissError where there are none
 */
export function sftTexts(
  tokenizer: OpenTokenizer,
  problems: readonly Problem[],
  prompt: PromptTemplate,
  progress: Progress,
): SftText[] {
  const texts = problems.flatMap(({ id, question, solution }) =>
    solution === undefined ? [] : [{ id, prompt: tokenizer.prompt(prompt, question), completion: solution }],
  );
  if (texts.length === 0) {
    throw new NearmissError(
      "No training problem has a worked solution, which SFT needs. Choose data with solutions, or leave SFT out (`sft: null` in a recipe).",
    );
  }
  const without = problems.length - texts.length;
  if (without > 0)
    progress.note(`  left out ${without} of ${problems.length} problems, which have no worked solution`);
  return texts;
}

/** The chosen sides of pairs, as SFT learns them. */
export const chosenTexts = (pairs: readonly Pair[]): SftText[] =>
  pairs.map(({ problemId, prompt, chosen }) => ({ id: problemId, prompt, completion: chosen }));

export interface DpoFit extends Fit {
  readonly pairs: readonly Pair[];
  readonly weighted: boolean;
  readonly options: DpoOptions;
}

/** Trains on preference pairs and writes the adapter. The reference is the model with the adapter as given. */
export async function fitDpo(fit: DpoFit): Promise<Figures> {
  const { model, weighted, options, files, progress } = fit;
  const { examples: pairs, dropped } = encodePairs(fit.pairs, model.encoder, options);
  if (dropped.length > 0) progress.note(`  left out ${dropped.length} pairs longer than maxLength`);
  const uncut = fit.pairs.filter(({ firstError }) => firstError === null).length;
  if (options.rejectedPart !== "whole" && uncut > 0) {
    progress.note(
      `  ${uncut} of ${fit.pairs.length} rejected solutions are taken whole: their first wrong step is not known`,
    );
  }
  const figures = { pairs: pairs.length, dropped: dropped.length };
  const referenceFolder = files.reference;
  return train(fit, largestBatch(pairs, options), figures, (shared) =>
    trainDpo({ ...shared, options, pairs, weighted, referenceFolder }),
  );
}

/** Which of two lists' lines fit `maxLength` in both: arms that differ in pairs keep the same problems and steps. */
export function fitting(
  { encoder }: OpenTokenizer,
  options: DpoOptions,
  ...lists: readonly (readonly Pair[])[]
): Set<number> {
  const lengths = lists.map((list) => list.map((pair) => encodePairs([pair], encoder, options).dropped));
  const lines = lists[0]?.map((_, i) => i) ?? [];
  return new Set(lines.filter((i) => lengths.every((dropped) => dropped[i]?.length === 0)));
}

/** Tokens of the micro-batch that needs the most memory. */
function largestBatch(examples: readonly Example[], options: SftOptions | DpoOptions): number {
  const lengths = examples.map(({ row }) => rowTokens(row));
  const batches = planSteps(lengths, options).flatMap(({ microBatches }) => microBatches);
  const tokens = batches.map((batch) => batch.reduce((sum, index) => sum + (lengths[index] ?? 0), 0));
  return tokens.reduce((a, b) => Math.max(a, b), 0);
}

/** Runs a training with what both kinds are given, draws its progress, and writes the adapter. */
async function train(
  { model, adapter, arm, files, memory, progress, signal }: Fit,
  batchTokens: number,
  figures: Figures,
  run: (shared: Shared) => Promise<TrainingResult>,
): Promise<Figures> {
  // An 8-bit base is packed when training begins.
  const free = process.availableMemory() - (isQuantized(model.weights) ? packedBytes(model.config) : 0);
  const recompute = recomputes(memory, model.config, batchTokens, free);
  if (recompute && memory === "auto") {
    progress.note("  memory is short: activations are computed a second time, which is slower");
  }
  const trained = model.trainable(adapter, recompute);
  const bars = new Bars(progress);
  const shared: Shared = {
    model: trained.decoder,
    identity: model.identity,
    arm,
    folder: files.checkpoints,
    metricsFile: files.metrics,
    signal,
    onProgress: (report) => bars.show(report),
    onNotice: (message) => progress.note(`  ${message}`),
  };
  try {
    const { steps, tokens } = await run(shared);
    await trained.save(files.adapter);
    return { ...figures, steps, tokens };
  } finally {
    bars.end();
    await trained.decoder.release();
  }
}

/** Everything but the data and its options. */
type Shared = Required<Omit<TrainingRun<SftOptions>, "options">>;
