/** `nearmiss/verifier`: a judge-free verifier of worked mathematics. Pure: no Node, no dependency. */
import { extract } from "./answers/extract.js";
import type { Rational } from "./expression/rational.js";
import { toNumber } from "./expression/rational.js";

export { sameAnswer } from "./answers/same.js";
export { type Step, splitSteps } from "./text/steps.js";
export {
  buildTrace,
  type Claim,
  type Given,
  type Operand,
  type Origin,
  type Quantity,
  type Trace,
  type TracedStep,
} from "./trace.js";
export { type VerifyInput, verify } from "./verify.js";
export type { Rational };

export interface Answer {
  /** The answer as written. */
  readonly text: string;
  /** Its value as a float, where it is a number that a float holds. */
  readonly value?: number;
  /** Character span [start, end) in the text. */
  readonly start: number;
  readonly end: number;
}

/** The final answer that a text states (a box, "The answer is", "####", or its last number), or null. */
export function extractAnswer(text: string): Answer | null {
  const found = extract(text);
  if (found === null) return null;
  const { text: stated, start, end } = found;
  const value = found.value && toNumber(found.value);
  return { text: stated, start, end, ...(value !== undefined && Number.isFinite(value) ? { value } : {}) };
}
