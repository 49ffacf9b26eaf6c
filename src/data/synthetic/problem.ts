/** The record of a synthetic problem: a problem with its steps annotated. */
import { z } from "zod";
import { Problem } from "../records.js";
import { OPERATIONS } from "./family.js";

export const SyntheticStep = z.object({
  /** "48 / 2", "25% of 60" */
  expression: z.string(),
  /** "%" is "a percent of b". */
  operation: z.enum(OPERATIONS),
  /** Left and right. `from`: a number of the question, a constant of the world (12 months, "half"), or the 0-based step. */
  operands: z.tuple([operand(), operand()]),
  result: z.int(),
  /** The step in several wordings, each holding "expression = result"; the i-th of every step go together. */
  texts: z.array(z.string()).min(2),
});
export type SyntheticStep = z.infer<typeof SyntheticStep>;

export const SyntheticProblem = Problem.extend({
  solution: z.string().min(1),
  source: z.literal("synthetic"),
  /** The family's name. */
  type: z.string(),
  steps: z.array(SyntheticStep).min(1),
});
export type SyntheticProblem = z.infer<typeof SyntheticProblem>;

function operand() {
  return z.object({
    value: z.int(),
    from: z.union([z.literal("question"), z.literal("constant"), z.int().min(0)]),
  });
}
