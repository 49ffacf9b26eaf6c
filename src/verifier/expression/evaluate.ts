/**
 * Values of expressions: exact rationals wherever they exist, complex floats where they do not (roots, logarithms,
 * angles). Null means "no value, or none that can be held"; a caller must leave such an expression alone.
 */
import { type Budget, MAX_FACTORIAL, MAX_TERMS } from "../limits.js";
import { type FunctionName, isSeries, type Node, variablesIn } from "./ast.js";
import {
  absolute,
  add,
  ceiling,
  compare,
  divide,
  floor,
  gcd,
  isInteger,
  multiply,
  negate,
  ONE,
  power,
  type Rational,
  ratio,
  rational,
  root,
  subtract,
  toNumber,
  ZERO,
} from "./rational.js";

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export type Value = Rational | Complex;

/** How an ambiguous spelling is read. */
export interface Reading {
  /** `20%` as the number 20 instead of one fifth. */
  readonly percentAsNumber?: boolean;
  /** `2\frac14` as a product instead of a mixed number. */
  readonly mixedAsProduct?: boolean;
  /** `50 - 20%` as 20 % off 50. */
  readonly percentOfLeft?: boolean;
  /** `-3^2` as (-3)^2. */
  readonly signFirst?: boolean;
  /** What `\log x` without a base is to; without this it has no value. */
  readonly logBase?: number;
  /** The unit of an inverse function's angle; without this it has no value, for texts mix the two. */
  readonly angles?: "radians" | "degrees";
}

export interface Scope {
  readonly variables?: ReadonlyMap<string, Value>;
  readonly reading?: Reading;
  readonly budget: Budget;
  /** A value to use in place of a written number (an earlier rounded result, say). */
  readonly replace?: (start: number) => Rational | undefined;
}

export const isExact = (value: Value): value is Rational => "n" in value;

export function toComplex(value: Value): Complex {
  return isExact(value) ? { re: toNumber(value), im: 0 } : value;
}

/** The value as a real float, or null for a complex one. */
export function toReal(value: Value): number | null {
  const { re, im } = toComplex(value);
  return Math.abs(im) <= 1e-9 * Math.max(1, Math.abs(re)) ? re : null;
}

const HUNDREDTH = ratio(1, 100);

export function evaluate(node: Node, scope: Scope): Value | null {
  if (!scope.budget.spend()) return null;
  switch (node.type) {
    case "number":
      return scope.replace?.(node.start) ?? node.value;
    case "variable":
      return scope.variables?.get(node.name) ?? (node.name === "pi" ? { re: Math.PI, im: 0 } : null);
    case "quantity":
    case "degrees":
      return evaluate(node.of, scope);
    case "negate": {
      if (scope.reading?.signFirst && node.of.type === "binary" && node.of.op === "^") {
        const base: Node = { type: "negate", of: node.of.left };
        return evaluate({ ...node.of, left: base }, scope);
      }
      const value = evaluate(node.of, scope);
      return value && (isExact(value) ? negate(value) : { re: -value.re, im: -value.im });
    }
    case "percent": {
      const value = evaluate(node.of, scope);
      return value && (scope.reading?.percentAsNumber ? value : binary("*", value, HUNDREDTH));
    }
    case "mixed": {
      const whole = evaluate(node.whole, scope);
      const part = evaluate(node.part, scope);
      return whole && part && binary(scope.reading?.mixedAsProduct ? "*" : "+", whole, part);
    }
    case "binary": {
      const left = evaluate(node.left, scope);
      const right = left && evaluate(node.right, scope);
      if (left === null || right === null) return null;
      if (
        scope.reading?.percentOfLeft &&
        node.right.type === "percent" &&
        (node.op === "+" || node.op === "-")
      ) {
        const change = binary("*", left, right);
        return change && binary(node.op, left, change);
      }
      return binary(node.op, left, right);
    }
    case "call":
      return call(node.name, node.args, scope);
  }
}

function binary(op: "+" | "-" | "*" | "/" | "^", a: Value, b: Value): Value | null {
  if (isExact(a) && isExact(b)) {
    if (op === "+") return add(a, b);
    if (op === "-") return subtract(a, b);
    if (op === "*") return multiply(a, b);
    if (op === "/") return divide(a, b);
    return exactPower(a, b);
  }
  const x = toComplex(a);
  const y = toComplex(b);
  if (op === "+") return finite({ re: x.re + y.re, im: x.im + y.im });
  if (op === "-") return finite({ re: x.re - y.re, im: x.im - y.im });
  if (op === "*") return finite({ re: x.re * y.re - x.im * y.im, im: x.re * y.im + x.im * y.re });
  if (op === "^") return complexPower(x, y);
  const size = y.re * y.re + y.im * y.im;
  if (size < 1e-24) return null;
  return finite({ re: (x.re * y.re + x.im * y.im) / size, im: (x.im * y.re - x.re * y.im) / size });
}

