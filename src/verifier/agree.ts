/**
 * Whether two sides of a stated equality agree, under every sensible reading of the text: exact equality, the rounding
 * that the text itself shows, percent as a number or a ratio, units that convert. Only a claim that fails under all of
 * them is false.
 */
import { children, isLiteral, type Node, numbersIn } from "./expression/ast.js";
import { evaluate } from "./expression/evaluate.js";
import {
  absolute,
  equal,
  isInteger,
  keyOf,
  multiply,
  type Rational,
  rational,
  subtract,
  toNumber,
} from "./expression/rational.js";
import type { Reading, Scope } from "./expression/scope.js";
import { isExact, near, toReal, type Value } from "./expression/value.js";
import type { Budget } from "./limits.js";
import { unitOf } from "./units.js";

export type Agreement = "exact" | "rounded" | "false" | "unknown";

export interface AgreeOptions {
  readonly budget: Budget;
  /** The relation is "about", or the text says that it rounds: then the value stated must be a rounder one. */
  readonly approximate: "about" | "rounds" | false;
  /** Values that an earlier step rounded. */
  readonly rounded: ReadonlySet<string>;
  /** The unit word behind the right side. */
  readonly unit?: string | undefined;
}

const READINGS: readonly Reading[] = [
  {},
  { percentAsNumber: true },
  { mixedAsProduct: true },
  { percentOfLeft: true },
  { signFirst: true },
];

/** Relative distance up to which "about" is taken at its word. */
const ABOUT = 0.05;

export function agree(left: Node, right: Node, options: AgreeOptions): Agreement {
  let known = false;
  for (const reading of READINGS) {
    if (reading !== READINGS[0] && !ambiguous(left, right, reading)) continue;
    for (const convert of [false, true]) {
      const a = convert ? inBaseUnits(left) : left;
      const b = convert ? inBaseUnits(withUnit(right, options.unit)) : right;
      if (convert && a === left && b === right) continue;
      const scope: Scope = { reading, budget: options.budget };
      const x = evaluate(a, scope);
      const y = evaluate(b, scope);
      if (x === null || y === null) continue;
      known = true;
      const result = same(x, y, a, b, options, scope);
      if (result !== "false") return result;
    }
  }
  return known ? "false" : "unknown";
}

/** Whether a reading could change the value of either side. */
function ambiguous(left: Node, right: Node, reading: Reading): boolean {
  const type = reading.mixedAsProduct ? "mixed" : reading.signFirst ? "negate" : "percent";
  return holds(left, type) || holds(right, type);
}

function holds(node: Node, type: Node["type"]): boolean {
  return node.type === type || children(node).some((child) => holds(child, type));
}

function withUnit(node: Node, unit: string | undefined): Node {
  return unit === undefined || unitOf(unit) === undefined || holds(node, "quantity")
    ? node
    : { type: "quantity", of: node, unit };
}

/** The expression with every measured value in the base unit of its dimension; the same node where there is none. */
function inBaseUnits(node: Node): Node {
  if (node.type === "quantity") {
    const unit = unitOf(node.unit.split(" ")[0] ?? "");
    if (unit === undefined) return node;
    const value: Node = { type: "number", value: unit.factor, places: 0, start: -1, end: -1 };
    return { type: "binary", op: "*", left: node.of, right: value };
  }
  if (node.type === "binary") {
    const left = inBaseUnits(node.left);
    const right = inBaseUnits(node.right);
    return left === node.left && right === node.right ? node : { ...node, left, right };
  }
  if (node.type === "negate") {
    const of = inBaseUnits(node.of);
    return of === node.of ? node : { ...node, of };
  }
  return node;
}

