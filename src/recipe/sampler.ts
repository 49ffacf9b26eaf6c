/** Where candidates come from: a model on this machine, or servers. */
import { hashOf } from "../data/folder.js";
import type { Candidate, Problem } from "../data/records.js";
import type { Adapter } from "../model/adapter.js";
import { type SamplingOptions, sampleCandidates } from "../sampling/candidates.js";
import { messages, type OpenModel } from "./model.js";
import type { PromptTemplate, SampleOptions } from "./schema.js";
import type { Progress } from "./stage.js";

export interface Sampler {
  /** Who the candidates are said to be of. */
  readonly name: string;
  /** Whether `tokenCount` is exact, so that it shows another `maxTokens`; else the name has the limit in it. */
  readonly exact: boolean;
  /** Yields each candidate that is not `done` when it is finished. */
  sample(
    problems: readonly Problem[],
    options: Omit<SamplingOptions, "model">,
    done: ReadonlySet<string>,
    tools: { readonly progress: Progress; readonly signal: AbortSignal },
  ): AsyncGenerator<Candidate>;
}

/** A model on this machine, with an adapter or as it came. */
export function localSampler(
  model: OpenModel,
  adapter: Adapter | null,
  prompt: PromptTemplate,
  name = model.basis,
): Sampler {
  return {
    name,
    exact: true,
    async *sample(problems, options, done, { signal }) {
      const prompts = problems.map(({ id, question }) => ({ id, prompt: model.promptIds(prompt, question) }));
      const decoder = model.sampler(adapter);
      try {
        yield* sampleCandidates(decoder, model.tokenizer, prompts, { ...options, model: name }, done, signal);
      } finally {
        await decoder.release();
      }
    },
  };
}

/**
 * Servers with OpenAI's interface; they apply the model's chat template.
 * @param fallback what the servers call the model, where the options do not say
 */
export function serverSampler(given: SampleOptions, fallback: string, prompt: PromptTemplate): Sampler {
  const { baseUrl = [], model: serverModel = fallback, concurrency, timeoutSeconds, retries } = given;
  const { price, extra, maxTokens, topK } = given;
  // What decides the samples and no candidate tells: where it differs, a file must not be filled up.
  const name = `${serverModel}, served, maxTokens ${maxTokens}, ${hashOf({ prompt, topK, extra }).slice(0, 8)}`;
  return {
    name,
    exact: false,
    async *sample(problems, options, done, { progress, signal }) {
      // Loaded here, since only these runs need the client.
      const { bill, estimate, sampleFromServers } = await import("../sampling/remote/index.js");
      const asked = problems.map(({ id, question }) => ({ id, messages: messages(prompt, question) }));
      const remote = {
        ...options,
        ...{ urls: [baseUrl].flat(), serverModel, model: name },
        ...{ concurrency, timeoutSeconds, retries, price, extra },
      };
      const plan = estimate(asked, remote, done);
      if (plan === null) return;
      progress.note(`  ${plan}`);
      const usage = { input: 0, output: 0 };
      try {
        yield* sampleFromServers(asked, remote, done, usage, progress.note, signal);
      } finally {
        if (usage.output > 0) progress.note(`  ${bill(usage, price)}`);
      }
    },
  };
}
