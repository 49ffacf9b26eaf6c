/** What the studio's playground computes with: a model that is loaded when it is first asked, and tiny's training kit. */
import { synthetic } from "../../data/synthetic/index.js";
import { perturb } from "../../mining/index.js";
import { loadConfig } from "../../model/config.js";
import { resolveModel } from "../../model/folder.js";
import { loadTokenizer } from "../../model/tokenizer.js";
import { loadWeights } from "../../model/weights.js";
import { random } from "../../random.js";
import type { ModelSource, OpenModel } from "../../recipe/model.js";
import type { PromptTemplate } from "../../recipe/schema.js";
import type { Progress } from "../../recipe/stage.js";
import { sampleCandidates } from "../../sampling/candidates.js";
import type { KitProblem } from "../../studio/kit.js";
import type { Playground, SampleRequest } from "../../studio/server/playground.js";
import { packed } from "../../studio/transport.js";

export interface LoadedModel {
  readonly source: ModelSource;
  /** Adapter folder. */
  readonly adapter: string | undefined;
  readonly prompt: PromptTemplate;
}

export function playgroundOf(loaded: LoadedModel | null, progress: Progress): Playground {
  return {
    model: loaded === null ? null : loaded.source.basis,
    async *sample(request, signal) {
      if (loaded === null) return;
      yield* sample(await loaded.source.open(progress), loaded, request, signal);
    },
    kit: trainingKit,
  };
}

async function* sample(
  model: OpenModel,
  { adapter, prompt }: LoadedModel,
  { question, n, temperature, maxTokens, seed }: SampleRequest,
  signal: AbortSignal,
) {
  const decoder = model.sampler(adapter === undefined ? null : await model.readAdapter(adapter));
  const problems = [{ id: "playground", prompt: model.promptIds(prompt, question) }];
  const options = { n, temperature, topP: 1, topK: 50, maxTokens, inFlight: n, seed, model: model.basis };
  try {
    yield* sampleCandidates(decoder, model.tokenizer, problems, options, new Set(), signal);
  } finally {
    await decoder.release();
  }
}

/** Short problems of one or two steps: each answer takes the page some tenths of a second. */
const TRAINED = 8;
const HELD_OUT = 6;
const SEED = 11;

async function trainingKit(): ReturnType<Playground["kit"]> {
  const folder = await resolveModel("tiny");
  const config = await loadConfig(folder);
  const { encode, encodePrompt, decode, endId, stopIds } = await loadTokenizer(folder);
  const problems = synthetic({ count: TRAINED + HELD_OUT, seed: SEED, maxSteps: 2, split: "train" });
  const made = problems.map(({ id, question, answer, solution = "" }): KitProblem => {
    const ids = (text: string) => [...encode(text), endId];
    const [broken] = perturb(question, solution, 1, random(SEED, "playground", id));
    return {
      id,
      question,
      answer,
      solution,
      prompt: encodePrompt([{ role: "user", content: question }]),
      chosen: ids(solution),
      perturbed: broken === undefined ? null : ids(broken.text),
    };
  });
  const { list, bytes } = packed(await loadWeights(folder, config));
  const pieces = Array.from({ length: config.vocabSize }, (_, id) => decode([id]));
  const kit = {
    config,
    tensors: list,
    pieces,
    stopIds: [...stopIds],
    trained: made.slice(0, TRAINED),
    heldOut: made.slice(TRAINED),
  };
  return { kit, weights: bytes };
}
