/**
 * The computations of a solution as a graph of quantities: each line of equal expressions (`20 + 0.4 * 20 = 20 + 8 = 28`)
 * is one node, whose operands lead to the nodes that computed them. Computations that state no value ("the rest is
 * 10,000 - 6,000") are nodes too: alignment needs what was computed, not only what was claimed.
 */
import type { Chain, Side } from "../claims.js";
import { type BinaryOperator, bare, isFraction, isLiteral, type Node, numbersIn } from "../expression/ast.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import {
  absolute,
  compare,
  equal,
  integer,
  isInteger,
  keyOf,
  multiply,
  ONE,
  type Rational,
  ratio,
  subtract,
} from "../expression/rational.js";
import { type Budget, MAX_OPERANDS, MAX_PAIRED } from "../limits.js";
import type { Trace } from "../trace.js";

export interface Form {
  readonly node: Node;
  /** The outermost operation, where there is one. */
  readonly operation?: BinaryOperator;
  /** The numbers of the expression as written, and ascending. */
  readonly written: readonly Rational[];
  readonly numbers: readonly Rational[];
}

export interface Computation {
  readonly index: number;
  readonly step: number;
  readonly start: number;
  readonly end: number;
  /** What the first expression is worth, whatever is stated. */
  readonly value: Rational;
  /** The value as stated at the end of the line; null where none is. */
  readonly stated: Rational | null;
  /** The expressions of the line, at least one, first to last. */
  readonly forms: readonly Form[];
  /** Indices of the computations whose values the expressions use. */
  readonly from: readonly number[];
  /** The numbers of the first expression that no earlier computation gave. */
  readonly fresh: readonly Rational[];
  /** The numbers from which the value was computed, at any remove, that no computation gave: keys of `leafKey`. */
  readonly leaves: ReadonlySet<string>;
}

/** The computations of a trace in order, at most MAX_PAIRED. */
export function computationsOf(trace: Trace, budget: Budget): Computation[] {
  const out: Computation[] = [];
  for (const chain of trace.chains) {
    for (const run of runs(chain)) {
      if (out.length >= MAX_PAIRED) return out;
      const computation = fromRun(chain, run, out, budget);
      if (computation === null) continue;
      const last = out.at(-1);
      // "3 * 5 = <<3*5=15>>15" states one computation twice.
      if (last !== undefined && restates(last, computation))
        out[out.length - 1] = {
          ...computation,
          index: last.index,
          start: last.start,
          from: last.from,
          fresh: last.fresh,
          leaves: last.leaves,
        };
      else out.push(computation);
    }
  }
  return out;
}

/** Stretches of a chain without variables, joined by equality. */
function runs(chain: Chain): Side[][] {
  const out: Side[][] = [];
  let run: Side[] = [];
  chain.sides.forEach((side, i) => {
    const relation = chain.relations[i - 1];
    const joined = i === 0 || relation === "=" || relation === "~";
    const constant = side.node !== null && side.variables.length === 0;
    if (!joined || !constant) {
      if (run.length > 0) out.push(run);
      run = [];
    }
    if (constant) run.push(side);
  });
  if (run.length > 0) out.push(run);
  return out;
}

function fromRun(
  chain: Chain,
  run: readonly Side[],
  earlier: readonly Computation[],
  budget: Budget,
): Computation | null {
  const first = run.findIndex(({ node }) => node !== null && !isLiteral(node));
  const sides = run.slice(Math.max(0, first));
  const last = run.at(-1);
  const forms = sides.flatMap(({ node }) => (node === null || isLiteral(node) ? [] : formOf(node)));
  const [form] = forms;
  if (first < 0 || form === undefined || last === undefined || last.node === null) return null;
  const value = evaluate(form.node, { budget });
  if (value === null || !isExact(value)) return null;
  const end =
    isLiteral(last.node) || (isFraction(last.node) && sides.length > 1)
      ? evaluate(last.node, { budget })
      : null;
  const stated = end !== null && isExact(end) ? end : null;
  // A fraction alone names a number: "3/4 of the cake" computes nothing yet.
  if (stated === null && isFraction(form.node) && sides.length === 1 && chain.worded) return null;
  const from = sources(form, earlier);
  return {
    index: earlier.length,
    step: chain.step,
    start: sides[0]?.start ?? chain.start,
    end: last.end,
    value,
    stated,
    forms,
    from,
    ...groundOf(form, from, earlier),
  };
}

