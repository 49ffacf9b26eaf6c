/** Units as data: what a word measures, and how many of its dimension's base unit it holds. */
import { type Rational, ratio } from "./expression/rational.js";

export interface Unit {
  readonly dimension: string;
  readonly factor: Rational;
}

/** dimension: base unit first; each row is [factor numerator, factor denominator, names]. */
const TABLE: Readonly<Record<string, readonly (readonly [number, number, string])[]>> = {
  time: [
    [1, 1, "second seconds sec secs"],
    [60, 1, "minute minutes min mins"],
    [3600, 1, "hour hours hr hrs"],
    [86400, 1, "day days"],
    [604800, 1, "week weeks"],
  ],
  calendar: [
    [1, 1, "month months"],
    [12, 1, "year years yr yrs"],
    [120, 1, "decade decades"],
    [1200, 1, "century centuries"],
  ],
  length: [
    [1, 1, "inch inches"],
    [12, 1, "foot feet ft"],
    [36, 1, "yard yards yd yds"],
    [63360, 1, "mile miles"],
  ],
  metric: [
    [1, 1, "millimeter millimeters millimetre millimetres mm"],
    [10, 1, "centimeter centimeters centimetre centimetres cm"],
    [1000, 1, "meter meters metre metres"],
    [1_000_000, 1, "kilometer kilometers kilometre kilometres km"],
  ],
  mass: [
    [1, 1, "ounce ounces oz"],
    [16, 1, "pound pounds lb lbs"],
    [32000, 1, "ton tons"],
  ],
  grams: [
    [1, 1000, "milligram milligrams mg"],
    [1, 1, "gram grams"],
    [1000, 1, "kilogram kilograms kg kgs kilo kilos"],
  ],
  volume: [
    [1, 1, "cup cups"],
    [2, 1, "pint pints"],
    [4, 1, "quart quarts"],
    [16, 1, "gallon gallons"],
  ],
  litres: [
    [1, 1, "milliliter milliliters millilitre ml"],
    [1000, 1, "liter liters litre litres"],
  ],
  money: [
    [1, 1, "cent cents penny pennies"],
    [5, 1, "nickel nickels"],
    [10, 1, "dime dimes"],
    [25, 1, "quarter quarters"],
    [100, 1, "dollar dollars $ buck bucks"],
  ],
  count: [
    [12, 1, "dozen dozens"],
    [2, 1, "pair pairs"],
  ],
};

const UNITS: ReadonlyMap<string, Unit> = new Map(
  Object.entries(TABLE).flatMap(([dimension, rows]) =>
    rows.flatMap(([p, q, names]) =>
      names.split(" ").map((name): [string, Unit] => [name, { dimension, factor: ratio(p, q) }]),
    ),
  ),
);

/** The unit that a word names, or undefined. */
export function unitOf(word: string): Unit | undefined {
  return UNITS.get(word.toLowerCase());
}

/** Words that scale the number before them; an expression that holds one is not judged by its figures alone. */
export const SCALE_WORDS: ReadonlySet<string> = new Set([
  "hundred",
  "thousand",
  "million",
  "billion",
  "trillion",
  "k",
]);
