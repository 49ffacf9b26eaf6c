/**
 * Where a wrong solution leaves the reference solution. Computations are paired: those of the same numbers with the same
 * value, then those that reach the same value by another way. The first that remains alone departs, unless what follows
 * from it comes back to the reference (120 + 75, then 450 - 195). A lone computation that nearly is one of the
 * reference's shows what is wrong with it: its operation, or one of its operands.
 */
import type { Finding } from "../../data/records.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import {
  absolute,
  compare,
  divide,
  equal,
  integer,
  isInteger,
  multiply,
  type Rational,
  ratio,
  show,
  subtract,
} from "../expression/rational.js";
import { type Budget, MAX_OPERANDS, MAX_PAIRED } from "../limits.js";
import type { Claim, Operand, Trace } from "../trace.js";
import { finding } from "./check.js";

const SEVERITY = 0.75;

interface Computation {
  readonly claim: Claim;
  /** What the expression is worth, whatever is stated. */
  readonly value: Rational;
  /** The numbers of the expression, ascending. */
  readonly numbers: readonly Rational[];
}

/**
 * The finding that names the departure; null where there is none, or where a false computation comes first (the rest
 * follows from it, and `arithmetic` names it).
 *
 * @param end where the final answer is stated: the place of a computation that is missing at the end
 */
export function departure(
  trace: Trace,
  reference: Trace,
  end: { step: number; start: number; end: number },
  budget: Budget,
): Finding | null {
  const own = computations(trace, budget);
  const open = new Set(computations(reference, budget));
  const last = [...open].at(-1);
  const paired = new Set<Computation>();
  for (const ours of own) {
    const twin = [...open].find((theirs) => sameNumbers(ours, theirs) && close(ours.value, theirs.value));
    if (twin === undefined) continue;
    paired.add(ours);
    open.delete(twin);
  }
  for (const ours of own) {
    if (!close(ours.value, ours.claim.result.value)) return null;
    if (paired.has(ours)) continue;
    const reached = [...open].find((theirs) => close(ours.value, theirs.value));
    if (reached !== undefined) {
      open.delete(reached);
      continue;
    }
    const found = compareWith(ours, [...open]) ?? alone(ours, reference);
    if (found !== null && !returns(ours.claim, trace, reference, budget)) return found;
  }
  if (last === undefined || !open.has(last)) return null;
  const missing = describe(last.claim);
  return finding("logic", SEVERITY, end, `stops before ${missing}, which the reference solution computes`, {
    expected: show(last.claim.result.value),
  });
}

function computations(trace: Trace, budget: Budget): Computation[] {
  const short = trace.claims.filter((c) => c.result.literal && c.operands.length <= MAX_OPERANDS);
  return short.slice(0, MAX_PAIRED).flatMap((claim) => {
    const value = evaluate(claim.expression, { budget });
    const numbers = claim.operands.map((operand) => operand.value).sort(compare);
    return value === null || !isExact(value) ? [] : [{ claim, value, numbers }];
  });
}

function sameNumbers({ numbers: a }: Computation, { numbers: b }: Computation): boolean {
  return a.length === b.length && a.every((value, i) => close(value, b[i] ?? value));
}

/** What is wrong with a computation that shares its numbers, or all but one of them, with one of the reference's. */
function compareWith(ours: Computation, theirs: readonly Computation[]): Finding | null {
  const twin = theirs.find((other) => sameNumbers(ours, other));
  if (twin !== undefined) {
    const message = `computes ${describe(ours.claim)} where the reference computes ${describe(twin.claim)}`;
    return finding("logic", SEVERITY, ours.claim, message, results(ours, twin));
  }
  for (const other of theirs) {
    const changed = changedOperand(ours.claim, other.claim);
    if (changed === null) continue;
    const { found, expected } = changed;
    const grounded = found.origin === "given" || found.origin === "derived";
    const source = theirs.find((c) => expected.origin === "derived" && close(c.value, expected.value));
    const never = source === undefined ? "" : `, and never computes ${describe(source.claim)}`;
    const message = `uses ${show(found.value)} where the reference uses ${show(expected.value)}${never}`;
    return finding(grounded ? "logic" : "grounding", SEVERITY, ours.claim, message, results(ours, other));
  }
  return null;
}

