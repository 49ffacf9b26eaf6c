/** Problems and sampled solutions, as many as are asked for, made as they are read: what `bench scale` writes. */
import type { Candidate, Problem } from "../src/data/records.js";
import { synthetic } from "../src/data/synthetic/index.js";
import { random } from "../src/random.js";

/** There is no end of ids; questions come round again. */
const QUESTIONS = 5000;
/** How often a number of a worked solution is changed: about half of the solutions come out wrong. */
const SLIP = 0.1;

export function* manyProblems(count: number): Generator<Problem> {
  const questions = synthetic({ count: Math.min(count, QUESTIONS), seed: 1, split: "train" });
  for (let i = 0; i < count; i++) {
    const { question, answer, solution, source } = questions[i % questions.length] ?? missing(i);
    yield { id: `many-${i}`, question, answer, solution, source };
  }
}

/**
 * Worked solutions with slips, each its own. First every problem's first candidate, then every problem's second: a problem's
 * samples are as far apart as they can be.
 */
export function* manyCandidates(problems: number, each: number): Generator<Candidate> {
  for (let index = 0; index < each; index++)
    for (const { id, solution = "" } of manyProblems(problems)) {
      const stream = random(2, id, index);
      const text = solution.replace(/\d+/g, (digits) =>
        stream.next() < SLIP ? `${Number(digits) + stream.int(1, 9)}` : digits,
      );
      yield {
        problemId: id,
        index,
        text,
        tokenCount: Math.ceil(text.length / 4),
        finishReason: "stop",
        logprob: -10 * stream.next(),
        sampler: { model: "many", temperature: 1, topP: 1, seed: 2 },
      };
    }
}

function missing(i: number): never {
  throw new RangeError(`no question ${i}`);
}
