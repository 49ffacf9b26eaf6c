/**
 * Identity testing at random rational points (Schwartz-Zippel): two expressions that agree at several random points of
 * a large range are the same with overwhelming probability; one point at which both exist and differ proves that they
 * are not. The points are seeded, so a verdict never changes.
 */
import { random } from "../../random.js";
import type { Budget } from "../limits.js";
import { type Node, variablesIn } from "./ast.js";
import { evaluate, isExact, type Reading, toComplex, type Value } from "./evaluate.js";
import { divide, equal, type Rational, ratio } from "./rational.js";

const POINTS = 5;
const TRIES = 12;

/** Random values for the variables: small positive rationals first (roots and logarithms exist there), then any. */
function points(names: readonly string[], count: number): Map<string, Rational>[] {
  const stream = random(20_251_219, ...names);
  return Array.from({ length: count }, (_, k) => {
    const low = k < count / 2 ? 2 : -60;
    return new Map(names.map((name) => [name, ratio(stream.int(low, 97), stream.int(1, 7) * 2 + 1)]));
  });
}

/** Whether two values are equal, exactly or to float precision. */
function sameValue(a: Value, b: Value): boolean {
  if (isExact(a) && isExact(b)) return equal(a, b);
  const u = toComplex(a);
  const v = toComplex(b);
  const size = Math.max(1, Math.hypot(u.re, u.im), Math.hypot(v.re, v.im));
  return Math.hypot(u.re - v.re, u.im - v.im) <= 1e-7 * size;
}

/** true: equal at every point tried; false: they differ somewhere; null: they could not be compared. */
export function identical(
  a: Node,
  b: Node,
  budget: Budget,
  fixed: ReadonlyMap<string, Value> = new Map(),
  reading: Reading = {},
): boolean | null {
  const names = [...new Set([...variablesIn(a), ...variablesIn(b)])]
    .filter((n) => !fixed.has(n) && n !== "pi")
    .sort();
  let agreed = 0;
  for (const point of points(names, names.length === 0 ? 1 : TRIES)) {
    const variables = new Map<string, Value>([...fixed, ...point]);
    const x = evaluate(a, { budget, variables, reading });
    const y = evaluate(b, { budget, variables, reading });
    if (x === null || y === null) continue;
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
  fixed: ReadonlyMap<string, Value> = new Map(),
): Value | false | null {
  const names = [...new Set([...variablesIn(a), ...variablesIn(b)])]
    .filter((n) => !fixed.has(n) && n !== "pi")
    .sort();
  let factor: Value | null = null;
  let agreed = 0;
  for (const point of points(names, TRIES)) {
    const variables = new Map<string, Value>([...fixed, ...point]);
    const x = evaluate(a, { budget, variables });
    const y = evaluate(b, { budget, variables });
    if (x === null || y === null) continue;
    const quotient = over(x, y);
    if (quotient === null) {
      if (over(y, x) !== null) return false;
      continue;
    }
    if (factor !== null && !sameValue(factor, quotient)) return false;
    factor = quotient;
    agreed++;
  }
  return agreed >= 3 ? factor : null;
}

function over(x: Value, y: Value): Value | null {
  if (isExact(x) && isExact(y)) return x.n === 0n ? null : divide(x, y);
  const u = toComplex(x);
  const v = toComplex(y);
  const size = v.re * v.re + v.im * v.im;
  if (size < 1e-18 || Math.hypot(u.re, u.im) < 1e-9) return null;
  return { re: (u.re * v.re + u.im * v.im) / size, im: (u.im * v.re - u.re * v.im) / size };
}