function exactPower(a: Rational, b: Rational): Value | null {
  if (isInteger(b)) return power(a, b.n);
  // An odd root of a negative number is taken as the real one: (-8)^(1/3) is -2.
  if (b.d <= 64n && (a.n >= 0n || b.d % 2n === 1n)) {
    const base = root(a, Number(b.d));
    if (base !== null) return power(base, b.n);
  }
  return complexPower(toComplex(a), toComplex(b));
}

function complexPower(x: Complex, y: Complex): Complex | null {
  if (x.re === 0 && x.im === 0) return y.re > 0 ? { re: 0, im: 0 } : null;
  if (x.im === 0 && x.re > 0 && y.im === 0) return finite({ re: x.re ** y.re, im: 0 });
  if (y.im === 0 && Number.isInteger(y.re) && Math.abs(y.re) <= 64) {
    let result: Complex = { re: 1, im: 0 };
    for (let i = 0; i < Math.abs(y.re); i++) {
      result = { re: result.re * x.re - result.im * x.im, im: result.re * x.im + result.im * x.re };
    }
    return y.re >= 0 ? finite(result) : (binary("/", { re: 1, im: 0 }, result) as Complex | null);
  }
  const log = { re: Math.log(Math.hypot(x.re, x.im)), im: Math.atan2(x.im, x.re) };
  const size = Math.exp(y.re * log.re - y.im * log.im);
  const angle = y.re * log.im + y.im * log.re;
  return finite({ re: size * Math.cos(angle), im: size * Math.sin(angle) });
}

function finite(value: Complex): Complex | null {
  return Number.isFinite(value.re) && Number.isFinite(value.im) ? value : null;
}

const real = (x: number): Complex | null => finite({ re: x, im: 0 });

/** Functions of one real number. Logarithms without a base are tried by the caller in both readings. */
const REAL: Partial<Record<FunctionName, (x: number) => number>> = {
  ln: Math.log,
  exp: Math.exp,
  sin: Math.sin,
  cos: Math.cos,
  tan: (x) => (Math.abs(Math.cos(x)) < 1e-12 ? Number.NaN : Math.tan(x)),
  cot: (x) => (Math.abs(Math.sin(x)) < 1e-12 ? Number.NaN : 1 / Math.tan(x)),
  sec: (x) => (Math.abs(Math.cos(x)) < 1e-12 ? Number.NaN : 1 / Math.cos(x)),
  csc: (x) => (Math.abs(Math.sin(x)) < 1e-12 ? Number.NaN : 1 / Math.sin(x)),
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
};
const INVERSES = new Set<FunctionName>(["arcsin", "arccos", "arctan"]);
const ANGLES = new Set<FunctionName>(["sin", "cos", "tan", "cot", "sec", "csc"]);

function call(name: FunctionName, args: readonly Node[], scope: Scope): Value | null {
  if (isSeries(name)) return series(name === "sum" ? "+" : "*", args, scope);
  const values: Value[] = [];
  for (const arg of args) {
    const value = evaluate(arg, scope);
    if (value === null) return null;
    values.push(value);
  }
  const [first, second] = values;
  if (first === undefined) return null;
  if (name === "sqrt") return takeRoot(first, 2);
  if (name === "root") {
    const degree = isExact(first) && isInteger(first) ? Number(first.n) : 0;
    return second === undefined || degree < 2 || degree > 64 ? null : takeRoot(second, degree);
  }
  if (name === "log" && second !== undefined) {
    const base = toReal(first);
    const of = toReal(second);
    return base === null || of === null || base <= 0 || of <= 0 ? null : real(Math.log(of) / Math.log(base));
  }
  if (name === "log" && scope.reading?.logBase !== undefined) {
    const of = toReal(first);
    return of === null || of <= 0 ? null : real(Math.log(of) / Math.log(scope.reading.logBase));
  }
  if (name === "conjugate") return isExact(first) ? first : { re: first.re, im: -first.im };
  const number = REAL[name];
  if (number !== undefined) {
    const x = toReal(first);
    const argument = args[0];
    if (x === null || argument === undefined) return null;
    if (INVERSES.has(name)) return inverse(number(x), scope.reading?.angles);
    return real(number(ANGLES.has(name) && holdsDegrees(argument) ? (x * Math.PI) / 180 : x));
  }
  return exactCall(name, values, scope.budget);
}

function inverse(angle: number, unit: Reading["angles"]): Value | null {
  if (unit === undefined) return null;
  return real(unit === "degrees" ? (angle * 180) / Math.PI : angle);
}

