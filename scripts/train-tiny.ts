/**
 * Makes the `tiny` model from nothing: its tokenizer, its weights, its card.
 *
 *     npx tsx scripts/train-tiny.ts [--out assets/tiny] [--seed N]
 *
 * Our own engine trains it on synthetic problems. Every 200 steps it is asked 300 problems that it is not trained on, and
 * it is done as soon as it solves two in five: good enough to reason in steps, bad enough to make honest mistakes. A run
 * that is cut off goes on from its last checkpoint.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { synthetic } from "../src/data/synthetic/index.js";
import type { SyntheticProblem } from "../src/data/synthetic/problem.js";
import { wilson } from "../src/evaluation/index.js";
import { CachedDecoder } from "../src/model/cache.js";
import { loadConfig, type ModelConfig } from "../src/model/config.js";
import { Decoder } from "../src/model/decoder.js";
import { writeSafetensors } from "../src/model/safetensors.js";
import { loadTokenizer, type Tokenizer } from "../src/model/tokenizer.js";
import { weightShapes } from "../src/model/weights.js";
import { random } from "../src/random.js";
import { sampleCandidates } from "../src/sampling/candidates.js";
import { encodeSft } from "../src/training/examples.js";
import { SftOptions } from "../src/training/options.js";
import { trainSft } from "../src/training/sft.js";
import { sameAnswer } from "../src/verifier/index.js";
import { writeTokenizerFiles } from "./tiny/tokenizer.js";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "assets/tiny" },
    work: { type: "string", default: "runs/tiny" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);

/** Enough for 2,000 steps, over which the schedule is laid; it has never needed them all. */
const PROBLEMS = 64_000;
const CHECK_EVERY = 200;
const ENOUGH = 0.4;

/** Normal weights of the config's usual width, the projections into the residual stream narrowed by depth. */
function freshWeights(config: ModelConfig) {
  const stream = random(seed, "weights");
  const narrow = 1 / Math.sqrt(2 * config.layers);
  return new Map(
    [...weightShapes(config)].map(([name, shape]) => {
      const width = 0.05 * (/(o|down)_proj\.weight$/.test(name) ? narrow : 1);
      const size = shape.reduce((a, b) => a * b, 1);
      const value = name.endsWith("norm.weight")
        ? () => 1
        : name.endsWith(".bias")
          ? () => 0
          : () => width * stream.normal();
      return [name, { data: Float32Array.from({ length: size }, value), shape }];
    }),
  );
}

const ask = (tokenizer: Tokenizer, question: string): string =>
  tokenizer.renderPrompt([{ role: "user", content: question }]);

/** Greedy solutions of unseen problems: how many end in the right answer, in all and by number of steps. */
async function evaluate(decoder: Decoder, tokenizer: Tokenizer, problems: readonly SyntheticProblem[]) {
  const prompts = problems.map(({ id, question }) => ({
    id,
    prompt: tokenizer.encodePrompt([{ role: "user", content: question }]),
  }));
  const options = {
    n: 1,
    temperature: 0,
    topP: 1,
    topK: 1,
    maxTokens: 96,
    inFlight: 64,
    seed,
    model: "tiny",
  };
  const texts = new Map<string, string>();
  const sampled = sampleCandidates(new CachedDecoder(decoder), tokenizer, prompts, options);
  for await (const { problemId, text } of sampled) texts.set(problemId, text);
  return problems.map((problem) => ({
    steps: problem.steps.length,
    correct: sameAnswer(texts.get(problem.id) ?? "", problem.answer),
    text: texts.get(problem.id) ?? "",
    problem,
  }));
}

await mkdir(values.work, { recursive: true });
console.log(`making ${PROBLEMS} problems`);
const problems = synthetic({ count: PROBLEMS, seed, split: "train" });
const questions = new Set(problems.map(({ question }) => question));
const unseen = synthetic({ count: 1000, seed: seed + 1000, split: "train" })
  .filter(({ question }) => !questions.has(question))
  .slice(0, 300);
const sample = problems.slice(0, 20_000);
await writeTokenizerFiles(
  values.work,
  sample.flatMap(({ question, solution = "" }) => [question, solution]),
);
const tokenizer = await loadTokenizer(values.work);
const config = await loadConfig(values.work);

