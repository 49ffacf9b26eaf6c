/**
 * Identity testing at random rational points (Schwartz-Zippel): two expressions that agree at several random points of
 * a large range are the same with overwhelming probability; one point at which both exist and differ proves that they
 * are not. The points are seeded, so a verdict never changes.
 */
import { random } from "../../random.js";
import type { Budget } from "../limits.js";
import { type Node, variablesIn } from "./ast.js";
import { evaluate } from "./evaluate.js";
import { operate } from "./operations.js";
import { equal, type Rational, ratio } from "./rational.js";
import type { Reading } from "./scope.js";
import { isExact, near, type Value } from "./value.js";

/** Points at which two expressions must agree. */
const POINTS = 5;
/** Points that are tried, since not every expression has a value everywhere. */
const TRIES = 12;

const NONE: ReadonlyMap<string, Value> = new Map();

/** Random values for the variables: small positive rationals first (roots and logarithms exist there), then any. */
function* points(names: readonly string[], count: number): Generator<Map<string, Rational>> {
  const stream = random(20_251_219, ...names);
  for (let k = 0; k < count; k++) {
    const low = k < count / 2 ? 2 : -60;
    yield new Map(names.map((name) => [name, ratio(stream.int(low, 97), stream.int(1, 7) * 2 + 1)]));
  }
}

/** Variables of either expression that have no value yet, sorted. */
function unknownsOf(a: Node, b: Node, fixed: ReadonlyMap<string, Value>): string[] {
  const names = new Set([...variablesIn(a), ...variablesIn(b)]);
  return [...names].filter((name) => !fixed.has(name) && name !== "pi").sort();
}

/** Both values at each point at which both exist. */
function* samples(
  a: Node,
  b: Node,
  names: readonly string[],
  budget: Budget,
  fixed: ReadonlyMap<string, Value>,
  reading: Reading = {},
): Generator<readonly [Value, Value]> {
  for (const point of points(names, names.length === 0 ? 1 : TRIES)) {
    const variables = new Map<string, Value>([...fixed, ...point]);
    const x = evaluate(a, { budget, variables, reading });
    const y = x && evaluate(b, { budget, variables, reading });
    if (x !== null && y !== null) yield [x, y];
  }
}

/** Whether two values are equal, exactly or to float precision. */
function sameValue(a: Value, b: Value): boolean {
  if (isExact(a) && isExact(b)) return equal(a, b);
  return near(a, b, (size) => 1e-7 * Math.max(1, size));
}

/** true: equal at every point tried; false: they differ somewhere; null: they could not be compared. */
export function identical(
  a: Node,
  b: Node,
  budget: Budget,
  fixed: ReadonlyMap<string, Value> = NONE,
  reading: Reading = {},
): boolean | null {
  const names = unknownsOf(a, b, fixed);
  let agreed = 0;
  for (const [x, y] of samples(a, b, names, budget, fixed, reading)) {
    if (!sameValue(x, y)) return false;
    agreed++;
    if (agreed === POINTS) break;
  }
  return agreed >= Math.min(2, names.length + 1) ? true : null;
}

/** The k not zero of a = k b; false where there is none, null where the two could not be compared. */
export function commonFactor(
  a: Node,
  b: Node,
  budget: Budget,
  fixed: ReadonlyMap<string, Value> = NONE,
): Value | false | null {
  let factor: Value | null = null;
  let agreed = 0;
  for (const [x, y] of samples(a, b, unknownsOf(a, b, fixed), budget, fixed)) {
    const [noX, noY] = [isZero(x), isZero(y)];
    // Both are zero by chance; one alone is no multiple of the other, which only exact values tell.
    if (noX !== noY && isExact(x) && isExact(y)) return false;
    const quotient = noX || noY ? null : operate("/", x, y);
    if (quotient === null) continue;
    if (factor !== null && !sameValue(factor, quotient)) return false;
    factor = quotient;
    agreed++;
  }
  return agreed >= 3 ? factor : null;
}

function isZero(x: Value): boolean {
  return isExact(x) ? x.n === 0n : Math.hypot(x.re, x.im) < 1e-9;
}
