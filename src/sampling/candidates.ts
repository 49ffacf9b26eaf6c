/** From problems to candidates. */
import type { Candidate } from "../data/records.js";
import type { DecodeModel } from "../model/types.js";
import { random } from "../random.js";
import { generate, type Request } from "./generate.js";

export interface SamplingOptions {
  /** Samples of each problem. */
  readonly n: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly maxTokens: number;
  readonly inFlight: number;
  readonly seed: number;
  /** Name of the model, noted in each candidate. */
  readonly model: string;
}

export interface SamplingTokenizer {
  decode(ids: readonly number[]): string;
  readonly stopIds: readonly number[];
}

/** Names one candidate in the set of those that exist already. */
export const candidateKey = (problemId: string, index: number): string => `${index} ${problemId}`;

/**
 * Samples `n` candidates of each problem and yields each as it finishes, in no particular order. Each has a random
 * stream of its own, from the seed, the problem's id and its index: a run that is cut off and resumed, or sampled in
 * another order, draws the same.
 *
 * @param problems ids with the prompt's token ids
 * @param done keys (`candidateKey`) of candidates that are not to be sampled again
 * @param signal aborting stops within a token; what was finished by then has been yielded
 * @throws the signal's reason when aborted
 */
export async function* sampleCandidates(
  model: DecodeModel,
  tokenizer: SamplingTokenizer,
  problems: readonly { readonly id: string; readonly prompt: readonly number[] }[],
  options: SamplingOptions,
  done: ReadonlySet<string> = new Set(),
  signal?: AbortSignal,
): AsyncGenerator<Candidate> {
  const wanted = problems
    .map(({ id, prompt }) => ({
      id,
      prompt,
      indices: Array.from({ length: options.n }, (_, i) => i).filter((i) => !done.has(candidateKey(id, i))),
    }))
    .filter(({ indices }) => indices.length > 0);
  const requests = wanted.map(
    ({ id, prompt, indices }): Request => ({
      prompt,
      streams: indices.map((index) => random(options.seed, "sample", id, index)),
    }),
  );
  const { model: name, temperature, topP, seed } = options;
  const settings = { ...options, stopIds: tokenizer.stopIds };
  for await (const finished of generate(model, requests, settings, signal)) {
    const { id = "", indices = [] } = wanted[finished.request] ?? {};
    yield {
      problemId: id,
      index: indices[finished.sample] ?? 0,
      text: tokenizer.decode(finished.tokens),
      tokenCount: finished.tokens.length,
      finishReason: finished.finishReason,
      logprob: finished.logprob,
      sampler: { model: name, temperature, topP, seed },
    };
  }
}
