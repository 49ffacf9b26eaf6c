/** Invented run folders: of any size, and with texts that would break a page that trusts them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Candidate, Pair, Problem, Verdict } from "../../src/data/records.js";
import { DIMENSIONS } from "../../src/data/records.js";
import { random } from "../../src/random.js";
import { verify } from "../../src/verifier/index.js";

export interface Invented {
  readonly problems: number;
  /** Candidates of each. */
  readonly each: number;
  /** The text of a candidate, in place of an invented one. */
  readonly text?: (problem: number, index: number) => string;
  readonly question?: (problem: number) => string;
  /** False: verdicts as the verifier gives them. True: drawn, for many thousands of them. */
  readonly drawn?: boolean;
}

const lines = (records: readonly unknown[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

const solution = (p: number, i: number) => {
  const sum = 16 + p + (i % 3 === 0 ? 0 : i);
  return `Ann has ${10 + p} + 6 = ${sum} eggs.\nThe answer is: ${sum}`;
};

/** Writes problems, candidates, verdicts and pairs. */
export function invent(folder: string, given: Invented): void {
  const { text = solution, question = (p) => `Ann has ${10 + p} eggs and finds 6. How many eggs has she?` } =
    given;
  mkdirSync(folder, { recursive: true });
  const problems = Array.from(
    { length: given.problems },
    (_, p): Problem => ({
      id: `problem-${p}`,
      question: question(p),
      answer: String(16 + p),
      solution: solution(p, 0),
      source: "invented",
    }),
  );
  const stream = random(1, "invented");
  const candidates: Candidate[] = [];
  const verdicts: Verdict[] = [];
  for (const [p, problem] of problems.entries()) {
    for (let index = 0; index < given.each; index++) {
      const own = text(p, index);
      const problemId = problem.id;
      candidates.push({
        problemId,
        index,
        text: own,
        tokenCount: 20 + index,
        finishReason: "stop",
        logprob: -3.5,
        sampler: { model: "tiny", temperature: 1, topP: 1, seed: 1 },
      });
      const judged = given.drawn
        ? drawn(stream.next(), stream.next(), stream.next())
        : verify({ question: problem.question, solution: own, reference: problem.answer });
      verdicts.push({ problemId, index, ...judged });
    }
  }
  const pairs = problems.flatMap(({ id, question }, p): Pair[] =>
    given.each < 2
      ? []
      : [
          {
            prompt: question,
            chosen: solution(p, 0),
            rejected: text(p, 1),
            firstError: null,
            weight: 1,
            problemId: id,
            hardness: 0.5,
            dimension: "arithmetic",
            chosenSource: "gold",
            rejectedSource: "sample:1",
          },
        ],
  );
  writeFileSync(join(folder, "recipe.yaml"), "name: invented\nmodel: tiny\nsample: { n: 2 }\n");
  writeFileSync(join(folder, "problems.jsonl"), lines(problems));
  writeFileSync(join(folder, "candidates.jsonl"), lines(candidates));
  writeFileSync(join(folder, "verdicts.jsonl"), lines(verdicts));
  writeFileSync(join(folder, "pairs-hard.jsonl"), lines(pairs));
  const done = { key: "k", status: "done", seconds: 1, figures: {} };
  writeFileSync(
    join(folder, "state.json"),
    JSON.stringify({
      version: 1,
      plan: ["sample", "verify", "mine"],
      stages: { sample: done, verify: done, mine: done },
    }),
  );
}

/** A verdict of no solution in particular. */
function drawn(a: number, b: number, c: number): Omit<Verdict, "problemId" | "index"> {
  const correct = a < 0.4;
  const dimension = DIMENSIONS[1 + Math.floor(5 * c)] ?? "logic";
  const score = correct ? 0 : b;
  return {
    correct,
    answer: { extracted: "18", reference: "16", distance: correct ? 0 : b },
    profile: {
      answer: correct ? 0 : 1,
      arithmetic: 0,
      algebra: 0,
      logic: 0,
      grounding: 0,
      form: 0,
      [dimension]: score,
    },
    wrongness: correct ? 0.1 * b : 0.3 + 0.7 * b,
    absurdity: c ** 3,
    firstErrorStep: correct ? null : 0,
    findings: correct
      ? []
      : [{ dimension, severity: 0.9, step: 0, start: 8, end: 19, message: "drawn, not found" }],
  };
}
