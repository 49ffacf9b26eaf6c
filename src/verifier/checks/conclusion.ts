/**
 * Is the conclusion what the last step derived? The final answer must be the last derived value, or be taken up again
 * behind it ("so y = 150", "the smallest of them is 17"). Else it is an intermediate value, or comes from nowhere.
 */
import type { Finding } from "../../data/records.js";
import { isLiteral, numbersIn } from "../expression/ast.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import { absolute, equal, integer, multiply, type Rational, show, toNumber } from "../expression/rational.js";
import type { Claim } from "../trace.js";
import { type CheckInput, finding, spoken } from "./check.js";

/** Words of a step that tests the answer. */
const TESTS = /\b(?:(?:double-)?check|verif|confirm)/i;
/** Words of a problem that choose among results. */
const CHOOSES = /\b(?:max|min|most|least|larg|small|great|high|low|best|cheap|which)/i;

export function conclusion(input: CheckInput): Finding[] {
  const { answer, trace } = input;
  if (answer?.value === undefined) return [];
  const step = trace.steps.findLast((s) => s.start <= answer.start);
  const last = trace.claims.findLast((claim) => claim.end <= answer.start);
  if (step === undefined || last === undefined) return [];
  // The answer is part of a computation: arithmetic judges that.
  if (trace.claims.some((claim) => claim.start <= answer.end && claim.end >= answer.start)) return [];
  const target = answer.value;
  const place = { step: step.index, start: answer.start, end: answer.end };
  const values = { expected: show(last.result.value), found: show(target) };
  const message = `concludes ${spoken(target)}, but the last step derived ${spoken(last.result.value)}`;
  if (!appears(input, target, 0, answer.start)) return [finding("logic", 0.7, place, message, values)];
  const taken = restates(last.result.value, target) || appears(input, target, last.end, answer.start);
  if (taken || TESTS.test(trace.steps[last.step]?.text ?? "")) return [];
  const { claims } = trace;
  const derived = claims.filter((claim) => claim.end <= last.start && same(claim.result.value, target));
  const chosen = CHOOSES.test(input.question) && !derived.some((claim) => restsOn(last, claim, claims));
  return derived.length === 0 || chosen ? [] : [finding("logic", 0.7, place, message, values)];
}

/** Whether a claim was computed, at any remove, from another's result. */
function restsOn(claim: Claim, ground: Claim, claims: readonly Claim[]): boolean {
  const resting = new Set([ground]);
  for (const later of claims) {
    const from = later.operands.map(({ from }) => (from === undefined ? undefined : claims[from]));
    if (from.some((source) => source !== undefined && resting.has(source))) resting.add(later);
  }
  return resting.has(claim);
}

/** Equal up to sign and percent, or rounded to a whole number. */
function restates(value: Rational, target: Rational): boolean {
  return same(value, target) || Math.abs(toNumber(absolute(value)) - toNumber(absolute(target))) < 1;
}

function same(value: Rational, target: Rational): boolean {
  const [a, b] = [absolute(value), absolute(target)];
  return equal(a, b) || equal(multiply(a, integer(100)) ?? a, b);
}

/** Whether a value is written or computed between two places of the text. */
function appears(input: CheckInput, target: Rational, from: number, to: number): boolean {
  for (const chain of input.trace.chains) {
    for (const side of chain.sides) {
      if (side.node === null || side.start < from || side.start >= to || isLiteral(side.node)) continue;
      const value = evaluate(side.node, { budget: input.budget });
      if (value !== null && isExact(value) && restates(value, target)) return true;
      if (numbersIn(side.node).some((number) => restates(number.value, target))) return true;
    }
  }
  return input.trace.steps.some((step) =>
    step.tokens.some(
      (t) => t.value !== undefined && t.start >= from && t.end <= to && restates(t.value, target),
    ),
  );
}
