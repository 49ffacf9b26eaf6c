import type { Candidate, Problem, Verdict } from "../data/records.js";
import { NearmissError } from "../errors.js";

/** A candidate with its verdict. */
export interface Sample {
  readonly candidate: Candidate;
  readonly verdict: Verdict;
}

/** What the three lists are called in errors, such as the files that they are from. */
export interface ListNames {
  readonly problems: string;
  readonly candidates: string;
  readonly verdicts: string;
}

const NAMES: ListNames = { problems: "the problems", candidates: "the candidates", verdicts: "the verdicts" };

/**
 * Candidates joined with their verdicts, by problem, in the order of their index.
 *
 * @throws NearmissError for a candidate of an unknown problem, or without a verdict
 */
export function joinSamples(
  problems: readonly Problem[],
  candidates: readonly Candidate[],
  verdicts: readonly Verdict[],
  names: ListNames = NAMES,
): Map<string, Sample[]> {
  const key = (v: { problemId: string; index: number }) => JSON.stringify([v.problemId, v.index]);
  const byKey = new Map(verdicts.map((v) => [key(v), v]));
  const samples = new Map<string, Sample[]>(problems.map((p) => [p.id, []]));
  for (const candidate of candidates) {
    const list = samples.get(candidate.problemId);
    const verdict = byKey.get(key(candidate));
    const name = `${names.candidates}: candidate ${candidate.index} is of problem "${candidate.problemId}"`;
    if (list === undefined) {
      throw new NearmissError(
        `${name}, which is not in ${names.problems}. Mine with the problems that were sampled.`,
      );
    }
    if (verdict === undefined) {
      throw new NearmissError(
        `${name} and has no verdict in ${names.verdicts}. Verify the candidates again.`,
      );
    }
    list.push({ candidate, verdict });
  }
  for (const list of samples.values()) list.sort((x, y) => x.candidate.index - y.candidate.index);
  return samples;
}