function same(x: Value, y: Value, a: Node, b: Node, options: AgreeOptions, scope: Scope): Agreement {
  if (isExact(x) && isExact(y) && equal(x, y)) return "exact";
  const p = toReal(x);
  const q = toReal(y);
  if (p === null || q === null) {
    if (near(x, y, (size) => 1e-9 * Math.max(1, size))) return "exact";
    // Complex, or beyond the floats: how rough such a value may be is not known.
    return options.approximate === false && (isExact(x) || isExact(y)) ? "false" : "unknown";
  }
  const gap = isExact(x) && isExact(y) ? toNumber(absolute(subtract(x, y) ?? x)) : Math.abs(p - q);
  const size = Math.max(Math.abs(p), Math.abs(q));
  if (!(isExact(x) && isExact(y)) && gap <= 1e-9 * Math.max(1, size)) return "exact";
  const allows = options.approximate === "about" || (options.approximate === "rounds" && rounder(y, x));
  if (allows && (gap <= ABOUT * size || gap <= 1)) return "rounded";
  const slack =
    shownRounding(b, y, x) +
    shownRounding(a, x, y) +
    carried(a, options, scope, p) +
    carried(b, options, scope, q);
  return gap <= slack * 1.0001 ? "rounded" : "false";
}

/** Whether a value has fewer digits than the one it stands for: 60 for 61 has, 61 for 60 has not. */
function rounder(stated: Value, value: Value): boolean {
  if (!isExact(stated) || !isExact(value)) return true;
  const unit = (x: Rational, step: Rational): boolean => multiply(x, step)?.d === 1n;
  const fits = UNITS.findIndex((step) => unit(stated, step));
  const fitted = UNITS.findIndex((step) => unit(value, step));
  return fits >= 0 && (fitted < 0 || fits < fitted);
}

/** One over the place values to which a text rounds, the coarsest first. */
const UNITS: readonly Rational[] = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((places) =>
  places < 0 ? { n: 1n, d: 10n ** BigInt(-places) } : { n: 10n ** BigInt(places), d: 1n },
);

/**
 * The rounding or cutting off that a written decimal shows: one unit in its last place. None where the value it stands
 * for has no more places than are written: 4.20 + 9.45 + 1.35 is 15.00, and 14.99 is no rounding of it.
 */
function shownRounding(node: Node, value: Value, of: Value): number {
  if (!isLiteral(node)) return 0;
  const places = Math.max(0, ...numbersIn(node).map((n) => n.places));
  if (
    places > 0 &&
    places < 12 &&
    isExact(of) &&
    (of.n * 10n ** BigInt(places)) % of.d === 0n &&
    !holds(node, "percent")
  )
    return 0;
  const percent = holds(node, "percent") ? 0.01 : 1;
  if (places > 0) return percent * 10 ** -places * (places >= 2 ? 1 : 0.5);
  // Whole cents behind the point: "$15" for 14.996 is not rounding but a mistake.
  return isExact(value) && percent !== 1 && isInteger(value) ? 0 : percent === 1 ? 0 : 0.005;
}

/** How far rounded numbers inside an expression can move its value: the sum of each one's own effect. */
function carried(node: Node, options: AgreeOptions, scope: Scope, value: number): number {
  if (isLiteral(node)) return 0;
  let total = 0;
  for (const number of numbersIn(node)) {
    if (!isRounded(number.value, number.places, options)) continue;
    const step = rational(1n, 10n ** BigInt(number.places));
    const moved = step && {
      n: number.value.n * step.d + step.n * number.value.d,
      d: number.value.d * step.d,
    };
    const changed =
      moved && evaluate(node, { ...scope, replace: (start) => (start === number.start ? moved : undefined) });
    const x = changed && toReal(changed);
    if (x !== null && x !== undefined) total += Math.abs(x - value);
  }
  return total;
}

function isRounded(value: Rational, places: number, options: AgreeOptions): boolean {
  if (places >= 3) return true;
  if (places === 2 && REPEATING.has(Number((value.n * 100n) / value.d) % 100)) return true;
  return options.rounded.has(keyOf(value));
}

/** Two decimals that mostly stand for thirds and sixths. */
const REPEATING = new Set([33, 66, 67, 16, 17, 83]);
