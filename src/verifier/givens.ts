/** The numbers that a problem states, in figures and in words, and what stands beside them. */
import { CONSTANTS } from "./constants.js";
import { lex, type Token } from "./expression/lexer.js";
import { equal, multiply, negate, type Rational, ratio, show } from "./expression/rational.js";
import { type Budget, MAX_GIVENS } from "./limits.js";
import { splitSteps } from "./text/steps.js";
import { MULTIPLIERS, namesNumber, numberWords } from "./words.js";

export interface Quantity {
  readonly value: Rational;
  /** Character span [start, end) in the text (a solution: its steps joined with "\n"). */
  readonly start: number;
  readonly end: number;
}

export interface Given extends Quantity {
  /** The word behind it, lower-case: "48 clips" has "clips". */
  readonly noun: string;
  readonly percent: boolean;
}

/** Words that say nothing of what a sentence is about. */
const COMMON = new Set(
  (
    "the a an of in and to is was are were for on at by with from his her their its he she it they that this which who as be has " +
    "have had how many much does do did will would can each every per if then than so not no or one two three all what total " +
    "more less there when after before also into out up them him only other same"
  ).split(" "),
);

/** Whether a lower-case word says what a sentence is about. */
export const isTelling = (word: string) => !COMMON.has(word);

const HUNDREDTH = ratio(1, 100);

/** Whether a value stands in the problem: itself, its opposite, or a percentage as a fraction. */
export function isGiven(value: Rational, givens: readonly Given[]): boolean {
  return givens.some(
    (given) =>
      equal(given.value, value) ||
      equal(negate(given.value), value) ||
      (given.percent && equal(multiply(given.value, HUNDREDTH) ?? given.value, value)),
  );
}

/** Whether a value is one of those that solutions bring along: 12 months, 100 percent, 7 days. */
export function isConstant(value: Rational): boolean {
  return CONSTANTS.has(show(value));
}

/** Numbers that a problem states, in figures and in words. */
export function givensOf(question: string, budget: Budget): Given[] {
  const tokens = lex(splitSteps([question])[0]?.text ?? "");
  const out: Given[] = [];
  for (let i = 0; i < tokens.length && out.length < MAX_GIVENS && budget.spend(); i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    let next = i + 1;
    let value: Rational | undefined;
    if (token.kind === "number") {
      value = token.value;
      const below = tokens[i + 2];
      if (
        tokens[i + 1]?.text === "/" &&
        below?.kind === "number" &&
        below.value !== undefined &&
        below.value.n !== 0n
      ) {
        const quotient = value && multiply(value, { n: below.value.d, d: below.value.n });
        if (quotient && value) {
          out.push(
            given(tokens, i, i + 3, quotient),
            given(tokens, i, i + 1, value),
            given(tokens, i + 2, i + 3, below.value),
          );
          i += 2;
          continue;
        }
      }
    } else if (token.kind === "word" && namesNumber(token.text) && !counted(tokens, i)) {
      const words: string[] = [];
      for (let k = i; k < i + 6 && tokens[k]?.kind === "word"; k++) words.push(tokens[k]?.text ?? "");
      const spelled = numberWords(words, 0);
      value = spelled?.value ?? MULTIPLIERS.get(token.text.toLowerCase());
      if (spelled !== null) next = i + spelled.length;
    } else if (token.kind === "unknown" && /^\d+(?::\d+)+$/.test(token.text)) {
      for (const part of token.text.split(":")) {
        if (part.length < 12) out.push({ ...given(tokens, i, next, { n: BigInt(part), d: 1n }) });
      }
    }
    if (value !== undefined) {
      out.push(given(tokens, i, next, value));
      i = next - 1;
    }
  }
  return out;
}

/** The "dozen" of "2 dozen": what the number before it counts. */
function counted(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.kind === "number" && /^dozens?$/i.test(tokens[at]?.text ?? "");
}

function given(tokens: readonly Token[], from: number, to: number, value: Rational): Given {
  const after = tokens[to];
  const noun = after?.kind === "word" ? after.text.toLowerCase() : "";
  const percent = after?.kind === "percent" || noun === "percent";
  return { value, start: tokens[from]?.start ?? 0, end: tokens[to - 1]?.end ?? 0, noun, percent };
}

/** A given as the problem writes it: `$50`, `48 clips`, `20%`. */
export function phraseOf({ start, end, noun, percent }: Given, question: string): string {
  const from = question[start - 1] === "$" ? start - 1 : start;
  const named = percent || (noun.length > 2 && isTelling(noun));
  const sign = question[end] === "%" ? end + 1 : end;
  const at = named && sign === end ? question.toLowerCase().indexOf(noun, end) : -1;
  return question.slice(from, at >= 0 && at - end < 3 ? at + noun.length : sign);
}

/** Whether a given is an amount that a solution must use: no clock time, year, bound of a range, share of a ratio. */
export function isAmount({ value, start, end }: Given, question: string): boolean {
  if (question.slice(start, end).includes(":")) return false;
  const [before, after] = [question.slice(Math.max(0, start - 8), start), question.slice(end, end + 4)];
  if (/^\s?[-\u2013]\s?\d/.test(after) || /\d\s?[-\u2013]\s?$/.test(before)) return false;
  if (/^\s?[ap]\.?m\b/i.test(after)) return false;
  const year = value.d === 1n && value.n > 1800n && value.n < 2100n;
  return !(year && /\b(?:in|since|by|until|year) $/i.test(before));
}
