/** An invented report: small, with every section filled and text that would break a page that does not escape it. */

import type { Problem, Verdict } from "../../src/data/records.js";
import { compareArms } from "../../src/evaluation/index.js";
import { MiningOptions } from "../../src/mining/index.js";
import { random } from "../../src/random.js";
import { type Example, Report } from "../../src/report/schema.js";

export const HOSTILE = `<script>alert("x")</script> & <img src=x onerror='y'>`;

const ARMS = ["base", "sft", "dpo-random", "dpo-hard", "dpo-weighted"];

/** `chance[arm]` is each arm's chance to solve a problem; the outcomes are drawn from a seeded stream. */
export function inventedReport(chance: readonly number[] = [0.3, 0.42, 0.44, 0.5, 0.58]): Report {
  const stream = random(3, "report");
  const problems: Problem[] = Array.from({ length: 120 }, (_, i) => ({
    id: `p-${i}`,
    question: `Question ${i}: ${HOSTILE}`,
    answer: "18",
    solution: "9 + 9 = 18\nThe answer is: 18",
    source: "invented",
  }));
  const hard = problems.map(() => stream.next());
  const arms = ARMS.map((name, a) => ({
    name,
    candidates: problems.map(() => ({ tokenCount: 90, finishReason: "stop" as const })),
    verdicts: problems.map((problem, i) =>
      verdict(problem.id, 0.7 * (hard[i] ?? 0) + 0.3 * stream.next() < (chance[a] ?? 0)),
    ),
  }));
  const nearMiss = new Set(problems.filter((_, i) => i % 3 === 0).map(({ id }) => id));
  const dimensions = new Map([...nearMiss].map((id) => [id, "arithmetic" as const]));
  const scores = compareArms({ problems, arms, nearMiss, dimensions, seed: 1 });
  return Report.parse({
    name: "invented",
    model: "an/invented-model",
    recipe: { model: "an/invented-model", seed: 1, note: HOSTILE },
    seed: 1,
    stages: [
      { name: "problems", seconds: 0.2 },
      { name: "sft", seconds: 30.5, tokens: 12_000, steps: 40 },
      { name: "sample", seconds: 61.25, tokens: 40_000 },
    ],
    ...scores,
    problems: problems.map(({ id }) => id),
    nearMiss: [...nearMiss],
    transfer: [{ name: "elsewhere", ...scores, problems: problems.map(({ id }) => id) }],
    warnings: [`dpo-hard: invented. ${HOSTILE}`],
    miner: MINER,
    curves: [
      curve("sft", "sft", (t) => ({ loss: 2 * Math.exp(-2 * t) + 0.3 })),
      ...["dpo-random", "dpo-hard", "dpo-weighted"].map((arm, k) =>
        curve(arm, "dpo", (t) => ({
          loss: Math.LN2 - (0.2 + 0.1 * k) * t,
          "rewards/accuracies": 0.5 + 0.4 * t,
          "rewards/margins": (1 + k) * t,
        })),
      ),
    ],
    examples: {
      a: "dpo-weighted",
      b: "sft",
      wrongToRight: Array.from({ length: 3 }, (_, i) => example(i, true)),
      rightToWrong: [example(9, false)],
    },
    environment: {
      nearmiss: "0.0.0",
      node: "v20",
      platform: "linux",
      cpu: "invented",
      cores: 2,
      memoryGiB: 8,
      finished: "2026-01-01T00:00:00.000Z",
    },
  });
}

function verdict(problemId: string, correct: boolean): Verdict {
  const profile = { answer: correct ? 0 : 1, arithmetic: 0, algebra: 0, logic: 0, grounding: 0, form: 0 };
  const answer = { extracted: "18", reference: "18", distance: correct ? 0 : 0.1 };
  const wrongness = correct ? 0 : 0.8;
  return {
    problemId,
    index: 0,
    correct,
    answer,
    profile,
    wrongness,
    absurdity: 0,
    firstErrorStep: null,
    findings: [],
  };
}

function curve(arm: string, stage: string, metrics: (t: number) => Record<string, number>) {
  const points = Array.from({ length: 40 }, (_, i) => ({ step: i + 1, metrics: metrics(i / 39) }));
  return { arm, stage, points };
}

function example(i: number, better: boolean): Example {
  const solution = (correct: boolean) => ({
    text: `16 - 3 = ${correct ? 13 : 14}\n${HOSTILE}\nThe answer is: ${correct ? 13 : 14}`,
    correct,
    wrongness: correct ? 0.05 : 0.9,
    absurdity: 0.1,
    findings: correct ? [] : ["says 16 - 3 = 14; it is 13", HOSTILE],
  });
  return {
    problemId: `p-${i}`,
    question: `Ann has 16 eggs and eats 3. How many are left? ${HOSTILE}`,
    answer: "13",
    before: solution(!better),
    after: solution(better),
  };
}

const spread = { min: 0.3, p10: 0.5, median: 1, p90: 1.6, max: 2.4 };

const MINER: Report["miner"] = {
  problems: { paired: 60, unsampled: 0, flagged: 0, suspect: 2, noChosen: 10, noNegative: 45, overLimit: 3 },
  samples: { correct: 190, wrongAnswer: 280, brokenChain: 10, nearMiss: 120, unjudged: 0 },
  gates: [
    { name: "complete", in: 290, taken: 20 },
    { name: "length-ratio", in: 270, taken: 15 },
    { name: "near-duplicate", in: 255, taken: 30 },
    { name: "wrongness", in: 225, taken: 25 },
    { name: "absurdity", in: 200, taken: 60 },
  ],
  limits: { perProblem: 20, perturbedShare: 0, total: 0 },
  pairs: {
    total: 120,
    chosen: { gold: 40, sample: 80 },
    rejected: { "wrong-answer": 100, "broken-chain": 5, perturbed: 15 },
    randomPerturbed: 4,
    inBothArms: 12,
  },
  dimensions: [
    { dimension: "answer", samples: 20, pairs: 8 },
    { dimension: "arithmetic", samples: 120, pairs: 50 },
    { dimension: "algebra", samples: 10, pairs: 4 },
    { dimension: "logic", samples: 80, pairs: 38 },
    { dimension: "grounding", samples: 40, pairs: 15 },
    { dimension: "form", samples: 20, pairs: 5 },
  ],
  weights: spread,
  hardness: spread,
  frequency: spread,
  lengths: { chosen: 140, hard: 146, random: 151 },
  reviews: { rejectedPairs: 0, flagged: [] },
  suspects: [{ problemId: "p-1", reference: "18", answer: HOSTILE, votes: 4, answered: 4 }],
  options: MiningOptions.parse({}),
};
