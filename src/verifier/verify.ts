/** The MathVerifier: one solution in, one judgement out. Pure, deterministic, and it never throws on any text. */
import type { Dimension, Finding, Judgement } from "../data/records.js";
import { type ExtractedAnswer, extract, numericValue } from "./answers/extract.js";
import { sameAnswer } from "./answers/same.js";
import { type CheckInput, ERROR_SEVERITY } from "./checks/check.js";
import { departure } from "./checks/departure.js";
import { CHECKS } from "./checks/index.js";
import { toNumber } from "./expression/rational.js";
import { Budget } from "./limits.js";
import { type AbsurdityTraits, absurdity, profileOf, traitsOf, wrongness } from "./scores.js";
import { buildTrace, type Trace } from "./trace.js";

export interface VerifyInput {
  readonly question: string;
  /** The text, or its steps; `firstErrorStep` then indexes that list, and spans count in the steps joined with "\n". */
  readonly solution: string | readonly string[];
  /** The right answer, bare or in a text that states it. */
  readonly reference?: string | null;
  /** A worked solution that is right; its answer is the reference where none is given. */
  readonly referenceSolution?: string | null;
}

/** Dimensions whose findings are conjectures: a right answer clears them. */
const CONJECTURE: ReadonlySet<Dimension> = new Set<Dimension>(["logic", "grounding"]);
/** Findings kept of one solution. */
const MAX_FINDINGS = 200;

/**
 * Judges a worked solution over six dimensions, by rules alone.
 *
 * @example
 * verify({ question: "Ann has 16 eggs and eats 3. How many are left?", solution: "16 - 3 = 14\nThe answer is: 14" });
 */
export function verify(input: VerifyInput): Judgement {
  return judge(input).judgement;
}

/** The judgement with the traits behind its absurdity, which `scripts/fit-verifier.ts` fits. */
export function judge({ question, solution, reference, referenceSolution }: VerifyInput): {
  readonly judgement: Judgement;
  readonly traits: AbsurdityTraits;
} {
  const budget = new Budget();
  const text = typeof solution === "string" ? solution : solution.join("\n");
  const trace = buildTrace(question, solution, budget);
  const answer = extract(text);
  const gold = reference ?? (referenceSolution ? (extract(referenceSolution)?.text ?? null) : null);
  const correct = gold === null ? null : answer !== null && sameAnswer(text, gold);
  const input: CheckInput = {
    question,
    text,
    trace,
    answer,
    reference: gold,
    departure:
      correct === false && referenceSolution
        ? departure(trace, buildTrace(question, referenceSolution, budget), end(trace, answer), budget)
        : null,
    correct,
    budget,
  };
  const findings = Object.values(CHECKS)
    .flatMap((check) => check(input))
    .slice(0, MAX_FINDINGS)
    .map((f) => (correct === true && CONJECTURE.has(f.dimension) ? { ...f, severity: f.severity / 2 } : f))
    .sort((a, b) => a.step - b.step || a.start - b.start);
  const profile = profileOf(findings, correct);
  const goldValue = gold === null ? null : numericValue(extract(gold)?.text ?? gold);
  const goldNumber = goldValue === null ? null : toNumber(goldValue);
  const traits = traitsOf(input, findings, goldNumber);
  const judgement: Judgement = {
    correct,
    answer: {
      extracted: answer?.text ?? null,
      reference: gold,
      distance:
        correct === null || answer === null
          ? null
          : distance(answer.value && toNumber(answer.value), goldNumber, correct),
    },
    profile,
    wrongness: wrongness(profile),
    absurdity: absurdity(traits),
    firstErrorStep: firstError(findings),
    findings,
  };
  return { judgement, traits };
}

/** Where a solution concludes: its answer, or its last step. */
function end(trace: Trace, answer: ExtractedAnswer | null): { step: number; start: number; end: number } {
  const step = trace.steps.findLast((s) => answer === null || s.start <= answer.start);
  const { start, end } = answer ?? {
    start: step?.start ?? 0,
    end: (step?.start ?? 0) + (step?.text.length ?? 0),
  };
  return { step: step?.index ?? 0, start, end };
}

function firstError(findings: readonly Finding[]): number | null {
  return findings.find((f) => f.severity >= ERROR_SEVERITY && f.dimension !== "form")?.step ?? null;
}

/** |a - b| over the larger of the two, at most 1; 1 where the wrong answer is no number. */
function distance(value: number | undefined, reference: number | null, correct: boolean): number {
  if (correct) return 0;
  if (value === undefined || reference === null) return 1;
  const size = Math.max(Math.abs(value), Math.abs(reference));
  return size === 0 ? 0 : Math.min(1, Math.abs(value - reference) / size);
}
