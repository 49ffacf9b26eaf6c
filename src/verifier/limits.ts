/** Every bound that keeps the verifier linear and small on hostile text, in one place. */

/**
 * Characters of a text that are read: a worked solution has a few thousand, a chain of thought of 32,768 tokens about
 * 100,000. A token takes some hundred bytes and may be one character long: question, solution and reference of this
 * length fit into a heap of 96 MB, and take a second at the most (`npm run fuzz:verifier`).
 */
export const MAX_TEXT = 100_000;
/** Characters of one answer that are compared: the longest in the data sets, a matrix, has under 300. */
export const MAX_ANSWER = 2_000;
/** Nesting of brackets and operators: far beyond any written formula, well inside the JavaScript stack. */
export const MAX_DEPTH = 48;
/** Digits of a number that is read exactly; longer digit strings are data, not quantities. */
export const MAX_DIGITS = 120;
/** Bits of a numerator or denominator in exact arithmetic: 300! has about 2,000. */
export const MAX_BITS = 4096;
/** The largest argument of a factorial that is computed. */
export const MAX_FACTORIAL = 300;
/** Terms of a sum or product that is added up: worked sums have tens, "the first 1,000 integers" is the largest usual. */
export const MAX_TERMS = 1_000;
/** Tokens of one side of an equality. */
export const MAX_SIDE_TOKENS = 400;
/** Units of work (tokens and evaluated nodes) that one verdict may spend. A GSM8K solution spends a few thousand. */
const WORK_BUDGET = 400_000;
/** Claims kept of one solution, so that checks that compare pairs stay cheap. */
export const MAX_CLAIMS = 2_000;
/** Numbers of a problem that are kept: every number of a solution is held against them; GSM8K's problems have under 60. */
export const MAX_GIVENS = 300;
/** Computations of a solution that are held against each of a reference's. */
export const MAX_PAIRED = 200;
/** Numbers of a computation that are held against another's one by one. */
export const MAX_OPERANDS = 12;
/** Characters of a program that is run: those of worked solutions have under 2,000. */
export const MAX_PROGRAM = 10_000;
/** Characters of a text that a program prints: one that doubles on every line ends here. */
export const MAX_PRINTED = 1_000;
/** Items of a list that a program prints. */
export const MAX_ITEMS = 100;

/** A counter in place of a timer: the same text always spends the same work. */
export class Budget {
  private left: number;

  constructor(units: number = WORK_BUDGET) {
    this.left = units;
  }

  /** Spends `units`; false once nothing is left. */
  spend(units = 1): boolean {
    this.left -= units;
    return this.left >= 0;
  }
}
