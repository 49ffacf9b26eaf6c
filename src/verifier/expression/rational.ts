/**
 * Exact rationals over bigint, always in lowest terms with a positive denominator. An operation whose result would
 * exceed MAX_BITS, or that has no value (division by zero), returns null: "cannot be computed" is never a number.
 */
import { MAX_BITS, MAX_DIGITS } from "../limits.js";

export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };

const BOUND = 1n << BigInt(MAX_BITS);

function abs(x: bigint): bigint {
  return x < 0n ? -x : x;
}

export function gcd(a: bigint, b: bigint): bigint {
  let x = abs(a);
  let y = abs(b);
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** n/d in lowest terms, or null for d = 0 or a number over the size bound. */
export function rational(n: bigint, d: bigint = 1n): Rational | null {
  if (d === 0n || abs(n) > BOUND || abs(d) > BOUND) return null;
  if (d === 1n) return { n, d };
  const g = gcd(n, d);
  const sign = d < 0n ? -1n : 1n;
  return { n: (sign * n) / g, d: (sign * d) / g };
}

export function integer(x: number): Rational {
  return { n: BigInt(x), d: 1n };
}

/** p/q of two small integers, q not zero. */
export function ratio(p: number, q: number): Rational {
  return rational(BigInt(p), BigInt(q)) ?? ZERO;
}

export const add = (a: Rational, b: Rational) => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational) => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational) => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational) => (b.n === 0n ? null : rational(a.n * b.d, a.d * b.n));
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const absolute = (a: Rational): Rational => ({ n: abs(a.n), d: a.d });
export const equal = (a: Rational, b: Rational) => a.n === b.n && a.d === b.d;
export const isInteger = (a: Rational) => a.d === 1n;

export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function bits(x: bigint): number {
  return abs(x).toString(16).length * 4;
}

/** a to an integer power; null where undefined or too large to hold. */
export function power(a: Rational, exponent: bigint): Rational | null {
  if (exponent === 0n) return ONE;
  if (a.n === 0n) return exponent > 0n ? ZERO : null;
  const e = abs(exponent);
  const one = abs(a.n) === 1n && a.d === 1n;
  if (!one && (e > BigInt(MAX_BITS) || Number(e) * Math.max(bits(a.n), bits(a.d)) > 2 * MAX_BITS))
    return null;
  const k = one ? e % 2n : e;
  const n = a.n ** k;
  const d = a.d ** k;
  return exponent > 0n ? rational(n, d) : rational(d, n);
}

/** The exact k-th root, where there is one (27/8 has the cube root 3/2); null otherwise. */
export function root(a: Rational, k: number): Rational | null {
  if (k < 1 || k > 64) return null;
  if (a.n < 0n) {
    if (k % 2 === 0) return null;
    const positive = root(negate(a), k);
    return positive && negate(positive);
  }
  const n = integerRoot(a.n, k);
  const d = integerRoot(a.d, k);
  return n === null || d === null ? null : rational(n, d);
}

function integerRoot(x: bigint, k: number): bigint | null {
  if (x < 2n) return x;
  const K = BigInt(k);
  let guess = 1n << BigInt(Math.ceil(bits(x) / k) + 1);
  for (let i = 0; i < 4096; i++) {
    const next = ((K - 1n) * guess + x / guess ** (K - 1n)) / K;
    if (next >= guess) break;
    guess = next;
  }
  return guess ** K === x ? guess : null;
}

export function floor(a: Rational): bigint {
  const q = a.n / a.d;
  return a.n < 0n && q * a.d !== a.n ? q - 1n : q;
}

export const ceiling = (a: Rational): bigint => -floor(negate(a));

/** The nearest float, also where numerator and denominator are too long for one; infinite beyond the floats. */
export function toNumber(a: Rational): number {
  const [n, d] = [Number(a.n), Number(a.d)];
  if (Number.isFinite(n) && Number.isFinite(d)) return n / d;
  // A quotient of some 64 bits, and the power of two that was taken out of it.
  const shift = 64 - (bits(a.n) - bits(a.d));
  const quotient = shift >= 0 ? (a.n << BigInt(shift)) / a.d : a.n / (a.d << BigInt(-shift));
  return Number(quotient) * 2 ** -shift;
}

/** A decimal numeral without signs or separators ("12", "3.50", ".5") as a rational; null where it is too long. */
export function fromDecimal(text: string): Rational | null {
  if (text.length > MAX_DIGITS) return null;
  const point = text.indexOf(".");
  if (point < 0) return { n: BigInt(text || "0"), d: 1n };
  const fraction = text.slice(point + 1);
  return rational(BigInt(`${text.slice(0, point)}${fraction}` || "0"), 10n ** BigInt(fraction.length));
}

/** Short text for a person: an integer, a terminating decimal of at most six places, or p/q. */
export function show(a: Rational): string {
  if (a.d === 1n) return clip(a.n.toString());
  const scaled = a.n * 1_000_000n;
  if (scaled % a.d === 0n) {
    const sign = scaled < 0n ? "-" : "";
    const digits = abs(scaled / a.d)
      .toString()
      .padStart(7, "0");
    let places = 6;
    while (digits.at(places - 7) === "0") places--;
    return clip(`${sign}${digits.slice(0, -6)}.${digits.slice(-6, places - 6 || undefined)}`);
  }
  return clip(`${a.n}/${a.d}`);
}

/** The same text for equal values and no others: a key of maps and sets. */
export const keyOf = ({ n, d }: Rational): string => `${n}/${d}`;

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
