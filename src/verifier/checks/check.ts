/** What every check sees and returns. */
import type { Dimension, Finding } from "../../data/records.js";
import type { Computation } from "../alignment/computations.js";
import type { ExtractedAnswer } from "../answers/extract.js";
import { type Rational, show, toNumber } from "../expression/rational.js";
import type { Ledger } from "../ledger.js";
import type { Budget } from "../limits.js";
import type { Trace, TracedStep } from "../trace.js";

export interface CheckInput {
  readonly question: string;
  /** The whole solution; spans of findings count in it. */
  readonly text: string;
  readonly trace: Trace;
  /** The computations of the trace, and where its numbers come from. */
  readonly computations: readonly Computation[];
  readonly ledger: Ledger;
  readonly answer: ExtractedAnswer | null;
  readonly reference: string | null;
  /** Whether the answer equals the reference; null with no reference. */
  readonly correct: boolean | null;
  readonly budget: Budget;
}

export type Check = (input: CheckInput) => Finding[];

/** Severity from which a finding names a step as wrong. Below it a finding is a hint: it counts, but accuses no step. */
export const ERROR_SEVERITY = 0.5;

/**
 * Whether a pattern stands in the text of a step, looked for once a step: a step may be long and hold many chains, each of
 * which asks.
 */
export function cue(pattern: RegExp): (step: TracedStep | undefined) => boolean {
  const known = new WeakMap<TracedStep, boolean>();
  return (step) => {
    if (step === undefined) return false;
    const found = known.get(step) ?? pattern.test(step.text);
    known.set(step, found);
    return found;
  };
}

export function finding(
  dimension: Dimension,
  severity: number,
  place: { step: number; start: number; end: number },
  message: string,
  values: { expected?: string; found?: string } = {},
): Finding {
  const { step, start, end } = place;
  return { dimension, severity, step, start, end, message, ...values };
}

/** A piece of the solution, short enough for a message. */
export function cut(input: CheckInput, { start, end }: { start: number; end: number }): string {
  const line = input.text.slice(start, end).replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** A value as a person would write it: 3.5, 1/3, but 13.33 for 40/3. */
export function spoken(value: Rational): string {
  const exact = show(value);
  const part = value.d <= 12n && value.n < value.d && -value.n < value.d;
  if (!exact.includes("/") || part) return exact;
  const x = toNumber(value);
  return String(Number(Math.abs(x) < 1 ? x.toPrecision(3) : x.toFixed(2)));
}
