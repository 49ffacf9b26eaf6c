/** Functions of values, as a table by name. Null means "no value, or none that can be held". */
import { MAX_FACTORIAL } from "../limits.js";
import type { FunctionName, Node } from "./ast.js";
import { takeRoot } from "./operations.js";
import { absolute, ceiling, compare, floor, gcd, isInteger, type Rational, rational } from "./rational.js";
import type { Scope } from "./scope.js";
import { finite, isExact, toReal, type Value } from "./value.js";

interface Call {
  readonly scope: Scope;
  /** The first argument as written: an angle may be in degrees. */
  readonly argument: Node;
}

type Apply = (args: readonly Value[], call: Call) => Value | null;

const one =
  (f: (x: Value, call: Call) => Value | null): Apply =>
  ([x], call) =>
    x === undefined ? null : f(x, call);

const two =
  (f: (x: Value, y: Value) => Value | null): Apply =>
  ([x, y]) =>
    x === undefined || y === undefined ? null : f(x, y);

/** A function of one real number. */
const real = (f: (x: number, call: Call) => number): Apply =>
  one((value, call) => {
    const x = toReal(value);
    return x === null ? null : finite({ re: f(x, call), im: 0 });
  });

/** A function of an angle, which has no value where `pole` is zero. */
const angle = (f: (x: number) => number, pole: (x: number) => number = () => 1): Apply =>
  real((value, { argument }) => {
    const x = holdsDegrees(argument) ? (value * Math.PI) / 180 : value;
    return Math.abs(pole(x)) < 1e-12 ? Number.NaN : f(x);
  });

const inverse = (f: (x: number) => number): Apply =>
  real((x, { scope }) => {
    const unit = scope.reading?.angles;
    if (unit === undefined) return Number.NaN;
    return unit === "degrees" ? (f(x) * 180) / Math.PI : f(x);
  });

/** A function of integers. */
const whole =
  (f: (first: bigint, ...others: bigint[]) => Rational | null): Apply =>
  (args) => {
    const integers = args.map((value) => (isExact(value) && isInteger(value) ? value.n : null));
    const known = integers.filter((n) => n !== null);
    const [first, ...others] = known;
    return first === undefined || known.length < integers.length ? null : f(first, ...others);
  };

/** The work of a product of up to MAX_FACTORIAL long integers, in units of one evaluated node. */
const COUNTING_COST = 50;

/** A function that counts arrangements, of one or two integers from 0 to MAX_FACTORIAL. */
const counting = (arity: number, f: (n: bigint, k: bigint) => Rational | null): Apply => {
  const apply = whole((n, k = 0n) => (n < 0n || k < 0n || n > BigInt(MAX_FACTORIAL) ? null : f(n, k)));
  return (args, call) =>
    args.length >= arity && call.scope.budget.spend(COUNTING_COST) ? apply(args, call) : null;
};

const rounding = (exact: (x: Rational) => bigint, float: (x: number) => number): Apply =>
  one((value) => {
    if (isExact(value)) return rational(exact(value));
    const x = toReal(value);
    // Too near to an integer for a float to tell which side it is on.
    if (x === null || Math.abs(x) > 1e12 || Math.abs(x - Math.round(x)) < 1e-9) return null;
    return rational(BigInt(float(x)));
  });

/** The argument that stands on one side of all others. */
const extreme =
  (sign: 1 | -1): Apply =>
  (args) => {
    const exact = args.filter(isExact);
    if (exact.length < args.length) return null;
    return exact.reduce((best, value) => (sign * compare(value, best) > 0 ? value : best));
  };

const logarithm: Apply = ([first, second], { scope }) => {
  const of = second ?? first;
  const x = of === undefined ? null : toReal(of);
  const base = second === undefined || first === undefined ? scope.reading?.logBase : toReal(first);
  if (x === null || base === null || base === undefined || base <= 0 || x <= 0) return null;
  return finite({ re: Math.log(x) / Math.log(base), im: 0 });
};

function product(from: bigint, to: bigint): Rational | null {
  let out = 1n;
  for (let i = from; i <= to; i++) out *= i;
  return rational(out);
}

function binomial(n: bigint, k: bigint): Rational | null {
  if (k > n) return rational(0n);
  let out = 1n;
  for (let i = 1n; i <= k; i++) out = (out * (n - k + i)) / i;
  return rational(out);
}

/** Every function but sums and products over an index, whose body is no value. */
export const FUNCTIONS: Readonly<Record<Exclude<FunctionName, "sum" | "product">, Apply>> = {
  sqrt: one((x) => takeRoot(x, 2)),
  root: two((k, x) => {
    const degree = isExact(k) && isInteger(k) ? Number(k.n) : 0;
    return degree < 2 || degree > 64 ? null : takeRoot(x, degree);
  }),
  ln: real(Math.log),
  log: logarithm,
  exp: real(Math.exp),
  sin: angle(Math.sin),
  cos: angle(Math.cos),
  tan: angle(Math.tan, Math.cos),
  cot: angle((x) => 1 / Math.tan(x), Math.sin),
  sec: angle((x) => 1 / Math.cos(x), Math.cos),
  csc: angle((x) => 1 / Math.sin(x), Math.sin),
  arcsin: inverse(Math.asin),
  arccos: inverse(Math.acos),
  arctan: inverse(Math.atan),
  abs: one((x) => (isExact(x) ? absolute(x) : finite({ re: Math.hypot(x.re, x.im), im: 0 }))),
  floor: rounding(floor, Math.floor),
  ceil: rounding(ceiling, Math.ceil),
  factorial: counting(1, (n) => product(2n, n)),
  binom: counting(2, binomial),
  permutations: counting(2, (n, k) => (k > n ? rational(0n) : product(n - k + 1n, n))),
  gcd: whole((...all) => rational(all.reduce(gcd))),
  lcm: whole((...all) => (all.includes(0n) ? null : rational(all.reduce((a, b) => (a / gcd(a, b)) * b)))),
  max: extreme(1),
  min: extreme(-1),
  conjugate: one((x) => (isExact(x) ? x : { re: x.re, im: -x.im })),
};

function holdsDegrees(node: Node): boolean {
  if (node.type === "degrees") return true;
  if (node.type === "binary") return holdsDegrees(node.left) || holdsDegrees(node.right);
  return node.type === "negate" || node.type === "quantity" ? holdsDegrees(node.of) : false;
}