function restates(last: Computation, next: Computation): boolean {
  const [a, b] = [last.forms[0], next.forms[0]];
  if (a === undefined || b === undefined || next.start - last.end > 12 || last.step !== next.step)
    return false;
  return last.stated === null && sameNumbers(a.numbers, b.numbers) && close(last.value, next.value);
}

/** The numbers of an expression that nothing gave before, and all from which its value was computed. */
function groundOf(form: Form, from: readonly number[], earlier: readonly Computation[]) {
  const sources = from.flatMap((i) => earlier[i] ?? []);
  const fresh: Rational[] = [];
  const leaves = new Set<string>();
  for (const value of form.written) {
    const source = sources.find((c) => gave(c, value));
    if (source !== undefined) for (const leaf of source.leaves) leaves.add(leaf);
    else fresh.push(value);
  }
  for (const value of fresh) if (!equal(value, ONE) && !equal(value, HUNDRED)) leaves.add(leafKey(value));
  return { fresh, leaves };
}

const gave = (c: Computation, value: Rational) =>
  comesBack(c.stated ?? c.value, value) || (c.stated !== null && comesBack(c.value, value));

/** Whether a result is written again as a number: itself, or 60 as 0.6 and 60 % as 60. */
function comesBack(result: Rational, value: Rational): boolean {
  if (equal(result, value)) return true;
  if (result.n >= result.d && value.n >= value.d) return false;
  return (
    equal(multiply(result, HUNDRED) ?? result, value) || equal(result, multiply(value, HUNDRED) ?? value)
  );
}

/** A value up to powers of 100, so that 20%, 0.2 and 1/5 are one. */
export function leafKey(value: Rational): string {
  let key = absolute(value);
  for (let i = 0; i < 3 && key.n !== 0n && key.n < key.d; i++) key = multiply(key, HUNDRED) ?? key;
  for (let i = 0; i < 6 && key.n !== 0n && key.d === 1n && key.n % 100n === 0n; i++)
    key = { n: key.n / 100n, d: 1n };
  return keyOf(key);
}

function formOf(node: Node): Form[] {
  const written = numbersIn(node).map((number) => number.value);
  if (written.length < 2 || written.length > MAX_OPERANDS) return [];
  const inner = bare(node);
  const operation = inner.type === "binary" ? { operation: inner.op } : {};
  return [{ node, ...operation, written, numbers: [...written].sort(compare) }];
}

function sources(form: Form, earlier: readonly Computation[]): number[] {
  return form.written.flatMap((number) => {
    const source = earlier.findLast((c) => gave(c, number));
    return source === undefined ? [] : [source.index];
  });
}

/** Every computation that one rests on, at any remove, itself included. */
export function ground(of: readonly number[], computations: readonly Computation[]): Set<number> {
  const out = new Set(of);
  for (const { index, from } of [...computations].reverse())
    if (out.has(index)) for (const source of from) out.add(source);
  return out;
}

const HUNDRED = integer(100);
const PERCENT = ratio(1, 100);

/** Equal, equal as a percentage, or equal up to the rounding of a decimal. */
export function close(a: Rational, b: Rational): boolean {
  if (equal(a, b) || equal(multiply(a, HUNDRED) ?? a, b) || equal(a, multiply(b, HUNDRED) ?? b)) return true;
  if (isInteger(a) || isInteger(b)) return false;
  const gap = subtract(a, b);
  const slack = multiply(absolute(b), PERCENT);
  return gap !== null && slack !== null && compare(absolute(gap), slack) <= 0;
}

/** Whether two expressions hold the same numbers. */
export function sameNumbers(a: readonly Rational[], b: readonly Rational[]): boolean {
  return a.length === b.length && a.every((value, i) => close(value, b[i] ?? value));
}
