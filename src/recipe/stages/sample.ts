import { readJsonlAll } from "../../data/jsonl.js";
import { Problem } from "../../data/records.js";
import { sampleInto } from "../candidates.js";
import type { ModelSource } from "../model.js";
import { localSampler, serverSampler } from "../sampler.js";
import { type Recipe, SampleOptions } from "../schema.js";
import type { Stage } from "../stage.js";
import { transferFile } from "./problems.js";
import { adapterFiles } from "./training-files.js";

/** One draw of candidates: which problems, by whom, how, into which file. */
interface Draw {
  readonly name: string;
  /** The file of the problems, in the run folder. */
  readonly problems: string;
  /** Only the first so many of them; null: all. */
  readonly first: number | null;
  /** The arm whose adapter it is; null: the model as it came, or with the adapter that the recipe begins at. */
  readonly arm: string | null;
  readonly file: string;
  readonly options: SampleOptions;
}

/** What is mined: samples of the training problems, by the model that preferences start from or by the recipe's servers. */
export function sampleStage(recipe: Recipe, source: ModelSource): Stage {
  return drawStage(recipe, source, {
    name: "sample",
    problems: "problems.jsonl",
    first: recipe.sample.problems,
    arm: recipe.sft === null ? null : "sft",
    file: "candidates.jsonl",
    options: recipe.sample,
  });
}

/** Samples of the test problems, drawn as those that are mined: they say which problems make the near-miss slice. */
export function nearMissStage(recipe: Recipe, source: ModelSource): Stage {
  return drawStage(recipe, source, {
    name: "near-misses",
    problems: "test.jsonl",
    first: null,
    arm: recipe.sft === null ? null : "sft",
    file: "test-candidates.jsonl",
    options: { ...recipe.sample, n: recipe.eval.nearMissSamples },
  });
}

/** Who answers which problems: the test set, or one to see what carries over. */
export interface Examination {
  readonly arm: string;
  /** Null: the test set. */
  readonly transfer: string | null;
}

/** Where an arm's greedy answers are, in the run folder. */
export const predictionFile = ({ arm, transfer }: Examination): string =>
  transfer === null ? `predictions/${arm}.jsonl` : `predictions/${transfer}/${arm}.jsonl`;

/** One arm's greedy answers to one set of problems, on this machine: no server has the adapter. */
export function evaluateStage(examination: Examination, recipe: Recipe, source: ModelSource): Stage {
  const { arm, transfer } = examination;
  const { maxTokens, inFlight } = recipe.eval;
  const greedy = { n: 1, temperature: 0, topP: 1, topK: 1, maxTokens, inFlight };
  return drawStage(recipe, source, {
    name: transfer === null ? `evaluate-${arm}` : `transfer-${transfer}-${arm}`,
    problems: transfer === null ? "test.jsonl" : transferFile(transfer),
    first: null,
    arm: arm === "base" ? null : arm,
    file: predictionFile(examination),
    options: SampleOptions.parse(greedy),
  });
}

function drawStage({ prompt, seed, adapter }: Recipe, source: ModelSource, draw: Draw): Stage {
  const { name, problems, first, file } = draw;
  const { n, temperature, topP, topK, maxTokens, inFlight } = draw.options;
  const remote = draw.options.engine === "openai" ? serverSampler(draw.options, source.name, prompt) : null;
  const own = draw.arm === null ? adapterFiles(adapter) : [`adapters/${draw.arm}`];
  // How many run side by side, and on which servers, changes a result by rounding only.
  const options = { n, temperature, topP, topK, maxTokens };
  return {
    name,
    options: {
      model: remote?.name ?? source.basis,
      prompt,
      seed,
      options,
      ...(first === null ? {} : { first }),
    },
    code: [],
    inputs: [problems, ...(remote === null ? [...own, ...source.files] : [])],
    outputs: [file],
    async run({ path, progress, signal }) {
      const local = async () => {
        const model = await source.open(progress);
        const folder = draw.arm === null ? adapter : path("adapters", draw.arm);
        return localSampler(model, folder === undefined ? null : await model.readAdapter(folder), prompt);
      };
      const all = await readJsonlAll(path(problems), Problem);
      return sampleInto({
        sampler: remote ?? (await local()),
        problems: first === null ? all : all.slice(0, first),
        options: { ...options, inFlight, seed },
        file: path(file),
        label: "  sampling",
        progress,
        signal,
      });
    },
  };
}
