/**
 * The decode loop. Prompts wait in line; each is computed once for all its samples; a finished sequence leaves its slot
 * and the next prompt takes it, so the batch stays full.
 */
import type { DecodeModel, Likeliest } from "../model/types.js";
import type { Random } from "../random.js";
import { type DrawOptions, draw } from "./draw.js";

export interface Request {
  readonly prompt: readonly number[];
  /** One stream a sample: what a sample draws never depends on what else is in the batch. */
  readonly streams: readonly Random[];
}

export interface GenerateOptions extends DrawOptions {
  /** Tokens of one completion at the most. */
  readonly maxTokens: number;
  /** Sequences computed at once. */
  readonly inFlight: number;
  /** A sequence is finished at any of these, which is not part of it. */
  readonly stopIds: readonly number[];
}

export interface Finished {
  /** Place of the request, in the order given. */
  readonly request: number;
  /** Place of the sample in its request. */
  readonly sample: number;
  readonly tokens: readonly number[];
  readonly finishReason: "stop" | "length";
  /** Sum of the tokens' log-probabilities at temperature 1, in nats; the stop token is not counted. */
  readonly logprob: number;
}

interface Sequence {
  readonly request: number;
  readonly sample: number;
  readonly stream: Random;
  readonly tokens: number[];
  logprob: number;
}

/** Samples waiting for slots: at most `inFlight` of one request, which share a prompt. */
interface Group {
  readonly prompt: readonly number[];
  readonly sequences: readonly Sequence[];
}

/**
 * Generates every sample of every request and yields each as it finishes.
 *
 * @param signal aborting stops before the next prompt or token; everything finished by then has been yielded
 * @throws the signal's reason when aborted
 */
export async function* generate(
  model: DecodeModel,
  requests: readonly Request[],
  options: GenerateOptions,
  signal?: AbortSignal,
): AsyncGenerator<Finished> {
  const stops = new Set(options.stopIds);
  const waiting = requests.flatMap((request, i) => groups(request, i, options.inFlight));
  const active: Sequence[] = [];
  const count = options.temperature === 0 ? 1 : options.topK;
  const samples = waiting.reduce((sum, { sequences }) => sum + sequences.length, 0);
  model.reset(Math.min(options.inFlight, samples));

  /** Draws each sequence's next token from its row; returns those that are now finished. */
  const advance = (
    sequences: readonly Sequence[],
    { count, probabilities, ids }: Likeliest,
    row: (i: number) => number,
  ): Finished[] =>
    sequences.flatMap((sequence, i) => {
      const start = row(i) * count;
      const place = draw(
        probabilities.subarray(start, start + count),
        options,
        options.temperature === 0 ? 0 : sequence.stream.next(),
      );
      const token = ids[start + place] ?? 0;
      const { request, sample, tokens } = sequence;
      if (stops.has(token))
        return { request, sample, tokens, finishReason: "stop" as const, logprob: sequence.logprob };
      tokens.push(token);
      sequence.logprob += Math.log(probabilities[start + place] ?? 0);
      if (tokens.length < options.maxTokens) return [];
      return { request, sample, tokens, finishReason: "length" as const, logprob: sequence.logprob };
    });

  /** Takes finished sequences out of the batch, the last active one into each freed slot. */
  const leave = (finished: readonly Finished[]): void => {
    for (const done of finished) {
      const slot = active.findIndex((s) => s.request === done.request && s.sample === done.sample);
      const last = active.pop();
      if (last === undefined || slot === active.length) continue;
      active[slot] = last;
      model.move(active.length, slot);
    }
  };

  for (;;) {
    for (let group = waiting[0]; group !== undefined; group = waiting[0]) {
      if (active.length + group.sequences.length > options.inFlight) break;
      signal?.throwIfAborted();
      waiting.shift();
      const slots = group.sequences.map((_, i) => active.length + i);
      const next = await model.prefill(group.prompt, slots, count);
      active.push(...group.sequences);
      const finished = advance(group.sequences, next, () => 0);
      leave(finished);
      yield* finished;
    }
    if (active.length === 0) {
      if (waiting.length === 0) return;
      continue;
    }
    signal?.throwIfAborted();
    const last = active.map((sequence) => sequence.tokens[sequence.tokens.length - 1] ?? 0);
    const next = await model.step(last, count);
    const finished = advance([...active], next, (i) => i);
    leave(finished);
    yield* finished;
  }
}

function groups(request: Request, index: number, inFlight: number): Group[] {
  const sequences = request.streams.map(
    (stream, sample): Sequence => ({ request: index, sample, stream, tokens: [], logprob: 0 }),
  );
  const out: Group[] = [];
  for (let i = 0; i < sequences.length; i += inFlight)
    out.push({ prompt: request.prompt, sequences: sequences.slice(i, i + inFlight) });
  return out;
}
