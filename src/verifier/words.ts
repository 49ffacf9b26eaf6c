/** Numbers that English writes in words: cardinals, fractions and multipliers. */
import { add, integer, multiply, type Rational, ratio } from "./expression/rational.js";

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const PARTS: readonly (readonly [string, number])[] = [
  ["half", 2],
  ["halves", 2],
  ["third", 3],
  ["fourth", 4],
  ["quarter", 4],
  ["fifth", 5],
  ["sixth", 6],
  ["seventh", 7],
  ["eighth", 8],
  ["ninth", 9],
  ["tenth", 10],
  ["twelfth", 12],
  ["twentieth", 20],
  ["hundredth", 100],
  ["thousandth", 1000],
];

/** Cardinal words below one hundred, and "dozen". */
const CARDINALS: ReadonlyMap<string, number> = new Map([
  ...SMALL.map((word, value): [string, number] => [word, value]),
  ...TENS.map((word, index): [string, number] => [word, 20 + 10 * index]),
  ["dozen", 12],
  ["dozens", 12],
]);

const SCALES: ReadonlyMap<string, number> = new Map([
  ["hundred", 100],
  ["thousand", 1000],
  ["million", 1_000_000],
  ["billion", 1_000_000_000],
]);

/** "third" as a part of a whole; plural forms included. "second" is left out: it is a place or a time. */
const FRACTIONS: ReadonlyMap<string, number> = new Map(
  PARTS.flatMap(([word, part]): [string, number][] => [
    [word, part],
    [`${word}s`, part],
  ]),
);

/** Words that multiply what follows. */
export const MULTIPLIERS: ReadonlyMap<string, Rational> = new Map([
  ["twice", integer(2)],
  ["double", integer(2)],
  ["doubled", integer(2)],
  ["doubles", integer(2)],
  ["thrice", integer(3)],
  ["triple", integer(3)],
  ["triples", integer(3)],
  ["tripled", integer(3)],
  ["quadruple", integer(4)],
  ["half", ratio(1, 2)],
  ["quarterly", integer(4)],
  ["pair", integer(2)],
  ["couple", integer(2)],
]);

export interface WordNumber {
  readonly value: Rational;
  /** Words read. */
  readonly length: number;
}

/**
 * The number that the words from `at` on spell ("twenty-five", "three fourths", "two hundred and six", "half"), or
 * null. A lone "one" is read as a number only before a fraction word: elsewhere it is mostly a pronoun.
 */
export function numberWords(words: readonly string[], at: number): WordNumber | null {
  if (!startsNumber(words[at] ?? "")) return null;
  const flat: { word: string; index: number }[] = [];
  for (let i = at; i < words.length && i < at + 8; i++) {
    for (const part of (words[i] ?? "").toLowerCase().split("-")) flat.push({ word: part, index: i });
  }
  const first = flat[0]?.word ?? "";
  if (first === "half" || first === "quarter")
    return { value: ratio(1, FRACTIONS.get(first) ?? 1), length: 1 };
  let total = integer(0);
  let group = -1;
  let used = 0;
  for (; used < flat.length; used++) {
    const word = flat[used]?.word ?? "";
    const cardinal = CARDINALS.get(word);
    const scale = SCALES.get(word);
    if (cardinal !== undefined && cardinal !== 12) {
      // "four twenty" is two numbers; "twenty four" one.
      if (group >= 0 && !(group % 100 >= 20 && group % 10 === 0 && cardinal < 10) && group % 100 !== 0) break;
      if (group === 0) break;
      group = Math.max(group, 0) + cardinal;
    } else if (cardinal === 12) {
      if (group >= 0 && word === "twelve") break;
      group = (group < 0 ? 1 : group) * 12;
    } else if (scale !== undefined) {
      if (group < 0) break;
      if (scale === 100) group *= 100;
      else {
        total = add(total, multiply(integer(group), integer(scale)) ?? total) ?? total;
        group = 0;
      }
    } else if (word !== "and" || !(group >= 100) || !CARDINALS.has(flat[used + 1]?.word ?? "")) break;
  }
  if (used === 0 || group < 0) return null;
  const whole = add(total, integer(group)) ?? total;
  const part = FRACTIONS.get(flat[used]?.word ?? "");
  if (part !== undefined && used > 0 && whole.n < 1000n && plausibleFraction(whole, flat[used]?.word ?? "")) {
    const last = flat[used]?.index ?? at;
    return { value: multiply(whole, ratio(1, part)) ?? whole, length: last - at + 1 };
  }
  const last = flat[used - 1]?.index ?? at;
  const complete = flat[used]?.index !== last;
  if (!complete || (first === "one" && used === 1)) return null;
  return { value: whole, length: last - at + 1 };
}

/** Whether a word may begin a number or be a multiplier: a cheap look. */
export function namesNumber(word: string): boolean {
  return startsNumber(word) || MULTIPLIERS.has(word.toLowerCase());
}

/** A cheap look at one word, since nearly every word of a text is none. */
function startsNumber(word: string): boolean {
  const hyphen = word.indexOf("-");
  const first = (hyphen < 0 ? word : word.slice(0, hyphen)).toLowerCase();
  return CARDINALS.has(first) || first === "half" || first === "quarter";
}

/** "one third", "two thirds", but not "five quarter": number and form agree. */
function plausibleFraction(count: Rational, word: string): boolean {
  const plural = word.endsWith("s");
  return count.n === 1n ? !plural : plural;
}
