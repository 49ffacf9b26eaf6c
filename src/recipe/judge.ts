/** The verifier over many solutions, with progress. */
import type { Candidate, Problem, Verdict } from "../data/records.js";
import { NearmissError } from "../errors.js";
import { verify } from "../verifier/index.js";
import type { Recipe } from "./schema.js";
import type { Progress } from "./stage.js";

/** The verifier is synchronous: after so many solutions the timers and Ctrl-C get their turn. */
const BREATH = 64;

export interface JudgeInput {
  readonly problems: readonly Problem[];
  readonly candidates: readonly Candidate[];
  /** The files that both are from, for errors. */
  readonly names: { readonly problems: string; readonly candidates: string };
  readonly options: Recipe["verify"];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** One verdict a candidate, in order. Throws a NearmissError for a candidate of an unknown problem. */
export async function judge({
  problems,
  candidates,
  names,
  options,
  progress,
  signal,
}: JudgeInput): Promise<Verdict[]> {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const task = progress.start("  verifying", candidates.length, "solutions");
  const verdicts: Verdict[] = [];
  for (const candidate of candidates) {
    const problem = byId.get(candidate.problemId);
    if (problem === undefined) {
      throw unknownProblem(candidate, names);
    }
    verdicts.push(judgeOne(problem, candidate, options));
    if (verdicts.length % BREATH === 0) {
      task.update(verdicts.length);
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    }
  }
  task.update(verdicts.length);
  task.end();
  return verdicts;
}

export function unknownProblem(
  { problemId, index }: Pick<Candidate, "problemId" | "index">,
  names: JudgeInput["names"],
): NearmissError {
  return new NearmissError(
    `${names.candidates}: candidate ${index} is of problem "${problemId}", which is not in ${names.problems}. Give the problems that were sampled.`,
  );
}

/** The verdict on one candidate. */
export function judgeOne(
  problem: Problem,
  { problemId, index, text }: Candidate,
  options: Recipe["verify"],
): Verdict {
  const { question, answer: reference, solution } = problem;
  const chain = options.referenceSolution && solution !== undefined ? { referenceSolution: solution } : {};
  return { problemId, index, ...verify({ question, solution: text, reference, ...chain }) };
}