/** A sum or product over consecutive integers; null where the terms depend on more than values. */
function series(op: "+" | "*", [index, low, high, body]: readonly Node[], scope: Scope): Value | null {
  if (index?.type !== "variable" || !low || !high || !body) return null;
  const from = evaluate(low, scope);
  const to = from && evaluate(high, scope);
  if (!from || !to || !isExact(from) || !isExact(to) || !isInteger(from) || !isInteger(to)) return null;
  if (to.n - from.n >= BigInt(MAX_TERMS)) return null;
  // `a_k`: one member of a sequence, of which no value is known.
  if (variablesIn(body).some((name) => name.includes("_") && name.includes(index.name))) return null;
  let total: Value | null = op === "+" ? ZERO : ONE;
  for (let k = from.n; k <= to.n && total !== null && scope.budget.spend(TERM_COST); k++) {
    const variables = new Map(scope.variables).set(index.name, { n: k, d: 1n });
    const term = evaluate(body, { ...scope, variables });
    total = term && binary(op, total, term);
  }
  return scope.budget.spend(0) ? total : null;
}

/** The work of a term beside its nodes: its scope, and long sums. */
const TERM_COST = 20;

function takeRoot(value: Value, degree: number): Value | null {
  if (isExact(value)) {
    const exact = root(value, degree);
    if (exact !== null) return exact;
  }
  const x = toComplex(value);
  if (x.im === 0 && x.re < 0 && degree % 2 === 1) return real(-((-x.re) ** (1 / degree)));
  return complexPower(x, { re: 1 / degree, im: 0 });
}

function exactCall(name: FunctionName, values: readonly Value[], budget: Budget): Value | null {
  const [first, second] = values;
  if (first === undefined) return null;
  if (name === "abs") return isExact(first) ? absolute(first) : real(Math.hypot(first.re, first.im));
  if (name === "floor" || name === "ceil") {
    if (isExact(first)) return rational(name === "floor" ? floor(first) : ceiling(first));
    const x = toReal(first);
    // Too near to an integer for a float to tell which side it is on.
    if (x === null || Math.abs(x) > 1e12 || Math.abs(x - Math.round(x)) < 1e-9) return null;
    return rational(BigInt(name === "floor" ? Math.floor(x) : Math.ceil(x)));
  }
  if (name === "max" || name === "min") return extreme(name, values);
  const integers: bigint[] = [];
  for (const value of values) {
    if (!isExact(value) || !isInteger(value)) return null;
    integers.push(value.n);
  }
  const [n, k] = integers;
  if (n === undefined) return null;
  if (COUNTING.has(name) && !budget.spend(COUNTING_COST)) return null;
  if (name === "factorial") return factorial(n);
  if (name === "permutations" && k !== undefined) return permutations(n, k);
  if (name === "gcd") return rational(integers.reduce((a, b) => gcd(a, b)));
  if (name === "lcm")
    return integers.includes(0n) ? null : rational(integers.reduce((a, b) => (a / gcd(a, b)) * b));
  return name === "binom" && second !== undefined && k !== undefined ? binomial(n, k) : null;
}

/** Functions that multiply up to MAX_FACTORIAL long integers. */
const COUNTING = new Set<FunctionName>(["factorial", "binom", "permutations"]);
/** Their work in units of one evaluated node: long products are some tens of nodes' worth. */
const COUNTING_COST = 50;

function extreme(name: "max" | "min", values: readonly Value[]): Value | null {
  let best: Rational | null = null;
  for (const value of values) {
    if (!isExact(value)) return null;
    const order: number = best === null ? 0 : compare(value, best);
    if (best === null || (name === "max" ? order > 0 : order < 0)) best = value;
  }
  return best;
}

function factorial(n: bigint): Rational | null {
  if (n < 0n || n > BigInt(MAX_FACTORIAL)) return null;
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return rational(product);
}

function binomial(n: bigint, k: bigint): Rational | null {
  if (n < 0n || k < 0n || n > BigInt(MAX_FACTORIAL)) return null;
  if (k > n) return rational(0n);
  let product = 1n;
  for (let i = 1n; i <= k; i++) product = (product * (n - k + i)) / i;
  return rational(product);
}

function permutations(n: bigint, k: bigint): Rational | null {
  if (n < 0n || k < 0n || n > BigInt(MAX_FACTORIAL)) return null;
  if (k > n) return rational(0n);
  let product = 1n;
  for (let i = 0n; i < k; i++) product *= n - i;
  return rational(product);
}

function holdsDegrees(node: Node): boolean {
  if (node.type === "degrees") return true;
  if (node.type === "binary") return holdsDegrees(node.left) || holdsDegrees(node.right);
  return node.type === "negate" || node.type === "quantity" ? holdsDegrees(node.of) : false;
}
