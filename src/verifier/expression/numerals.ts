/** Numerals as written: thousands separators, decimals, repeating decimals, powers of ten. */
import { MAX_DIGITS } from "../limits.js";
import { isDigitAt } from "./characters.js";
import { add, fromDecimal, multiply, power, type Rational, rational } from "./rational.js";

export interface Numeral {
  /** Index behind the last character. */
  readonly end: number;
  /** The digits and point without separators. */
  readonly digits: string;
  /** Decimal places as written; of a repeating decimal none, for it is exact. */
  readonly places: number;
  /** Null where there are more digits than a quantity has. */
  readonly value: Rational | null;
}

function digitsFrom(text: string, from: number): number {
  let i = from;
  while (isDigitAt(text, i)) i++;
  return i;
}

/** The numeral that begins at `start`, a digit or a point with a digit behind it. */
export function numeralAt(text: string, start: number): Numeral {
  let end = digitsFrom(text, start);
  let digits = text.slice(start, end);
  const lead = end - start;
  // Thousands: "1,000", "1{,}000", "1,\!000", "1 000".
  if (lead >= 1 && lead <= 3) {
    for (let skip = separator(text, end); skip > 0 && threeDigits(text, end + skip); ) {
      digits += text.slice(end + skip, end + skip + 3);
      end += skip + 3;
      skip = separator(text, end);
    }
  }
  if (text[end] !== "." || !isDigitAt(text, end + 1)) {
    const repeated = text[end] === "." ? repeating(text, end + 1) : null;
    if (repeated !== null) return joined(digits, "", repeated);
    return raised(text, { end, digits, places: 0, value: held(digits) });
  }
  const fractionEnd = digitsFrom(text, end + 1);
  const fraction = text.slice(end + 1, fractionEnd);
  const repeated = repeating(text, fractionEnd) ?? dotted(text, fraction, fractionEnd);
  if (repeated !== null) return joined(digits, fraction, repeated);
  digits += `.${fraction}`;
  return raised(text, { end: fractionEnd, digits, places: fraction.length, value: held(digits) });
}

const held = (digits: string): Rational | null => (digits.length <= MAX_DIGITS ? fromDecimal(digits) : null);

/** "3.2e4", "5E-3": the power of ten belongs to the numeral. */
function raised(text: string, numeral: Numeral): Numeral {
  const { end, digits, places, value } = numeral;
  if ((text[end] !== "e" && text[end] !== "E") || value === null) return numeral;
  const signed = text[end + 1] === "-" || text[end + 1] === "+" ? 1 : 0;
  const stop = digitsFrom(text, end + 1 + signed);
  const exponent = text.slice(end + 1, stop);
  if (stop === end + 1 + signed || exponent.length > 4 || /[\w^{]/.test(text[stop] ?? "")) return numeral;
  const factor = power({ n: 10n, d: 1n }, BigInt(exponent.replace("+", "")));
  const shifted = factor && multiply(value, factor);
  return { end: stop, digits, places: Math.max(0, places - Number(exponent)), value: shifted };
}

interface Repeated {
  readonly digits: string;
  readonly end: number;
}

/** The digits under `\overline{...}`, which go on for ever. */
function repeating(text: string, at: number): Repeated | null {
  if (text[at] !== "\\" || !text.startsWith("\\overline{", at)) return null;
  const from = at + "\\overline{".length;
  const end = digitsFrom(text, from);
  return end > from && text[end] === "}" ? { digits: text.slice(from, end), end: end + 1 } : null;
}

/** "0.333...", "0.1666\ldots": a digit that is written three times before the dots repeats; it stands in `fraction` too. */
function dotted(text: string, fraction: string, at: number): Repeated | null {
  const last = fraction.at(-1);
  if (last === undefined || fraction.length < 3 || fraction.at(-2) !== last || fraction.at(-3) !== last)
    return null;
  for (const dots of ["...", "\u2026", "\\ldots", "\\dots"])
    if (text.startsWith(dots, at)) return { digits: last, end: at + dots.length };
  return null;
}

function joined(whole: string, fraction: string, { digits, end }: Repeated): Numeral {
  const short = whole.length + fraction.length + digits.length <= MAX_DIGITS;
  const head = short ? fromDecimal(`${whole}.${fraction}`) : null;
  const nines = 10n ** BigInt(digits.length) - 1n;
  const tail = short ? rational(BigInt(digits), nines * 10n ** BigInt(fraction.length)) : null;
  return { end, digits: `${whole}.${fraction}`, places: 0, value: head && tail && add(head, tail) };
}

/** Length of a thousands separator at `j`, 0 for none. */
function separator(text: string, j: number): number {
  switch (text[j]) {
    case ",":
      return text[j + 1] === "\\" ? (text[j + 2] === "!" ? 3 : 0) : 1;
    case "{":
      return text[j + 1] === "," && text[j + 2] === "}" ? 3 : 0;
    case "\\":
      return text[j + 1] === "," || text[j + 1] === "!" ? 2 : 0;
    case " ":
    case "\u00a0":
    case "\u202f":
    case "\u2009":
      return 1;
    default:
      return 0;
  }
}

function threeDigits(text: string, j: number): boolean {
  return isDigitAt(text, j) && isDigitAt(text, j + 1) && isDigitAt(text, j + 2) && !isDigitAt(text, j + 3);
}
