/** Candidates from OpenAI-compatible servers: vLLM, llama.cpp, Ollama, TGI and their like. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Candidate } from "../../data/records.js";
import { NearmissError } from "../../errors.js";
import type { Message } from "../../model/tokenizer.js";
import { random } from "../../random.js";
import { candidateKey, type SamplingOptions } from "../candidates.js";
import { backoff } from "./backoff.js";
import { type Answer, ask, type Choice, type Fault } from "./chat.js";
import type { ServerOptions } from "./options.js";
import { Pool } from "./pool.js";

export { bill, estimate } from "./estimate.js";

export interface RemoteOptions
  extends Omit<SamplingOptions, "inFlight" | "model">,
    Omit<ServerOptions, "baseUrl" | "model"> {
  readonly urls: readonly string[];
  /** What the servers call the model. */
  readonly serverModel: string;
  /** Noted in each candidate. */
  readonly model: string;
  /** Milliseconds of the first back-off. */
  readonly wait?: number | undefined;
}

export interface RemoteProblem {
  readonly id: string;
  readonly messages: readonly Message[];
}

/** Samples of one problem that one request asks for. */
interface Job {
  readonly problem: RemoteProblem;
  readonly indices: readonly number[];
  readonly failures: number;
}

/** Tokens that the servers have counted. */
export interface Usage {
  input: number;
  output: number;
}

/**
 * Samples `n` candidates of each problem and yields each when its request is answered, in no particular order. At most
 * `concurrency` requests are in flight. A request that fails is tried again, at another server where there is one.
 *
 * @param done keys (`candidateKey`) of candidates that are there already
 * @param usage counted up as answers come
 * @throws NearmissError when a server refuses for good, or a request has failed `retries` + 1 times; the signal's reason
 * when aborted. What came before has been yielded.
 */
export async function* sampleFromServers(
  problems: readonly RemoteProblem[],
  options: RemoteOptions,
  done: ReadonlySet<string>,
  usage: Usage,
  note: (line: string) => void,
  signal: AbortSignal,
): AsyncGenerator<Candidate> {
  const pool = new Pool(options.urls, options.wait ?? 500, note);
  const waiting = jobsOf(problems, options.n, done);
  const inFlight = new Map<Job, Promise<Outcome>>();
  // Ends what is in flight when the reader stops reading.
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  let oneByOne = false;
  try {
    for (;;) {
      for (let job = waiting[0]; job !== undefined && inFlight.size < options.concurrency; job = waiting[0]) {
        waiting.shift();
        if (oneByOne && job.indices.length > 1) waiting.unshift(...split(job, job.indices));
        else inFlight.set(job, attempt(job, pool, options, either));
      }
      if (inFlight.size === 0) return;
      const { job, answer } = await Promise.race(inFlight.values());
      inFlight.delete(job);
      if ("choices" in answer) {
        usage.input += answer.usage?.input ?? 0;
        usage.output += answer.usage?.output ?? 0;
        const asked = job.indices.length;
        const missing = job.indices.slice(answer.choices.length);
        // It gave fewer than were asked for, so it does not know `n`.
        if (missing.length > 0) oneByOne = true;
        waiting.unshift(...split(job, missing));
        for (const [i, choice] of answer.choices.slice(0, asked).entries())
          yield candidate(job.problem.id, job.indices[i] ?? 0, choice, options);
      } else if (answer.kind === "split") {
        oneByOne = true;
        waiting.unshift(job);
      } else if (answer.kind === "fatal" || job.failures === options.retries) throw gaveUp(job, answer);
      else waiting.unshift({ ...job, failures: job.failures + 1 });
    }
  } finally {
    left.abort();
    await Promise.allSettled(inFlight.values());
  }
}

interface Outcome {
  readonly job: Job;
  readonly answer: Answer | (Fault & { readonly url: string });
}

async function attempt(job: Job, pool: Pool, options: RemoteOptions, signal: AbortSignal): Promise<Outcome> {
  if (job.failures > 0)
    await sleep(backoff(job.failures, Math.random(), options.wait), undefined, { signal });
  const server = await pool.take(signal);
  const { temperature, topP, topK, maxTokens, extra, serverModel: model, timeoutSeconds } = options;
  const { id, messages } = job.problem;
  const [first = 0] = job.indices;
  const seed = random(options.seed, "sample", id, first).int(0, 2 ** 31 - 1);
  const n = job.indices.length;
  const request = { model, messages, n, temperature, topP, topK, maxTokens, seed, extra };
  const answer = await ask(server.url, request, timeoutSeconds, signal);
  if ("choices" in answer || answer.kind !== "retry") {
    pool.answered(server);
    return { job, answer: "choices" in answer ? answer : { ...answer, url: server.url } };
  }
  pool.failed(server, answer.rest, answer.why);
  return { job, answer: { ...answer, url: server.url } };
}

function jobsOf(problems: readonly RemoteProblem[], n: number, done: ReadonlySet<string>): Job[] {
  return problems.flatMap((problem) => {
    const all = Array.from({ length: n }, (_, i) => i);
    const indices = all.filter((i) => !done.has(candidateKey(problem.id, i)));
    return indices.length === 0 ? [] : [{ problem, indices, failures: 0 }];
  });
}

const split = (job: Job, indices: readonly number[]): Job[] =>
  indices.map((index) => ({ ...job, indices: [index] }));

function candidate(problemId: string, index: number, choice: Choice, options: RemoteOptions): Candidate {
  const { model, temperature, topP, seed } = options;
  return { problemId, index, ...choice, sampler: { model, temperature, topP, seed } };
}

function gaveUp({ problem, failures }: Job, fault: Fault & { url: string }): NearmissError {
  const tries = failures > 0 ? ` after ${failures + 1} tries` : "";
  return new NearmissError(
    `No answer for problem "${problem.id}" from ${fault.url}${tries}: ${fault.why}\nWhat was sampled is kept; run again to go on.`,
  );
}
