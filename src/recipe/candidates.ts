/** Fills a file with candidates, each written as it finishes; those that are there already are not sampled again. */
import { openAppender, readJsonlAll } from "../data/jsonl.js";
import { Candidate, type Problem } from "../data/records.js";
import { NearmissError } from "../errors.js";
import { candidateKey, type SamplingOptions } from "../sampling/candidates.js";
import type { Sampler } from "./sampler.js";
import type { Figures, Progress } from "./stage.js";

export interface SampleRun {
  readonly sampler: Sampler;
  readonly problems: readonly Problem[];
  /** Without the model's name, which is the sampler's. */
  readonly options: Omit<SamplingOptions, "model">;
  readonly file: string;
  readonly label: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Returns once every problem has its `n` candidates in the file. Counts what the file holds.
 * @throws the signal's reason when aborted, within a token; what was finished by then is in the file
 */
export async function sampleInto(run: SampleRun): Promise<Figures> {
  const { sampler, problems, options, progress, signal } = run;
  // Opened first: that mends a last line which a kill has cut off.
  const file = openAppender(run.file);
  try {
    const kept = await readJsonlAll(run.file, Candidate);
    refuseOthers(run, kept);
    const done = new Set(kept.map(({ problemId, index }) => candidateKey(problemId, index)));
    const counts = { candidates: kept.length, tokens: 0, cutOff: 0 };
    for (const candidate of kept) count(counts, candidate);

    const total = problems.length * options.n;
    const task = progress.start(run.label, total, "solutions", kept.length);
    const begun = performance.now();
    const before = counts.tokens;
    try {
      for await (const candidate of sampler.sample(problems, options, done, { progress, signal })) {
        file.append(candidate);
        counts.candidates++;
        count(counts, candidate);
        const rate = (counts.tokens - before) / ((performance.now() - begun) / 1000);
        task.update(counts.candidates, `${rate.toFixed(0)} tokens/s`);
      }
    } finally {
      task.end();
    }
    return counts;
  } finally {
    file.close();
  }
}

/** A file begun by another model or with other settings cannot be filled up: its candidates would be of two kinds. */
function refuseOthers(run: SampleRun, kept: readonly Candidate[]): void {
  const { temperature, topP, seed, maxTokens } = run.options;
  const { name: model, exact } = run.sampler;
  const ours = { model, temperature, topP, seed };
  const faults = kept
    .map((candidate) => [
      ...otherSampler(candidate.sampler, ours),
      ...(exact ? otherLimit(candidate, maxTokens) : []),
    ])
    .find((found) => found.length > 0);
  if (faults === undefined) return;
  throw new NearmissError(
    `${run.file} holds candidates that were sampled otherwise:\n${faults.map((fault) => `  ${fault}`).join("\n")}\nWrite to another file, give the options of this one, or remove it.`,
  );
}

function otherSampler(theirs: Candidate["sampler"], ours: Candidate["sampler"]): string[] {
  const names = ["model", "temperature", "topP", "seed"] as const;
  return names.flatMap((name) =>
    theirs[name] === ours[name]
      ? []
      : [`${name}: ${JSON.stringify(theirs[name])} there, ${JSON.stringify(ours[name])} here`],
  );
}

/**
 * The length limit is not noted in a candidate, but shows: one that was cut off is as long as its limit, and one that
 * stopped by itself is shorter. A candidate that shows no other limit would have been the same under ours.
 */
function otherLimit({ finishReason, tokenCount }: Candidate, maxTokens: number): string[] {
  if (finishReason === "length" && tokenCount !== maxTokens) {
    return [`maxTokens: ${tokenCount} there, ${maxTokens} here`];
  }
  return finishReason === "stop" && tokenCount >= maxTokens
    ? [`maxTokens: more than ${tokenCount} there, ${maxTokens} here`]
    : [];
}

function count(counts: { tokens: number; cutOff: number }, { tokenCount, finishReason }: Candidate): void {
  counts.tokens += tokenCount;
  if (finishReason === "length") counts.cutOff++;
}
