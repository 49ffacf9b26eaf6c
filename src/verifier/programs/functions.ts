/** Python's operators and functions of numbers, exact, and the names that it knows by itself. */
import {
  absolute,
  add,
  ceiling,
  compare,
  divide,
  floor,
  integer,
  isInteger,
  multiply,
  power,
  type Rational,
  rational,
  subtract,
  ZERO,
} from "../expression/rational.js";

const whole = (x: bigint) => rational(x);

/** Whether a float holds a number exactly: 0.125, and not 0.1. */
const isFloat = ({ d }: Rational) => (d & (d - 1n)) === 0n;

/** Null where the floats' errors decide: Python says that 1 // 0.1 is 9. */
function quotient(a: Rational, b: Rational): Rational | null {
  const exact = divide(a, b);
  if (exact === null || (isInteger(exact) && !(isFloat(a) && isFloat(b)))) return null;
  return whole(floor(exact));
}

function remainder(a: Rational, b: Rational): Rational | null {
  const q = quotient(a, b);
  const part = q && multiply(q, b);
  return part && subtract(a, part);
}

/** By sign. Null where the result is not held exactly; the divisor of a division is not zero. */
export const OPERATORS: ReadonlyMap<string, (a: Rational, b: Rational) => Rational | null> = new Map([
  ["+", add],
  ["-", subtract],
  ["*", multiply],
  ["/", divide],
  ["//", quotient],
  ["%", remainder],
  ["**", (a, b) => (isInteger(b) ? power(a, b.n) : null)],
]);

function most(sign: 1 | -1) {
  return (xs: readonly Rational[]) =>
    xs.reduce<Rational | null>((a, b) => (a === null || sign * compare(b, a) > 0 ? b : a), null);
}

function one(f: (x: Rational) => Rational | null) {
  return (xs: readonly Rational[]) => (xs.length === 1 && xs[0] !== undefined ? f(xs[0]) : null);
}

function truncated(x: Rational): Rational | null {
  return whole(x.n / x.d);
}

/** By name, of numbers alone. */
export const FUNCTIONS: ReadonlyMap<string, (xs: readonly Rational[]) => Rational | null> = new Map([
  ["abs", one(absolute)],
  ["float", one((x) => x)],
  ["int", one(truncated)],
  ["max", most(1)],
  ["min", most(-1)],
  ["round", ([x, places]) => (x === undefined ? null : rounded(x, places ?? ZERO))],
  ["sum", (xs) => xs.reduce<Rational | null>((a, b) => a && add(a, b), ZERO)],
  ["math.ceil", one((x) => whole(ceiling(x)))],
  ["math.floor", one((x) => whole(floor(x)))],
  ["math.trunc", one(truncated)],
]);

/**
 * As Python rounds: halves to the even neighbour. Null for a half that is no float, such as 2.675, which rounds as its float
 * happens to lie.
 *
 * @param places decimals
 */
export function rounded(x: Rational, places: Rational): Rational | null {
  const scale = power(integer(10), places.n);
  const scaled = scale && multiply(x, scale);
  if (scale === null || scaled === null) return null;
  const low = floor(scaled);
  const twice = 2n * (scaled.n - low * scaled.d);
  const half = twice === scaled.d;
  if (half && !isFloat(x)) return null;
  const nearest = whole(twice > scaled.d || (half && low % 2n !== 0n) ? low + 1n : low);
  return nearest && divide(nearest, scale);
}

/** Names that Python knows without a definition, as far as worked solutions use them. */
export const BUILTINS = new Set(
  "abs all any bool chr complex dict divmod enumerate eval exec exit filter float format frozenset hash hex input int isinstance iter len list map max min next object oct open ord pow print quit range repr reversed round set slice sorted str sum tuple type vars zip ArithmeticError Exception KeyError NameError RuntimeError TypeError ValueError ZeroDivisionError True False None NotImplemented Ellipsis __name__ __file__ __doc__".split(
    " ",
  ),
);
