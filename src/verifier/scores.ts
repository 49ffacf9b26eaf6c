/**
 * From findings to numbers: the profile over the six dimensions, wrongness and absurdity. Both are noisy-or models,
 * `W = 1 - (1 - w_0 doubt) prod_d (1 - w_d s_d)` and `A = 1 - prod_k (1 - a_k x_k)`; the weights are data (weights.ts).
 */
import type { Dimension, Finding, Judgement } from "../data/records.js";
import type { CheckInput } from "./checks/check.js";
import { toNumber } from "./expression/rational.js";
import type { Trace } from "./trace.js";
import { WEIGHTS } from "./weights.js";

export type Profile = Judgement["profile"];

/** What makes an answer implausible to a reader, each in [0, 1]. */
export interface AbsurdityTraits {
  /** Orders of magnitude between the answer and what could be expected. */
  readonly magnitude: number;
  /** A negative or broken count, a probability above 1. */
  readonly domain: number;
  /** Share of operands that come from nowhere. */
  readonly ungrounded: number;
  /** Loops, stops short, gives no answer. */
  readonly degenerate: number;
}

/** Noisy-or of the severities of a dimension's findings; 0 with none. */
function dimensionScore(findings: readonly Finding[], dimension: Dimension): number {
  return 1 - findings.reduce((left, f) => (f.dimension === dimension ? left * (1 - f.severity) : left), 1);
}

export function profileOf(findings: readonly Finding[], correct: boolean | null): Profile {
  const score = (dimension: Dimension) => dimensionScore(findings, dimension);
  return {
    answer: correct === null ? null : correct ? 0 : 1,
    arithmetic: score("arithmetic"),
    algebra: score("algebra"),
    logic: score("logic"),
    grounding: score("grounding"),
    form: score("form"),
  };
}

/**
 * How surely and how badly a solution is wrong, in [0, 1]. The weights differ with and without a reference answer.
 *
 * @param doubt what the weak signs say together (checks/doubt.ts); it counts without a reference answer only
 */
export function wrongness(profile: Profile, doubt: number): number {
  const weights = profile.answer === null ? WEIGHTS.free : WEIGHTS.guided;
  let right = profile.answer === null ? 1 - WEIGHTS.doubt * doubt : 1;
  for (const [dimension, weight] of Object.entries(weights)) {
    right *= 1 - weight * (profile[dimension as Dimension] ?? 0);
  }
  return 1 - right;
}

/** How implausible a solution looks to a reader, in [0, 1]. */
export function absurdity(traits: AbsurdityTraits): number {
  let plausible = 1;
  for (const [trait, weight] of Object.entries(WEIGHTS.absurdity)) {
    plausible *= 1 - weight * traits[trait as keyof AbsurdityTraits];
  }
  return 1 - plausible;
}

export function traitsOf(
  input: CheckInput,
  findings: readonly Finding[],
  reference: number | null,
): AbsurdityTraits {
  const value = input.answer?.value === undefined ? null : toNumber(input.answer.value);
  return {
    magnitude: value === null ? 0 : magnitude(value, reference, input.trace),
    domain: domain(input, findings, value),
    ungrounded: ungroundedShare(input.trace),
    degenerate: dimensionScore(
      findings.filter((f) => f.severity >= 0.5),
      "form",
    ),
  };
}

/** 0 within one order of magnitude of the reference (three of the largest given, with none), 1 three orders further. */
function magnitude(value: number, reference: number | null, trace: Trace): number {
  const known = reference !== null && reference !== 0;
  const scale = known
    ? Math.abs(reference)
    : Math.max(10, ...trace.givens.map((given) => Math.abs(toNumber(given.value))));
  const orders = Math.abs(Math.log10(Math.max(Math.abs(value), 1e-9) / scale));
  const free = known ? 1 : 3;
  return Math.min(1, Math.max(0, (orders - free) / 3));
}

function domain(input: CheckInput, findings: readonly Finding[], value: number | null): number {
  const { question } = input;
  if (
    value !== null &&
    /\bprobability\b/i.test(question) &&
    (value > 1 || value < 0) &&
    !/%|percent/i.test(input.answer?.text ?? "")
  )
    return 1;
  const count = /\bhow many\b/i.test(question.slice(-400));
  const measure =
    /hours|minutes|miles|pounds|dollars|ounces|feet|inches|cups|gallons|liters|percent|meters|weeks|days|years/i;
  if (
    value !== null &&
    count &&
    (value < 0 || (!Number.isInteger(value) && !measure.test(question.slice(-200))))
  )
    return 1;
  return findings.some((f) => /^a (?:negative|broken) number of/.test(f.message)) ? 0.5 : 0;
}

function ungroundedShare(trace: Trace): number {
  const operands = trace.claims.flatMap((claim) => claim.operands);
  return operands.length === 0
    ? 0
    : operands.filter((operand) => operand.origin === "ungrounded").length / operands.length;
}