const options = SftOptions.parse({
  batchSize: 32,
  microBatchTokens: 8192,
  learningRate: 3e-3,
  learningRateFloor: 0.02,
  warmupRatio: 0.02,
  weightDecay: 0.01,
  seed,
  checkpointEvery: CHECK_EVERY,
});
const texts = problems.map(({ id, question, solution = "" }) => ({
  id,
  prompt: ask(tokenizer, question),
  completion: solution,
}));
const encoder = { encode: tokenizer.encode, encodePrompt: tokenizer.encode, endId: tokenizer.endId };
const { examples } = encodeSft(texts, encoder, options);

/** Trains up to a step, from the newest checkpoint; the weights are those after it. */
async function trainTo(until: number) {
  const weights = freshWeights(config);
  const decoder = new Decoder(config, weights, { train: "full" });
  const enough = new AbortController();
  try {
    await trainSft({
      model: decoder,
      identity: `tiny seed ${seed}`,
      arm: "tiny",
      options,
      examples,
      folder: values.work,
      signal: enough.signal,
      onProgress: ({ step, steps, loss, tokensPerSecond }) => {
        if (step % 20 === 0)
          console.log(
            `step ${step}/${steps} loss ${loss?.toFixed(4)} ${tokensPerSecond.toFixed(0)} tokens/s`,
          );
        if (step === until) enough.abort(enough);
      },
    });
  } catch (reason) {
    if (reason !== enough) throw reason;
  }
  return { weights, decoder };
}

const solved = (rows: readonly { readonly correct: boolean }[]): number =>
  rows.filter(({ correct }) => correct).length;

let steps = 0;
let { weights, decoder } = { weights: freshWeights(config), decoder: null as Decoder | null };
do {
  steps += CHECK_EVERY;
  await decoder?.release();
  ({ weights, decoder } = await trainTo(steps));
  const asked = await evaluate(decoder, tokenizer, unseen);
  console.log(`step ${steps}: solves ${solved(asked)} of ${asked.length} problems it is not trained on`);
  if (solved(asked) >= ENOUGH * asked.length) break;
} while (steps * options.batchSize < PROBLEMS);
await writeSafetensors(join(values.work, "model.safetensors"), weights);
const parameters = [...weights.values()].reduce((n, { data }) => n + data.length, 0);

const test = synthetic({ count: 500, seed: seed + 1, split: "test" });
const judged = await evaluate(decoder, tokenizer, test);
const rate = (rows: readonly { readonly correct: boolean }[]): string => {
  const correct = solved(rows);
  const [low, high] = wilson(correct, rows.length);
  const percent = (x: number): string => (100 * x).toFixed(1);
  return `${correct} of ${rows.length} (${percent(correct / rows.length)} %, 95 % interval ${percent(low)} to ${percent(high)})`;
};
const bySteps = [1, 2, 3, 4, 5].map(
  (steps) => `| ${steps} | ${rate(judged.filter((row) => row.steps === steps))} |`,
);
const wrong = judged.filter((row) => !row.correct).slice(0, 3);
console.log(`solved ${rate(judged)}`);

const card = `---
license: mit
language: en
pipeline_tag: text-generation
---

# tiny

A language model of ${parameters} parameters (Qwen2 architecture, ${config.layers} layers of ${config.hiddenSize}, a vocabulary of
${config.vocabSize}) that solves about half of the small word problems of \`src/data/synthetic\`. It ships so that the quick start,
the tests and the browser demo are real and need no network. It knows nothing else: do not use it for anything else.

Made from nothing by \`npx tsx scripts/train-tiny.ts --seed ${seed}\`: ${steps} steps of ${options.batchSize} problems of the training split, AdamW,
learning rate ${options.learningRate} on a cosine laid over ${PROBLEMS / options.batchSize} steps, in float32. It was stopped there by rule: the first
multiple of ${CHECK_EVERY} steps at which it solved ${100 * ENOUGH} % of ${unseen.length} problems that it is not trained on.

500 problems of the test split, greedy: ${rate(judged)}.

| steps of the problem | solved |
|---|---|
${bySteps.join("\n")}

Three of its mistakes, the first three of the list:

${wrong.map(({ problem, text }) => `> ${problem.question}\n\n\`\`\`\n${text}\n\`\`\`\n\nThe answer is ${problem.answer}.`).join("\n\n")}

MIT licence, like the rest of the project.
`;
await writeFile(join(values.work, "README.md"), card);
await rm(values.out, { recursive: true, force: true });
await mkdir(values.out, { recursive: true });
for (const name of [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "model.safetensors",
  "README.md",
])
  await cp(join(values.work, name), join(values.out, name));
console.log(`written to ${values.out}`);
