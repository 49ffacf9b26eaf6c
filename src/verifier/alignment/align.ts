/** Two solutions' computations held against each other: which of one are in the other, and what is wrong with the rest. */
import { bare, type Node } from "../expression/ast.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import {
  absolute,
  add,
  divide,
  equal,
  integer,
  multiply,
  negate,
  ONE,
  type Rational,
} from "../expression/rational.js";
import type { Budget } from "../limits.js";
import { type Computation, close, type Form, leafKey, sameNumbers } from "./computations.js";

export type Match =
  /** The same numbers meet and give the same value. */
  | "same"
  /** The same value from the same givens by another way. */
  | "reached"
  /** The same value from other givens: mostly a coincidence. */
  | "chance"
  /** A part of one of the reference's sums or products. */
  | "part"
  /** The same numbers meet in another operation. */
  | "operation"
  /** One operand differs. */
  | "operand"
  /** Its value stands somewhere in the reference, but no computation there is like it. */
  | "known"
  /** Like nothing in the reference. */
  | "alone";

export interface Aligned {
  readonly computation: Computation;
  readonly match: Match;
  /** The reference's computation that it matches or nearly matches. */
  readonly twin?: Computation;
  /** For `operand`: the number found and the one expected. */
  readonly changed?: { readonly found: Rational; readonly expected: Rational };
  /** The reference's computation of the expected number, where the solution makes none like it. */
  readonly source?: Computation;
}

/** Units of work that it takes to hold a computation against another of which it is not known how they are alike. */
const UNLIKE = 8;

/** Each own computation with its match; a computation of the reference is matched as the same or reached once. */
export function align(
  own: readonly Computation[],
  reference: readonly Computation[],
  known: readonly Rational[],
  budget: Budget,
): Aligned[] {
  const open = new Set(reference);
  const out = new Map<Computation, Aligned>();
  const take = (match: Match, fits: (ours: Computation, theirs: Computation) => boolean) => {
    for (const computation of own) {
      if (out.has(computation) || !budget.spend(open.size)) continue;
      const twin = [...open].find((theirs) => fits(computation, theirs));
      if (twin === undefined) continue;
      out.set(computation, { computation, match, twin });
      open.delete(twin);
    }
  };
  const sameValue = (a: Computation, b: Computation) => close(a.value, b.value);
  take("same", (a, b) => sameValue(a, b) && shares(a, b));
  take("reached", (a, b) => sameValue(a, b) && sameLeaves(a, b, reference));
  const parts = reference.flatMap((theirs) => theirs.forms.flatMap((form) => partsOf(form, budget)));
  return own.map((computation) => {
    const matched = out.get(computation);
    if (matched !== undefined) return matched;
    // What there is no room to look for is not accused.
    if (!budget.spend(UNLIKE * reference.length)) return { computation, match: "part" };
    // A computation made twice: the reference's own is taken already.
    const again = reference.filter((theirs) => sameValue(computation, theirs));
    const twin = again.find((theirs) => shares(computation, theirs));
    if (twin !== undefined) return { computation, match: "same", twin };
    const way = again.find((theirs) => sameLeaves(computation, theirs, reference));
    if (way !== undefined) return { computation, match: "reached", twin: way };
    const [chance] = again;
    if (chance !== undefined) return { computation, match: "chance", twin: chance };
    if (parts.some((part) => equal(part, computation.value))) return { computation, match: "part" };
    return unlike(computation, open, reference, known);
  });
}

/**
 * Whether two values come from the same givens. A number that the reference computes may have been computed in the head:
 * then what it was computed from counts.
 */
function sameLeaves(ours: Computation, theirs: Computation, reference: readonly Computation[]): boolean {
  const leaves = new Set<string>();
  for (const leaf of ours.leaves) {
    const silent = theirs.leaves.has(leaf) ? undefined : reference.find((c) => leafKey(c.value) === leaf);
    if (silent === undefined) leaves.add(leaf);
    else for (const below of silent.leaves) leaves.add(below);
  }
  return leaves.size === theirs.leaves.size && [...leaves].every((leaf) => theirs.leaves.has(leaf));
}

function shares(a: Computation, b: Computation): boolean {
  return a.forms.some((x) => b.forms.some((y) => sameNumbers(x.numbers, y.numbers)));
}

