/** The operators and roots: exact where the result is rational, in complex floats elsewhere. */
import type { BinaryOperator } from "./ast.js";
import { add, divide, isInteger, multiply, power, type Rational, root, subtract } from "./rational.js";
import { type Complex, finite, isExact, toComplex, type Value } from "./value.js";

/** `a op b`, or null where it has no value or none that can be held. */
export function operate(op: BinaryOperator, a: Value, b: Value): Value | null {
  return isExact(a) && isExact(b) ? EXACT[op](a, b) : FLOAT[op](toComplex(a), toComplex(b));
}

const EXACT: Readonly<Record<BinaryOperator, (a: Rational, b: Rational) => Value | null>> = {
  "+": add,
  "-": subtract,
  "*": multiply,
  "/": divide,
  "^": exactPower,
};

const FLOAT: Readonly<Record<BinaryOperator, (x: Complex, y: Complex) => Complex | null>> = {
  "+": (x, y) => finite({ re: x.re + y.re, im: x.im + y.im }),
  "-": (x, y) => finite({ re: x.re - y.re, im: x.im - y.im }),
  "*": (x, y) => finite({ re: x.re * y.re - x.im * y.im, im: x.re * y.im + x.im * y.re }),
  "/": quotient,
  "^": complexPower,
};

function quotient(x: Complex, y: Complex): Complex | null {
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
    return y.re >= 0 ? finite(result) : quotient({ re: 1, im: 0 }, result);
  }
  const log = { re: Math.log(Math.hypot(x.re, x.im)), im: Math.atan2(x.im, x.re) };
  const size = Math.exp(y.re * log.re - y.im * log.im);
  const angle = y.re * log.im + y.im * log.re;
  return finite({ re: size * Math.cos(angle), im: size * Math.sin(angle) });
}

/** The root of degree at least two; the odd root of a negative number is the real one. */
export function takeRoot(value: Value, degree: number): Value | null {
  if (isExact(value)) {
    const exact = root(value, degree);
    if (exact !== null) return exact;
  }
  const x = toComplex(value);
  if (x.im === 0 && x.re < 0 && degree % 2 === 1) return finite({ re: -((-x.re) ** (1 / degree)), im: 0 });
  return complexPower(x, { re: 1 / degree, im: 0 });
}
