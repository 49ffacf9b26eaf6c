/**
 * The whole method in a worker, on the small model: it answers problems greedily, the verifier judges, each wrong answer
 * is set against the worked solution, some dozen DPO steps are made, and the problems are answered again.
 */
import "./jitless.js";
import { CachedDecoder } from "../src/model/cache.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import type { Weights } from "../src/model/layers.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";
import type { KitProblem, TrainingKit } from "../src/studio/kit.js";
import { unpacked } from "../src/studio/transport.js";
import { dpoLoop } from "../src/training/dpo-loop.js";
import type { Example } from "../src/training/examples.js";
import { DpoOptions } from "../src/training/options.js";
import { passing } from "../src/training/store.js";
import { verify } from "../src/verifier/index.js";
import type { Start, Told } from "./trainer-messages.js";

const LORA = { rank: 8, alpha: 16 };
const MAX_TOKENS = 96;

const tell = (told: Told) => postMessage(told);

interface Greedy {
  readonly problem: KitProblem;
  readonly tokens: readonly number[];
  readonly correct: boolean;
}

/** Greedy answers, told as they finish. */
async function answers({
  kit,
  weights,
  adapter,
  when,
}: {
  kit: TrainingKit;
  weights: Weights;
  adapter: Decoder | null;
  when: "before" | "after";
}): Promise<Greedy[]> {
  const { config, stopIds, pieces, trained, heldOut } = kit;
  const problems = [...trained, ...heldOut];
  const base = adapter ?? new Decoder(config, weights, { train: "none" });
  const model = new CachedDecoder(base);
  const requests = problems.map(({ prompt, id }) => ({ prompt, streams: [random(0, "greedy", id)] }));
  const options = {
    temperature: 0,
    topP: 1,
    topK: 1,
    maxTokens: MAX_TOKENS,
    inFlight: problems.length,
    stopIds,
  };
  const out: Greedy[] = [];
  for await (const { request, tokens } of generate(model, requests, options)) {
    const problem = problems[request] as KitProblem;
    const text = tokens.map((id) => pieces[id] ?? "").join("");
    const correct =
      verify({ question: problem.question, solution: text, reference: problem.answer }).correct === true;
    out.push({ problem, tokens, correct });
    tell({
      kind: "answer",
      when,
      answer: { id: problem.id, held: request >= trained.length, text, correct },
    });
  }
  await model.release();
  return out;
}

/** The worked solution against the model's own wrong answer, or against a perturbed one where it is right. */
function pairsOf(kit: TrainingKit, given: readonly Greedy[]): Example[] {
  const end = kit.stopIds[0] ?? 0;
  return kit.trained.flatMap((problem) => {
    const { id, prompt, chosen, perturbed } = problem;
    const own = given.find((answer) => answer.problem.id === id);
    const rejected = own === undefined || own.correct ? perturbed : [...own.tokens, end];
    return rejected === null ? [] : [{ id, weight: 1, row: { prompt, completions: [chosen, rejected] } }];
  });
}

async function train({ kit, weights: bytes, steps }: Start): Promise<void> {
  const { config } = kit;
  const weights = unpacked(kit.tensors, bytes);
  tell({ kind: "phase", text: "Answering the problems as the model is" });
  const before = await answers({ kit, weights, adapter: null, when: "before" });
  const pairs = pairsOf(kit, before);
  tell({ kind: "phase", text: `Training on ${pairs.length} pairs` });
  const adapter = freshAdapter(config, LORA, random(1, "adapter").next);
  const model = new Decoder(config, weights, { train: "lora", lora: LORA, adapter });
  const options = DpoOptions.parse({
    maxSteps: steps,
    batchSize: pairs.length,
    microBatchTokens: 600,
    learningRate: 2e-3,
    sftWeight: 0.2,
  });
  const number = (value: unknown) => Number(value ?? Number.NaN);
  const store = passing((record) =>
    tell({
      kind: "step",
      step: record.step,
      loss: number(record.loss),
      margin: number(record["rewards/margins"]),
      accuracy: number(record["rewards/accuracies"]),
    }),
  );
  await dpoLoop({ model, arm: "page", options, pairs, weighted: false }, store);
  await model.release();
  tell({ kind: "phase", text: "Answering again" });
  const trained = new Decoder(config, weights, { train: "none", lora: LORA, adapter });
  await answers({ kit, weights, adapter: trained, when: "after" });
  tell({ kind: "done" });
}

addEventListener("message", ({ data }: MessageEvent<Start>) => {
  train(data).catch((error: unknown) =>
    tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
});