function unlike(
  computation: Computation,
  open: ReadonlySet<Computation>,
  reference: readonly Computation[],
  known: readonly Rational[],
): Aligned {
  const left = [...open];
  const twin =
    left.find((theirs) => shares(computation, theirs)) ??
    reference.find((theirs) => shares(computation, theirs));
  if (twin !== undefined) return { computation, match: "operation", twin };
  for (const other of [...left, ...reference.filter((theirs) => !open.has(theirs))]) {
    const changed = changedOperand(computation, other);
    if (changed === null) continue;
    const source = left.find((theirs) => close(theirs.value, changed.expected));
    return {
      computation,
      match: "operand",
      twin: other,
      changed,
      ...(source === undefined ? {} : { source }),
    };
  }
  return { computation, match: known.some((value) => equal(value, computation.value)) ? "known" : "alone" };
}

/** The one operand in which two computations of the same operation differ. */
function changedOperand(a: Computation, b: Computation): { found: Rational; expected: Rational } | null {
  for (const x of a.forms) {
    for (const y of b.forms) {
      if (x.operation !== y.operation || x.written.length !== y.written.length) continue;
      if (x.operation !== "+" && x.operation !== "*" && x.written.length === 2) {
        const [[a1, a2], [b1, b2]] = [x.written, y.written];
        if (a1 === undefined || a2 === undefined || b1 === undefined || b2 === undefined) continue;
        if (close(a1, b1)) return { found: a2, expected: b2 };
        if (close(a2, b2)) return { found: a1, expected: b1 };
        continue;
      }
      const rest = [...y.written];
      const extra = x.written.filter((value) => {
        const at = rest.findIndex((other) => close(other, value));
        if (at >= 0) rest.splice(at, 1);
        return at < 0;
      });
      const [found, expected] = [extra[0], rest[0]];
      if (found === undefined || expected === undefined || extra.length === x.written.length) continue;
      if (extra.every((v) => equal(v, found)) && rest.every((v) => equal(v, expected)))
        return { found, expected };
    }
  }
  return null;
}

/** Operands of a sum or product up to which all of its parts are tried. */
const MAX_TERMS = 6;

/** The values of the proper parts, of two terms or more, of a sum or a product: 1.4 + 1.6 of 8 + 1.4 + 1.6. */
function partsOf(form: Form, budget: Budget): Rational[] {
  const operation =
    form.operation === "+" || form.operation === "-"
      ? "+"
      : form.operation === "*" || form.operation === "/"
        ? "*"
        : null;
  if (operation === null) return [];
  const terms: Rational[] = [];
  collect(bare(form.node), operation, false, terms, budget);
  if (terms.length < 3 || terms.length > MAX_TERMS) return [];
  const out: Rational[] = [];
  for (let mask = 1; mask < (1 << terms.length) - 1; mask++) {
    if ((mask & (mask - 1)) === 0) continue;
    let value: Rational | null = operation === "+" ? integer(0) : integer(1);
    for (let i = 0; i < terms.length && value !== null; i++) {
      const term = terms[i];
      if ((mask & (1 << i)) === 0 || term === undefined) continue;
      value = operation === "+" ? add(value, term) : multiply(value, term);
    }
    if (value !== null)
      out.push(
        value.n < 0n && terms.every((t, i) => (mask & (1 << i)) === 0 || t.n < 0n) ? negate(value) : value,
      );
  }
  return out;
}

/** The terms of a sum (with their signs) or the factors of a product (divisors as their inverses). */
function collect(node: Node, operation: "+" | "*", inverse: boolean, out: Rational[], budget: Budget): void {
  const inner = bare(node);
  const back = operation === "+" ? "-" : "/";
  if (inner.type === "binary" && (inner.op === operation || inner.op === back)) {
    collect(inner.left, operation, inverse, out, budget);
    collect(inner.right, operation, inner.op === back ? !inverse : inverse, out, budget);
    return;
  }
  const value = evaluate(inner, { budget });
  if (value === null || !isExact(value)) return;
  const turned = inverse ? (operation === "+" ? negate(value) : divide(integer(1), value)) : value;
  if (turned !== null && !(operation === "*" && equal(absolute(turned), ONE))) out.push(turned);
}
