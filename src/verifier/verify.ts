/** The MathVerifier: one solution in, one judgement out. Pure, deterministic, and it never throws on any text. */
import type { Dimension, Finding, Judgement } from "../data/records.js";
import { computationsOf } from "./alignment/computations.js";
import { type ExtractedAnswer, extract, numericValue } from "./answers/extract.js";
import { sameAnswer } from "./answers/same.js";
import { type CheckInput, ERROR_SEVERITY } from "./checks/check.js";
import { departure } from "./checks/departure.js";
import { doubtOf } from "./checks/doubt.js";
import { CHECKS } from "./checks/index.js";
import { toNumber } from "./expression/rational.js";
import { ledgerOf } from "./ledger.js";
import { Budget } from "./limits.js";
import { absurdity, profileOf, traitsOf, wrongness } from "./scores.js";
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
  const evidence = examine(input);
  const { checked, correct } = evidence;
  const doubt = correct === null ? doubtOf(checked, evidence.findings) : { doubt: 0, finding: null };
  const findings = place(evidence, doubt.finding).sort((a, b) => a.step - b.step || a.start - b.start);
  const profile = profileOf(findings, correct);
  const { answer, gold, goldNumber } = evidence;
  return {
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
    wrongness: wrongness(profile, doubt.doubt),
    absurdity: absurdity(traitsOf(checked, findings, goldNumber)),
    firstErrorStep: firstError(findings),
    findings,
  };
}

/** What was read and what the checks found, before any weighing: `scripts/fit-verifier.ts` fits the weights to it. */
export interface Evidence {
  readonly checked: CheckInput;
  readonly trace: Trace;
  readonly answer: ExtractedAnswer | null;
  readonly correct: boolean | null;
  readonly gold: string | null;
  readonly goldNumber: number | null;
  /** The reference solution's trace, of a wrong solution. */
  readonly reference: Trace | null;
  readonly findings: readonly Finding[];
}

export function examine({ question, solution, reference, referenceSolution }: VerifyInput): Evidence {
  const budget = new Budget();
  const text = typeof solution === "string" ? solution : solution.join("\n");
  const trace = buildTrace(question, solution, budget);
  const answer = extract(text);
  const gold = reference ?? (referenceSolution ? (extract(referenceSolution)?.text ?? null) : null);
  const correct =
    gold === null ? null : answer !== null && (sameAnswer(text, gold) || sameAnswer(answer.text, gold));
  const goldValue = gold === null ? null : numericValue(extract(gold)?.text ?? gold);
  const computations = computationsOf(trace, budget);
  const ledger = ledgerOf(question, trace, computations, budget);
  const checked: CheckInput = {
    question,
    text,
    trace,
    computations,
    ledger,
    answer,
    reference: gold,
    correct,
    budget,
  };
  return {
    checked,
    trace,
    answer,
    correct,
    gold,
    goldNumber: goldValue === null ? null : toNumber(goldValue),
    reference:
      correct === false && referenceSolution ? buildTrace(question, referenceSolution, budget) : null,
    findings: Object.values(CHECKS)
      .flatMap((check) => check(checked))
      .slice(0, MAX_FINDINGS),
  };
}

/** The findings, with the one that names where the solution goes wrong as a whole. */
function place({ checked, correct, reference, findings }: Evidence, doubt: Finding | null): Finding[] {
  if (correct === null) return doubt === null ? [...findings] : [...findings, doubt];
  if (correct) return findings.map(soften);
  if (reference === null) return [...findings];
  const departed = departure(checked, reference, findings);
  if (departed === null) return [...findings];
  // The departure has weighed the conjectures: those of other steps accuse no more.
  const kept = findings.map((f) => (f.step === departed.step ? f : soften(f)));
  return [...kept, ...departed.findings];
}

const soften = (f: Finding): Finding =>
  CONJECTURE.has(f.dimension) ? { ...f, severity: f.severity / 2 } : f;

function firstError(findings: readonly Finding[]): number | null {
  return findings.find((f) => f.severity >= ERROR_SEVERITY && f.dimension !== "form")?.step ?? null;
}

/** |a - b| over the larger of the two, at most 1; 1 where the wrong answer is no number, or one beyond the floats. */
function distance(value: number | undefined, reference: number | null, correct: boolean): number {
  if (correct) return 0;
  if (value === undefined || reference === null) return 1;
  const size = Math.max(Math.abs(value), Math.abs(reference));
  if (!Number.isFinite(size)) return 1;
  return size === 0 ? 0 : Math.min(1, Math.abs(value - reference) / size);
}
