/** What worker threads do. Each task makes one line of JSON from the texts of one unit: a place for messages, then data. */
import { z } from "zod";
import { checkLine } from "../../data/jsonl.js";
import { Candidate, Problem, Verdict } from "../../data/records.js";
import { Said } from "../../data/review.js";
import { MiningOptions, prepareProblem } from "../../mining/index.js";
import { verify } from "../../verifier/index.js";
import { judgeOne } from "../judge.js";

export type Unit = readonly [where: string, ...texts: string[]];
export type Task = (unit: Unit) => string;

/** A row of `nearmiss verify`. */
const VerifyRow = z
  .object({
    id: z.union([z.string(), z.number()]).optional(),
    question: z.string(),
    solution: z.string().optional(),
    steps: z.array(z.string()).optional(),
    reference: z.string().nullish(),
    referenceSolution: z.string().nullish(),
  })
  .refine(({ solution, steps }) => (solution === undefined) !== (steps === undefined), {
    message: "give the solution as a text in `solution`, or as a list in `steps`",
    path: ["solution"],
  });

const Samples = z.object({
  problem: Problem,
  samples: z.array(z.object({ candidate: Candidate, verdict: Verdict })),
  said: Said,
});

/** By name: from the task's options, which may come from another thread, to the task. */
export const TASKS = {
  /** A row with question and solution to its verdict, with the row's id. */
  verify:
    (): Task =>
    ([where, text = ""]) => {
      const { id, question, solution, steps, reference, referenceSolution } = checkLine(
        text,
        VerifyRow,
        where,
      );
      const judgement = verify({
        question,
        solution: solution ?? steps ?? "",
        reference: reference ?? null,
        referenceSolution: referenceSolution ?? null,
      });
      return JSON.stringify(id === undefined ? judgement : { id, ...judgement });
    },

  /** A candidate and its problem to the verdict. */
  judge: (given: unknown): Task => {
    const options = z.object({ referenceSolution: z.boolean() }).parse(given);
    return ([where, candidate = "", problem = ""]) =>
      JSON.stringify(
        judgeOne(checkLine(problem, Problem, where), checkLine(candidate, Candidate, where), options),
      );
  },

  /** A problem with its samples to what mining needs of it. */
  prepare: (given: unknown): Task => {
    const options = MiningOptions.parse(given);
    return ([where, text = ""]) => {
      const { problem, samples, said } = checkLine(text, Samples, where);
      return JSON.stringify(prepareProblem(problem, samples, options, said));
    };
  },
} as const satisfies Record<string, (options: unknown) => Task>;

export type TaskName = keyof typeof TASKS;
