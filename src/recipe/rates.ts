/** How fast a recipe's own model runs here, on its own problems: a minute's measurement before hours of work. */
import { readProblems } from "../data/readers/index.js";
import type { Problem } from "../data/records.js";
import type { DecodeModel, Row } from "../model/types.js";
import { random } from "../random.js";
import { generate } from "../sampling/generate.js";
import { rowTokens } from "../training/examples.js";
import { verify } from "../verifier/index.js";
import type { Rates, Sizes } from "./estimate.js";
import type { ModelSource, OpenModel } from "./model.js";
import type { Recipe } from "./schema.js";
import type { Progress } from "./stage.js";

/** Sampling is watched so long; a model of billions of parameters may finish nothing by then. */
const SAMPLING_MILLISECONDS = 30_000;
/** Problems whose lengths are taken for those of all. */
const LOOKED_AT = 256;

export interface Measurement {
  readonly rates: Rates;
  readonly sizes: Sizes;
  /** Most resident memory of this process, in GiB: training and sampling have been in it. */
  readonly peakGiB: number;
}

/**
 * Opens the model, reads the problems, trains one micro-batch (nothing is kept) and samples for half a minute.
 * @throws NearmissError as the stages would, for a model or problems that cannot be read
 */
export async function measureRates(
  recipe: Recipe,
  source: ModelSource,
  progress: Progress,
): Promise<Measurement> {
  const { problems: sources } = recipe;
  const train = await readProblems(sources.train);
  const test = await readProblems(sources.test);
  let transfer = 0;
  for (const each of Object.values(sources.transfer)) transfer += (await readProblems(each)).length;
  const model = await source.open(progress);
  const some = train.slice(0, LOOKED_AT);
  const rows = some.map((problem) => rowOf(problem, recipe, model));
  const solved = some.flatMap(({ solution }) => (solution === undefined ? [] : [solution]));
  const training = await trainingRates(recipe, model, rows);
  const sampling = await samplingRate(recipe, model, rows);
  return {
    rates: { ...training, sample: sampling.rate, verify: verifierRate(some) },
    sizes: {
      train: train.length,
      test: test.length,
      transfer,
      prompt: mean(rows.map(({ prompt }) => prompt.length)),
      solution: mean(solved.map((text) => model.tokenizer.encode(text).length + 1)),
      sampled: sampling.length,
    },
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
  };
}

/** A pair of the worked solution with itself, or of the question where there is none: only lengths matter here. */
function rowOf({ question, solution = question }: Problem, { prompt }: Recipe, model: OpenModel): Row {
  const completion = [...model.tokenizer.encode(solution), model.tokenizer.endId];
  return { prompt: model.promptIds(prompt, question), completions: [completion, completion] };
}

async function trainingRates(
  { lora, adapter, seed, dpo }: Recipe,
  model: OpenModel,
  rows: readonly Row[],
): Promise<Pick<Rates, "train" | "score">> {
  const batch: Row[] = [];
  let tokens = 0;
  for (const row of rows.slice(0, dpo.batchSize)) {
    if (batch.length > 0 && tokens + rowTokens(row) > dpo.microBatchTokens) break;
    batch.push(row);
    tokens += rowTokens(row);
  }
  const { decoder } = model.trainable(await model.adapter(adapter ?? lora, seed));
  try {
    const backward = () => decoder.backward(batch, (logps) => logps.map((row) => row.map(() => 0)));
    await backward();
    return {
      train: tokens / (await secondsOf(backward)),
      score: tokens / (await secondsOf(() => decoder.logps(batch))),
    };
  } finally {
    await decoder.release();
  }
}

/** New tokens a second, and how long a completion is: tokens over completions that ended, with those that were cut off. */
async function samplingRate({ sample }: Recipe, model: OpenModel, rows: readonly Row[]) {
  const decoder = model.sampler(null);
  const watched = new Watched(decoder);
  const requests = rows.map(({ prompt }, i) => ({
    prompt,
    streams: Array.from({ length: sample.n }, (_, k) => random(0, "rates", i, k)),
  }));
  const options = { ...sample, stopIds: model.tokenizer.stopIds };
  let ended = 0;
  try {
    const signal = AbortSignal.timeout(SAMPLING_MILLISECONDS);
    for await (const { finishReason } of generate(watched, requests, options, signal))
      if (finishReason === "stop") ended++;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
  } finally {
    await decoder.release();
  }
  const { tokens, seconds } = watched;
  return { rate: tokens / seconds, length: Math.min(sample.maxTokens, tokens / Math.max(1, ended)) };
}

/** A model whose steps are counted and timed; the first, which compiles, is not. */
class Watched implements DecodeModel {
  tokens = 0;
  seconds = 0;
  private steps = 0;
  constructor(private readonly model: DecodeModel) {}

  reset = (slots: number): void => this.model.reset(slots);
  move = (from: number, to: number): void => this.model.move(from, to);
  prefill: DecodeModel["prefill"] = (...given) => this.model.prefill(...given);
  step: DecodeModel["step"] = async (tokens, count) => {
    const begun = performance.now();
    const next = await this.model.step(tokens, count);
    if (this.steps++ > 0) {
      this.tokens += tokens.length;
      this.seconds += (performance.now() - begun) / 1000;
    }
    return next;
  };
}

function verifierRate(problems: readonly Problem[]): number {
  const begun = performance.now();
  for (const { question, answer: reference, solution = question } of problems)
    verify({ question, solution, reference, referenceSolution: solution });
  return problems.length / ((performance.now() - begun) / 1000);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
