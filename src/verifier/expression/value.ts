/** Values of expressions: exact rationals wherever they exist, complex floats where they do not. */
import { type Rational, toNumber } from "./rational.js";

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export type Value = Rational | Complex;

export const isExact = (value: Value): value is Rational => "n" in value;

/** The nearest floats; infinite for a rational beyond them. */
export function toComplex(value: Value): Complex {
  return isExact(value) ? { re: toNumber(value), im: 0 } : value;
}

/** The value as a finite real float, or null for a complex one and for one that no float holds. */
export function toReal(value: Value): number | null {
  const { re, im } = toComplex(value);
  return Number.isFinite(re) && Math.abs(im) <= 1e-9 * Math.max(1, Math.abs(re)) ? re : null;
}

/** The float itself, or null where it overflowed or has no value. */
export function finite(value: Complex): Complex | null {
  return Number.isFinite(value.re) && Number.isFinite(value.im) ? value : null;
}

/**
 * Whether the floats of two values are at most `tolerance` apart, which may depend on the larger magnitude. A value that
 * no float holds is near to none.
 */
export function near(a: Value, b: Value, tolerance: (size: number) => number): boolean {
  const u = toComplex(a);
  const v = toComplex(b);
  const size = Math.max(Math.hypot(u.re, u.im), Math.hypot(v.re, v.im));
  return Number.isFinite(size) && Math.hypot(u.re - v.re, u.im - v.im) <= tolerance(size);
}
