/** Numbers as a person would write them, and which of them a person would believe. */
import {
  compare,
  isInteger,
  multiply,
  type Rational,
  ratio,
  show,
  ZERO,
} from "../../verifier/expression/rational.js";

/** A wrong result may be this many times larger or smaller than the right one before a reader would stop at it. */
const BELIEVABLE = 100;
const MAX_PLACES = 2;

/**
 * Whether a changed number passes for the one it replaces: positive, whole where a count was whole (money may have
 * cents), at most two decimals beyond those that were there, and within a factor of 100.
 *
 * @param money whether a currency sign stands before the number
 */
export function believable(value: Rational, before: Rational, places: number, money: boolean): boolean {
  if (compare(value, ZERO) <= 0 || compare(before, ZERO) <= 0) return false;
  const allowed = places > 0 ? Math.max(places, MAX_PLACES) : money ? MAX_PLACES : 0;
  const scaled = multiply(value, { n: 10n ** BigInt(allowed), d: 1n });
  if (scaled === null || !isInteger(scaled)) return false;
  const high = multiply(before, ratio(BELIEVABLE, 1));
  const low = multiply(before, ratio(1, BELIEVABLE));
  return high !== null && low !== null && compare(value, high) <= 0 && compare(value, low) >= 0;
}

/** Decimal places of a written number: 2 for "1,200.50". */
export const placesOf = (text: string) => text.split(".")[1]?.length ?? 0;

/** A value in the style of another numeral: thousands separators and cents are kept. Null where it does not terminate. */
export function writeLike(value: Rational, model: string): string | null {
  const plain = show(value);
  if (!/^-?\d+(\.\d+)?$/.test(plain)) return null;
  const [whole = "", fraction = ""] = plain.split(".");
  // `show` writes at most 40 characters.
  const grouped = model.includes(",") ? whole.replace(/\B(?=(?:\d{3}){1,13}$)/g, ",") : whole;
  const cents = placesOf(model) === 2 ? fraction.padEnd(2, "0") : fraction;
  // A text that writes cents where there are none ("$3.00") goes on doing so; "1.0" is nobody's habit worth keeping.
  return cents === "" ? grouped : `${grouped}.${cents}`;
}
