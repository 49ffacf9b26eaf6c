/** Values as `print` and f-strings write them. */
import { integer, multiply, type Rational, toNumber } from "../expression/rational.js";
import { MAX_ITEMS, MAX_PRINTED } from "../limits.js";
import { rounded } from "./functions.js";

/** A number, a text, or several of them; null is a value that is not known. */
export type PythonValue = Rational | string | readonly PythonValue[] | null;

export const isNumber = (value: PythonValue | undefined): value is Rational =>
  value !== null && typeof value === "object" && "n" in value;

/**
 * As `print` writes a value, save that a whole float has no ".0" and every sequence stands in round brackets. Null where it
 * is not known, too long, or a sequence of sequences.
 */
export function printed(value: PythonValue): string | null {
  if (typeof value === "string") return value.length <= MAX_PRINTED ? value : null;
  if (value === null) return null;
  if (isNumber(value)) return String(toNumber(value));
  const items = value.slice(0, MAX_ITEMS + 1).map((item) => (Array.isArray(item) ? null : printed(item)));
  return items.length > MAX_ITEMS || items.includes(null) ? null : `(${items.join(", ")})`;
}

/** The text between the quotes of a plain string. */
export const plain = (text: string) =>
  text.replace(/\\([nt\\'"])/g, (_, c: string) => (c === "n" ? "\n" : c === "t" ? "\t" : c));

/**
 * The text of an f-string; null where a value in it is not known, or a format is not read here.
 *
 * @param read the value of a Python expression
 */
export function formatted(text: string, read: (expression: string) => PythonValue): string | null {
  let out = "";
  let at = 0;
  for (const { 0: whole, 1: expression = "", 2: format, index } of text.matchAll(REPLACEMENT)) {
    const value = read(expression);
    const shown = format === undefined ? printed(value) : specified(value, format);
    if (shown === null) return null;
    out += plain(text.slice(at, index)) + shown;
    at = index + whole.length;
  }
  const rest = text.slice(at);
  return /[{}]/.test(rest) || /[{}]{2}/.test(text) ? null : out + plain(rest);
}

const REPLACEMENT = /\{([^{}:]*)(?::([^{}]*))?\}/g;

/** `.2f`, `,.0f`, `d`, `.1%`. */
function specified(value: PythonValue, format: string): string | null {
  const parts = /^,?(?:\.(\d))?([fd%]?)$/.exec(format);
  if (!isNumber(value) || parts === null) return null;
  const [, places, type] = parts;
  if (places === undefined) return type === "%" ? null : printed(value);
  const x = rounded(type === "%" ? (multiply(value, integer(100)) ?? value) : value, integer(Number(places)));
  return x && `${toNumber(x).toFixed(Number(places))}${type === "%" ? "%" : ""}`;
}
