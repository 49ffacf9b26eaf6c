/**
 * Does the chain hold together? A quantity that changes its value without a reason, a conclusion that was never derived,
 * a step that takes itself back; with a reference solution, the first value that leaves it.
 */
import type { Finding } from "../../data/records.js";
import { type Chain, nounOf } from "../claims.js";
import { numbersIn } from "../expression/ast.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import {
  absolute,
  divide,
  equal,
  integer,
  isInteger,
  multiply,
  type Rational,
  show,
} from "../expression/rational.js";
import type { Claim, Trace } from "../trace.js";
import { type Check, type CheckInput, finding } from "./check.js";

export const logic: Check = (input) => [
  ...departures(input),
  ...changedLabels(input),
  ...conclusion(input),
  ...selfRepair(input),
  ...brokenCounts(input),
];

/** Words with which a text takes back or doubts what it said. */
const REPAIR: readonly (readonly [RegExp, number])[] = [
  [
    /\b(?:I|we) made (?:a|an) (?:mistake|error)\b|\brecalculat|\bre-?evaluat|\blet'?s re-?(?:check|consider|examine|think)|\bwait\b[,!]/i,
    0.6,
  ],
  [/\bhowever\b|\bbut (?:wait|since|we|this|the question|that)\b/i, 0.55],
  [
    /\b(?:likely|presumably|it seems|seems to|it appears|not (?:provided|specified|given|stated|mentioned)|doesn't (?:say|specify))\b/i,
    0.55,
  ],
];
/** Prose problems: in formal mathematics "however" is part of an argument. */
const FORMAL = /\\frac|\\sqrt|\\\(|\$[^$\d\s]|\^|polynomial|triangle|integer|function|equation/;

function selfRepair(input: CheckInput): Finding[] {
  if (FORMAL.test(input.question)) return [];
  const out: Finding[] = [];
  for (const step of input.trace.steps) {
    for (const [pattern, severity] of REPAIR) {
      const match = pattern.exec(step.text);
      if (match === null) continue;
      const start = step.start + match.index;
      const place = { step: step.index, start, end: start + match[0].length };
      out.push(
        finding("logic", severity, place, `"${match[0]}": the text doubts or takes back what it derived`),
      );
      break;
    }
  }
  return out;
}

/** The same named quantity with two values: "total cost = 15" and later "total cost = 20". */
function changedLabels(input: CheckInput): Finding[] {
  const seen = new Map<string, { value: Rational; step: number }>();
  const out: Finding[] = [];
  for (const chain of input.trace.chains) {
    const label = labelOf(chain);
    const value = finalValue(chain, input);
    if (label === null || value === null) continue;
    const before = seen.get(label);
    if (before === undefined) seen.set(label, { value, step: chain.step });
    else if (!equal(before.value, value) && !scaleOf(before.value, value)) {
      const message = `${label} was ${show(before.value)}, now ${show(value)}`;
      out.push(
        finding("logic", before.step === chain.step ? 0.3 : 0.6, chain, message, {
          expected: show(before.value),
          found: show(value),
        }),
      );
      seen.set(label, { value, step: chain.step });
    }
  }
  return out;
}

function labelOf(chain: Chain): string | null {
  const label = chain.sides[0]?.label ?? null;
  if (label === null) return null;
  const words = label
    .split(" ")
    .filter((word) => !["the", "a", "so", "of", "therefore", "then", "now"].includes(word));
  return words.length >= 3 ? words.join(" ") : null;
}

function finalValue(chain: Chain, input: CheckInput): Rational | null {
  const last = chain.sides.at(-1)?.node;
  const value = last ? evaluate(last, { budget: input.budget }) : null;
  return value !== null && isExact(value) && chain.relations.every((r) => r === "=") ? value : null;
}

/** Factors by which the same quantity may be written in another unit. */
const SCALES = [100, 60, 12, 7, 1000, 24, 3600, 16, 3, 52, 4, 2].map(integer);

function scaleOf(a: Rational, b: Rational): boolean {
  const quotient = divide(a, b);
  if (quotient === null) return true;
  return SCALES.some((scale) => {
    const inverse = divide(integer(1), scale);
    return equal(quotient, scale) || (inverse !== null && equal(quotient, inverse));
  });
}

/** An answer that appears nowhere before it is stated. */
function conclusion(input: CheckInput): Finding[] {
  const { answer, trace } = input;
  if (answer?.value === undefined || trace.claims.length === 0) return [];
  const target = absolute(answer.value);
  const step = trace.steps.findLast((s) => s.start <= answer.start);
  if (step === undefined) return [];
  const own = trace.claims.some((claim) => claim.start <= answer.end && claim.end >= answer.start);
  if (own || appears(input, target, answer.start)) return [];
  const last = trace.claims.at(-1);
  if (last === undefined) return [];
  const place = { step: step.index, start: answer.start, end: answer.end };
  const message = `concludes ${show(answer.value)}, but the last step derived ${show(last.result.value)}`;
  return [
    finding("logic", 0.7, place, message, { expected: show(last.result.value), found: show(answer.value) }),
  ];
}

function appears(input: CheckInput, target: Rational, before: number): boolean {
  const hundred = integer(100);
  const same = (value: Rational) =>
    equal(absolute(value), target) ||
    equal(multiply(absolute(value), hundred) ?? value, target) ||
    Math.abs(Number(value.n) / Number(value.d) - Number(target.n) / Number(target.d)) < 1;
  for (const chain of input.trace.chains) {
    for (const side of chain.sides) {
      if (side.node === null || side.start >= before) continue;
      const value = evaluate(side.node, { budget: input.budget });
      if (value !== null && isExact(value) && same(value)) return true;
      if (numbersIn(side.node).some((number) => same(number.value))) return true;
    }
  }
  return input.trace.steps.some((step) =>
    step.tokens.some((token) => token.value !== undefined && token.end <= before && same(token.value)),
  );
}

const COUNTED =
  /^(?:people|persons?|students?|children|kids?|boys?|girls?|men|women|guests?|friends?|players?|passengers?|workers?|teachers?|dogs?|cats?|cows?|chickens?|birds?|fish|animals?|cars?|bus(?:es)?|trucks?|books?|shirts?|tickets?|coins?|chairs?|tables?|houses?|balls?|marbles?|toys?|eggs?)$/;

/** A count of people or things that is negative or broken. */
function brokenCounts(input: CheckInput): Finding[] {
  const out: Finding[] = [];
  for (const chain of input.trace.chains) {
    const noun = nounOf(chain);
    const value = COUNTED.test(noun) && chain.trail[1] !== "per" ? finalValue(chain, input) : null;
    if (value === null || (isInteger(value) && value.n >= 0n)) continue;
    const message =
      value.n < 0n
        ? `a negative number of ${noun}: ${show(value)}`
        : `a broken number of ${noun}: ${show(value)}`;
    out.push(finding("logic", 0.6, chain, message, { found: show(value) }));
  }
  return out;
}

/**
 * With a reference solution and a wrong answer: the first computed value that no line of the reference holds. Values in
 * another unit and the reference's own intermediate sums are allowed.
 */
function departures(input: CheckInput): Finding[] {
  const { referenceTrace, trace } = input;
  if (referenceTrace === null || input.correct !== false) return [];
  const allowed = valuesOf(referenceTrace);
  const route = trace.claims.filter((claim) => claim.result.literal);
  const leaving = route.find(
    (claim) =>
      !allowed.some((value) => equal(value, claim.result.value) || scaleOf(value, claim.result.value)),
  );
  if (leaving === undefined) return [];
  const message = `derives ${show(leaving.result.value)}, which the reference solution never reaches`;
  const found = show(leaving.result.value);
  return [finding("logic", 0.75, leaving, message, operationNote(leaving, referenceTrace, found))];
}

function valuesOf(trace: Trace): Rational[] {
  const numbers = trace.steps.flatMap((step) =>
    step.tokens.flatMap((token) => (token.value === undefined ? [] : [token.value])),
  );
  const { claims } = trace;
  return [...claims.map((claim) => claim.result.value), ...numbers, ...sums(claims)];
}

/** Sums and products of two results that the reference may have folded into one line. */
function sums(claims: readonly Claim[]): Rational[] {
  const out: Rational[] = [];
  for (const claim of claims) {
    const values = claim.operands.map((operand) => operand.value);
    if (values.length < 3 || values.length > 12) continue;
    for (let i = 0; i + 1 < values.length; i++) {
      const [a, b] = [values[i], values[i + 1]];
      if (a === undefined || b === undefined) continue;
      const product = multiply(a, b);
      const total = { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
      if (product !== null) out.push(product);
      if (total.d === 1n) out.push(total);
    }
  }
  return out;
}

/** The reference's result of the same operands, where it joins them by another operation. */
function operationNote(claim: Claim, reference: Trace, found: string): { expected?: string; found: string } {
  const key = (c: Claim) =>
    c.operands
      .map((operand) => show(operand.value))
      .sort()
      .join(" ");
  const twin = reference.claims.find((other) => key(other) === key(claim));
  return twin === undefined ? { found } : { expected: show(twin.result.value), found };
}
