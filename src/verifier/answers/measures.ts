/** Answers with units: "2 hours", "5 feet 6 inches", "$0.50", "15 cm^2", "60 mph". */
import { evaluate, isExact } from "../expression/evaluate.js";
import { add, divide, equal, integer, multiply, power, type Rational } from "../expression/rational.js";
import { Budget } from "../limits.js";
import { unitOf } from "../units.js";
import { read } from "./values.js";

interface Measure {
  /** Dimensions with their exponents, in a fixed order: "length^2", "time^-1". */
  readonly dimension: string;
  /** The value in base units. */
  readonly value: Rational;
}

/** Abbreviations that are words of their own elsewhere, so they count only behind a number and a space. */
const SHORT: Readonly<Record<string, string>> = {
  m: "meter",
  g: "gram",
  L: "liter",
  l: "liter",
  s: "second",
  h: "hour",
  mL: "ml",
  euro: "",
  euros: "",
};
/** Rates with one word. */
const RATES: Readonly<Record<string, string>> = {
  mph: "miles per hour",
  kph: "km per hour",
  kmh: "km per hour",
};
const CURRENCY = /^(?:[$€£¥]|(?:USD|EUR|GBP|US\$) ?)(?=[\d.\\])/;
const TEMPERATURE = / ?(?:\^ ?\{? ?\\circ ?\}?|°) ?[CF]$/;
const CURRENCY_BEHIND = / ?(?:[$€£¥]|USD|EUR|GBP|euros?)$/;

/** Characters of a value with its units: "5 feet 6 inches" and a long fraction have under a hundred. */
const MAX_MEASURE = 200;

interface Piece {
  readonly value: string;
  readonly unit: string;
}

/** A value and the words behind it. Hand-written: a pattern that finds both ends would backtrack. */
function pieceOf(text: string): Piece | null {
  let at = text.length;
  while (at > 0 && /[a-zA-Z/.²³^ ]/.test(text[at - 1] ?? "")) at--;
  // An exponent of the unit: cm^2, cm^{2}.
  const power_ = /[a-zA-Z] ?\^ ?\{?[23]\}?$/.exec(text);
  if (power_ !== null) {
    at = power_.index;
    while (at > 0 && /[a-zA-Z/. ]/.test(text[at - 1] ?? "")) at--;
  }
  if (at === 0 || !/[\d)}%]/.test(text[at - 1] ?? "")) return null;
  const unit = text.slice(at);
  return unit.trim() === "" ? null : { value: text.slice(0, at).trim(), unit };
}

/** The number of an answer without the unit behind it: "18 dollars" is "18", "15 cm^2" is "15"; `2x` and `3 ab` stay. */
export function withoutUnit(source: string): string {
  if (source.length > MAX_MEASURE) return source;
  const text = source.replace(CURRENCY, "").replace(CURRENCY_BEHIND, "").replace(TEMPERATURE, "");
  const piece = pieceOf(text);
  if (piece === null) return text;
  const first = /[a-zA-Z]+/.exec(piece.unit)?.[0] ?? "";
  const spaced = piece.unit.startsWith(" ");
  const known = unitOf(first) !== undefined || first === "m" || (spaced && first in SHORT);
  const noun = first.length > 2 && spaced && !/[\^²³]/.test(piece.unit) && !NOT_NOUNS.has(first);
  return known || noun || (first in RATES && spaced) ? piece.value : text;
}

/** Words behind a number that do something to it. */
const NOT_NOUNS = new Set(
  "more less fewer than times plus minus divided multiplied squared cubed choose mod remainder and or dozen off out".split(
    " ",
  ),
);

/** The measure that a text states, where every unit in it is known; null for plain numbers and unknown nouns. */
function measureOf(source: string): Measure | null {
  if (source.length > MAX_MEASURE) return null;
  const money = source.startsWith("$");
  const text = money ? `${source.slice(1).trim()} dollars` : source;
  if (!/^[-+\d.\\(]/.test(text) || !/[a-zA-Z²³}\d]$/.test(text) || pieceOf(text) === null) return null;
  let total: Measure | null = null;
  for (const part of parts(text)) {
    const piece = pieceOf(part);
    const unit = piece && unitNamed(piece.unit);
    const amount = piece && unit && amountOf(piece.value);
    const value = amount && unit && multiply(amount, unit.value);
    if (!value || !unit || (total !== null && total.dimension !== unit.dimension)) return null;
    total = { dimension: unit.dimension, value: total === null ? value : (add(total.value, value) ?? value) };
  }
  return total;
}

/** "5 feet 6 inches", "3 hours and 30 minutes": a part for each unit. */
function parts(text: string): string[] {
  return text.split(/(?<=[a-z]),? (?:and )?(?=\d)/);
}

function amountOf(text: string): Rational | null {
  const node = read(text);
  const value = node && evaluate(node, { budget: new Budget(500) });
  return value && isExact(value) ? value : null;
}

/** The dimension and size of "square feet", "miles per hour", "m/s^2". */
function unitNamed(source: string): Measure | null {
  const whole = source.trim().replace(/\.$/, "");
  const text = RATES[whole] ?? whole;
  const dimensions = new Map<string, number>();
  let factor: Rational = integer(1);
  let sign = 1;
  let exponent = 1;
  for (const word of text.split(/ |(\/)/)) {
    if (word === undefined || word === "" || word === "of") continue;
    if (word === "per" || word === "/") sign = -1;
    else if (word === "square" || word === "sq") exponent = 2;
    else if (word === "cubic" || word === "cu") exponent = 3;
    else {
      const match = /^([a-zA-Z]+)(?:\^?\{?([23²³])\}?)?$/.exec(word);
      const unit = match?.[1] === undefined ? undefined : unitOf(SHORT[match[1]] ?? match[1]);
      if (unit === undefined || unit.dimension === "count") return null;
      const raised = RAISED[match?.[2] ?? ""] ?? exponent;
      const scaled = power(unit.factor, BigInt(raised));
      const next = scaled && (sign > 0 ? multiply(factor, scaled) : divide(factor, scaled));
      if (!next) return null;
      factor = next;
      dimensions.set(unit.dimension, (dimensions.get(unit.dimension) ?? 0) + sign * raised);
      exponent = 1;
    }
  }
  const names = [...dimensions].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (names.length === 0) return null;
  return { dimension: names.map(([name, count]) => `${name}^${count}`).join(" "), value: factor };
}

const RAISED: Readonly<Record<string, number>> = { "2": 2, "3": 3, "²": 2, "³": 3 };

/** Two measures: the same amount of the same dimension. Null where either has no known unit. */
export function sameMeasure(a: string, b: string): boolean | null {
  const x = measureOf(a);
  const y = x && measureOf(b);
  if (x === null || y === null) return null;
  return x.dimension === y.dimension && equal(x.value, y.value);
}

/** Signs and words behind a number that count it in packs, and how many are in one. */
const PACKS: readonly (readonly [RegExp, Rational])[] = [
  [/^([\d.,/ ]+) dozens?(?: [a-z]+)?$/i, integer(12)],
  [/^\$?(\d{1,3}(?:\.\d{1,3})?)k$/i, integer(1000)],
];

/** "3 dozen eggs" as a number of eggs, "$5k" as one of dollars; the text itself where nothing is counted so. */
export function counted(text: string): string {
  for (const [pattern, size] of PACKS) {
    const count = pattern.exec(text)?.[1];
    const total = count === undefined ? null : amountOf(count);
    const all = total && multiply(total, size);
    if (all) return `${all.n}/${all.d}`;
  }
  return text;
}
