/** Forms with a shape of their own: residues, ratios, times of day, places, choices, words. */
import { evaluate, isExact } from "../expression/evaluate.js";
import { isInteger, type Rational } from "../expression/rational.js";
import { Budget } from "../limits.js";
import type { Same } from "./lists.js";
import { withoutEnd, words } from "./normalise.js";
import { read } from "./values.js";

/** Two texts in one of these forms: whether they are the same; null where they are not both in it. */
export function sameSpelling(a: string, b: string, same: Same): boolean | null {
  const marked = SHAPES.test(a) || SHAPES.test(b);
  if (!marked) return null;
  return sameResidue(a, b) ?? sameTime(a, b) ?? sameRatio(a, b, same) ?? sameRemainder(a, b, same);
}

/** A cheap look, since nearly every answer has none of these shapes. */
const SHAPES = /mod|:|colon| to |[ap]\.? ?m\.?$|noon$|midnight$|\d ?(?:r|R|rem|remainder) ?\d/i;

interface Residue {
  readonly residue: bigint;
  readonly modulus: bigint;
}

const MODULUS = /^ ?[{(]? ?(\d+) ?[})]{0,2}$/;
/** A modulus of more digits than this is no exercise. */
const MODULUS_DIGITS = 18;

/** `17 \bmod 5`, `x \equiv 3 \pmod 7`. */
function residueOf(text: string): Residue | null {
  const at = text.lastIndexOf("mod");
  const digits = MODULUS.exec(text.slice(at + 3))?.[1];
  if (at < 0 || digits === undefined || digits.length > MODULUS_DIGITS) return null;
  // Before it stand the b or p of \bmod and \pmod, a backslash, a bracket.
  const before = withoutEnd(text.slice(0, at), "bp\\( ");
  const value = integerOf(before.replace(/^[a-zA-Z] ?(?:\\equiv(?![a-zA-Z])|\u2261|=)/, ""));
  const modulus = BigInt(digits);
  if (value === null || modulus === 0n) return null;
  return { residue: ((value % modulus) + modulus) % modulus, modulus };
}

function integerOf(text: string): bigint | null {
  const value = numberOf(text);
  return value !== null && isInteger(value) ? value.n : null;
}

function numberOf(text: string): Rational | null {
  const node = read(text.trim());
  const value = node && evaluate(node, { budget: new Budget(500) });
  return value && isExact(value) ? value : null;
}

function sameResidue(a: string, b: string): boolean | null {
  if (!a.includes("mod") && !b.includes("mod")) return null;
  const x = residueOf(a);
  const y = residueOf(b);
  if (x !== null && y !== null) return x.residue === y.residue && x.modulus === y.modulus;
  const residue = x ?? y;
  const other = residue && integerOf(x === null ? a : b);
  return residue === null || other === null ? null : residue.residue === other;
}

const TIME = /^(\d{1,2}):(\d\d) ?(?:([ap])\.? ?m\.?)?$/i;

/** Minutes after midnight and whether the half of the day is told. */
function timeOf(text: string): { minutes: number; half: boolean } | null {
  const plain = text.replace(/^(?:12 ?)?noon$/i, "12:00 pm").replace(/^(?:12 ?)?midnight$/i, "12:00 am");
  const match = TIME.exec(plain.replace(/^(\d{1,2}) ?([ap])\.? ?m\.?$/i, "$1:00 $2m"));
  if (match === null) return null;
  const [hour, minute] = [Number(match[1]), Number(match[2])];
  const mark = match[3]?.toLowerCase();
  if (hour > 24 || minute > 59 || (mark !== undefined && hour > 12)) return null;
  const base = mark === undefined ? hour : (hour % 12) + (mark === "p" ? 12 : 0);
  return { minutes: base * 60 + minute, half: mark !== undefined || hour > 12 };
}

function sameTime(a: string, b: string): boolean | null {
  const x = timeOf(a);
  const y = x && timeOf(b);
  if (x === null || y === null || (!x.half && !y.half)) return null;
  const difference = Math.abs(x.minutes - y.minutes);
  return difference === 0 || (!(x.half && y.half) && difference === 720);
}

const NUMBER = /^-?[\d.,/\\{}a-z ^]{1,40}$/;

/** The terms of `2:3:5` or "3 to 4". */
function ratioOf(text: string): Rational[] | null {
  const parts = text.split(/:| to |\\colon/).map((part) => part.trim());
  if (parts.length < 2 || parts.length > 6 || !parts.every((part) => NUMBER.test(part))) return null;
  const terms = parts.map(numberOf);
  return terms.every((term) => term !== null && term.n !== 0n) ? terms.filter((term) => term !== null) : null;
}

/** Ratios up to a factor; of two terms also as a fraction. */
function sameRatio(a: string, b: string, same: Same): boolean | null {
  const x = ratioOf(a);
  const y = ratioOf(b);
  if (x !== null && y !== null) {
    const [first, other] = [x[0], y[0]];
    if (first === undefined || other === undefined || x.length !== y.length) return false;
    // x_i / x_0 = y_i / y_0, without a division.
    return x.every((term, i) => {
      const match = y[i];
      if (match === undefined) return false;
      const left = [term.n * other.n, term.d * other.d] as const;
      const right = [match.n * first.n, match.d * first.d] as const;
      return left[0] * right[1] === right[0] * left[1];
    });
  }
  const ratio = x ?? y;
  const [above, below] = ratio ?? [];
  if (ratio?.length !== 2 || above === undefined || below === undefined) return null;
  return same(`(${above.n}/${above.d})/(${below.n}/${below.d})`, x === null ? a : b);
}

/** "1 remainder 2", "1 R 2". */
function sameRemainder(a: string, b: string, same: Same): boolean | null {
  const parts = (text: string) => /^(-?\d{1,20}) ?(?:remainder|rem|r|R) ?(\d{1,20})$/.exec(text);
  const x = parts(a);
  const y = x && parts(b);
  if (x === null || y === null) return null;
  return same(x[1] ?? "", y[1] ?? "") && same(x[2] ?? "", y[2] ?? "");
}

const PLACES =
  "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(" ");

/** Choice letters, places and answers in words. */
export function sameWords(a: string, b: string): boolean {
  const letterA = choice(a);
  const letterB = choice(b);
  if (letterA !== null && letterB !== null) return letterA === letterB;
  const [x, y] = [place(words(a)), place(words(b))];
  if (/^\d+th$/.test(x) && /^\d+th$/.test(y)) return x === y;
  if (/\d|[=<>]/.test(a + b)) return false;
  return x === y && x !== "";
}

/** "3rd" and "third" as "3th". */
function place(text: string): string {
  const index = PLACES.indexOf(text);
  return index >= 0 ? `${index}th` : text.replace(/^(\d{1,9})(?:st|nd|rd)$/, "$1th");
}

/** The letter of "(B)", "B. 12", "(B) Paris", "option B"; a letter with mathematics behind it is no choice. */
function choice(text: string): string | null {
  const plain = text.trim().replace(/^(?:option|choice|answer) /i, "");
  return (
    /^([A-H])[.:)]?$/.exec(plain)?.[1] ??
    /^\(([A-H])\)(?: |$)/.exec(plain)?.[1] ??
    /^([A-H])[.:)] /.exec(plain)?.[1] ??
    /^([A-H]) [A-Za-z ]+$/.exec(plain)?.[1] ??
    null
  );
}