/** The one operand in which two computations of the same operation differ. */
function changedOperand(ours: Claim, theirs: Claim): { found: Operand; expected: Operand } | null {
  if (ours.operation !== theirs.operation || ours.operands.length !== theirs.operands.length) return null;
  const rest = [...theirs.operands];
  const extra = ours.operands.filter((operand) => {
    const at = rest.findIndex((other) => close(other.value, operand.value));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  const [found, expected] = [extra[0], rest[0]];
  if (found === undefined || expected === undefined || extra.length === ours.operands.length) return null;
  const one =
    extra.every((o) => equal(o.value, found.value)) && rest.every((o) => equal(o.value, expected.value));
  return one ? { found, expected } : null;
}

/** A computation like none of the reference's, whose value the reference does not hold either. */
function alone({ claim }: Computation, reference: Trace): Finding | null {
  const { value } = claim.result;
  const known = [...numbersOf(reference), ...sums(reference.claims)];
  if (known.some((other) => equal(other, value) || converts(other, value))) return null;
  const foreign = claim.operands.find(
    (o) => o.origin === "ungrounded" && !known.some((other) => equal(other, o.value)),
  );
  const message = `derives ${show(value)}, which the reference solution never reaches`;
  return finding(foreign === undefined ? "logic" : "grounding", SEVERITY, claim, message, {
    found: show(value),
  });
}

/** Whether a later result that rests on a claim is one of the reference's results. */
function returns(claim: Claim, trace: Trace, reference: Trace, budget: Budget): boolean {
  const { claims } = trace;
  const resting = new Set([claims.indexOf(claim)]);
  return claims.some((later, i) => {
    if (!later.operands.some((operand) => operand.from !== undefined && resting.has(operand.from)))
      return false;
    resting.add(i);
    if (!budget.spend(reference.claims.length)) return false;
    return reference.claims.some((other) => close(other.result.value, later.result.value));
  });
}

function numbersOf(trace: Trace): Rational[] {
  const written = trace.steps.flatMap((step) =>
    step.tokens.flatMap((token) => (token.value === undefined ? [] : [token.value])),
  );
  return [...trace.claims.map((claim) => claim.result.value), ...written];
}

/** Sums and products of two neighbours that the reference folded into one line. */
function sums(claims: readonly Claim[]): Rational[] {
  const out: Rational[] = [];
  for (const claim of claims) {
    const values = claim.operands.map((operand) => operand.value);
    if (values.length < 3 || values.length > MAX_OPERANDS) continue;
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

const HUNDRED = integer(100);

/** Equal, equal as a percentage, or equal up to the rounding of a decimal. */
function close(a: Rational, b: Rational): boolean {
  if (equal(a, b) || equal(multiply(a, HUNDRED) ?? a, b) || equal(a, multiply(b, HUNDRED) ?? b)) return true;
  if (isInteger(a) && isInteger(b)) return false;
  const gap = subtract(a, b);
  const slack = multiply(absolute(b), ratio(1, 100));
  return gap !== null && slack !== null && compare(absolute(gap), slack) <= 0;
}

/** Factors by which a quantity may be written in another unit. */
const SCALES = [100, 60, 12, 7, 1000, 24, 3600, 16, 52].map(integer);

function converts(a: Rational, b: Rational): boolean {
  return SCALES.some((scale) => equal(multiply(a, scale) ?? b, b) || equal(divide(a, scale) ?? b, b));
}

function describe(claim: Claim): string {
  const sign = claim.operation === undefined ? " and " : ` ${claim.operation} `;
  const shown = claim.operands.map((operand) => show(operand.value));
  return claim.operands.length === 2
    ? `${shown.join(sign)} = ${show(claim.result.value)}`
    : show(claim.result.value);
}

function results(ours: Computation, theirs: Computation): { expected: string; found: string } {
  return { expected: show(theirs.claim.result.value), found: show(ours.claim.result.value) };
}
