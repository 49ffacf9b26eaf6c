import { readJsonlAll } from "../../data/jsonl.js";
import { Problem } from "../../data/records.js";
import { sampleInto } from "../candidates.js";
import type { ModelSource } from "../model.js";
import type { Recipe } from "../schema.js";
import type { Stage } from "../stage.js";

/** One draw of candidates: which problems, by which adapter, how, into which file. */
interface Draw {
  readonly name: string;
  readonly problems: "problems.jsonl" | "test.jsonl";
  /** Only the first so many of them; null: all. */
  readonly first: number | null;
  /** Null: the model as it came. */
  readonly adapter: string | null;
  readonly file: string;
  readonly options: { n: number; temperature: number; topP: number; topK: number; maxTokens: number };
  readonly inFlight: number;
}

/** The SFT model's samples of the training problems: what is mined. */
export function sampleStage(recipe: Recipe, source: ModelSource): Stage {
  const { inFlight, problems: first, ...options } = recipe.sample;
  const adapter = recipe.sft === null ? null : "sft";
  return drawStage(recipe, source, {
    name: "sample",
    problems: "problems.jsonl",
    first,
    adapter,
    file: "candidates.jsonl",
    options,
    inFlight,
  });
}

/** The SFT model's samples of the test problems: they say which problems make the near-miss slice. */
export function nearMissStage(recipe: Recipe, source: ModelSource): Stage {
  const { inFlight, problems: _, ...options } = recipe.sample;
  return drawStage(recipe, source, {
    name: "near-misses",
    problems: "test.jsonl",
    first: null,
    adapter: recipe.sft === null ? null : "sft",
    file: "test-candidates.jsonl",
    options: { ...options, n: recipe.eval.nearMissSamples },
    inFlight,
  });
}

/** One arm's greedy answers to the test problems. */
export function evaluateStage(arm: string, recipe: Recipe, source: ModelSource): Stage {
  const { maxTokens, inFlight } = recipe.eval;
  return drawStage(recipe, source, {
    name: `evaluate-${arm}`,
    problems: "test.jsonl",
    first: null,
    adapter: arm === "base" ? null : arm,
    file: `predictions/${arm}.jsonl`,
    options: { n: 1, temperature: 0, topP: 1, topK: 1, maxTokens },
    inFlight,
  });
}

function drawStage({ prompt, seed }: Recipe, source: ModelSource, draw: Draw): Stage {
  const { name, problems, first, adapter, file, options, inFlight } = draw;
  return {
    name,
    // `inFlight` is left out: how many run side by side changes a result by rounding only.
    options: { model: source.basis, prompt, seed, options, ...(first === null ? {} : { first }) },
    code: [],
    inputs: [problems, ...(adapter === null ? [] : [`adapters/${adapter}`]), ...source.files],
    outputs: [file],
    async run({ path, progress, signal }) {
      const model = await source.open(progress);
      const all = await readJsonlAll(path(problems), Problem);
      return sampleInto({
        model,
        adapter: adapter === null ? null : await model.readAdapter(path("adapters", adapter)),
        prompt,
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
