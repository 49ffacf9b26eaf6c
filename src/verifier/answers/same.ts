/**
 * Are two answers the same? Numbers in any spelling, fractions, percent, money, units, LaTeX, lists and sets, tuples and
 * intervals, matrices, equations and inequalities, residues, ratios, times, multiple choice, words. Lists are compared
 * without order.
 */
import { Budget, MAX_ANSWER } from "../limits.js";
import { answerIn } from "./candidates.js";
import { sameRealSet } from "./intervals.js";
import {
  bracketed,
  listOf,
  type Same,
  sameInOrder,
  sameList,
  sameListAndTuple,
  sameMembers,
  sameTuple,
  withoutName,
} from "./lists.js";
import { determinant, matrixOf, vector } from "./matrices.js";
import { counted, sameMeasure, withoutUnit } from "./measures.js";
import { squeeze, strip } from "./normalise.js";
import { sameRelation } from "./relations.js";
import { realSet } from "./sets.js";
import { sameSpelling, sameWords } from "./spellings.js";

/** How deep lists nest: a list of tuples of intervals. */
const MAX_DEPTH = 4;
/** Work for one comparison of two answers: a list of 64 members against another takes a third. */
const COMPARISON = 60_000;

/**
 * Whether a prediction gives the reference's answer. Either may be a bare answer or a text that holds one (a box, "The
 * answer is", "####").
 */
export function sameAnswer(prediction: string, reference: string): boolean {
  return sameText(answerIn(prediction), answerIn(reference));
}

/**
 * Whether two bare answers are the same. They are compared in one order, whichever comes first: work may run out. Those
 * that are too long to be read must be the same to the letter.
 */
export function sameText(prediction: string, reference: string): boolean {
  if (Math.max(prediction.length, reference.length) > MAX_ANSWER) return prediction === reference;
  const [a = "", b = ""] = [strip(prediction), strip(reference)].sort();
  if (a === "" || b === "") return false;
  if (squeeze(a) === squeeze(b)) return true;
  if (PLAIN_INTEGER.test(a) && PLAIN_INTEGER.test(b)) return BigInt(a) === BigInt(b);
  return new Comparison().same(a, b) || sameWords(a, b);
}

const PLAIN_INTEGER = /^-?\d{1,18}$/;

type Step = (a: string, b: string) => boolean | null;

/** One comparison with its budget: the steps are asked in order, and the first that knows decides. */
class Comparison {
  private readonly budget = new Budget(COMPARISON);
  private depth = 0;

  /** Whether two stripped texts are the same answer. */
  readonly same: Same = (a, b) => {
    if (squeeze(a) === squeeze(b)) return true;
    if (this.depth >= MAX_DEPTH || !this.budget.spend(a.length + b.length)) return false;
    this.depth++;
    const known = this.decide(a, b);
    this.depth--;
    return known;
  };

  private decide(a: string, b: string): boolean {
    const x = withoutName(a);
    const y = withoutName(b);
    if (x !== a || y !== b) return this.same(x, y);
    for (const step of this.steps) {
      const known = step(a, b);
      if (known !== null) return known;
    }
    return this.scalar(a, b);
  }

  private readonly steps: readonly Step[] = [
    (a, b) => sameMeasure(a, b),
    (a, b) => this.matrices(a, b),
    (a, b) => sameSpelling(a, b, this.same),
    (a, b) => this.sets(a, b),
    (a, b) => this.lists(a, b),
  ];

  private matrices(a: string, b: string): boolean | null {
    const x = matrixOf(a);
    const y = matrixOf(b);
    if (x !== null && y !== null)
      return (
        x.rows.length === y.rows.length &&
        x.rows.every((row, i) => sameInOrder(row, y.rows[i] ?? [], this.same))
      );
    const matrix = x ?? y;
    if (matrix === null) return null;
    const cells = vector(matrix);
    const tuple = bracketed(x === null ? a : b);
    if (tuple === null || cells === null) return nullUnlessMatrix(a, b);
    return sameInOrder(cells, tuple.parts, this.same);
  }

  private sets(a: string, b: string): boolean | null {
    const x = realSet(a, this.budget);
    const y = x && realSet(b, this.budget);
    return x && y && sameRealSet(x, y);
  }

  private lists(a: string, b: string): boolean | null {
    const listA = listOf(a);
    const listB = listOf(b);
    if (listA.parts.length > 1 && listB.parts.length > 1) return sameList(listA, listB, this.same);
    // `1/2 or 0.5` for `1/2`: a set with one member, written twice.
    if (listA.parts.length > 1 !== listB.parts.length > 1) {
      const [many, one] = listA.parts.length > 1 ? [listA.parts, b] : [listB.parts, a];
      if (bracketed(one) === null && many.every((part) => this.same(strip(part), one))) return true;
    }
    const tupleA = bracketed(a);
    const tupleB = bracketed(b);
    if (tupleA !== null && tupleB !== null) return sameTuple(tupleA, tupleB, this.same);
    // "1, 3" for "(1, 3)".
    const tuple = tupleA ?? tupleB;
    const list = tupleA === null ? listA : listB;
    if (tuple !== null && list.parts.length === tuple.parts.length)
      return tuple.open === "{"
        ? sameMembers(tuple.parts, list.parts, this.same)
        : sameListAndTuple(list, tuple.parts, this.same);
    return null;
  }

  private scalar(a: string, b: string): boolean {
    const x = determinant(a) ?? a;
    const y = determinant(b) ?? b;
    if (sameRelation(x, y, withoutUnit, this.budget)) return true;
    const [countA, countB] = [counted(x), counted(y)];
    return (countA !== x || countB !== y) && sameRelation(countA, countB, withoutUnit, this.budget);
  }
}

/** A determinant is a number; any other matrix is no scalar. */
function nullUnlessMatrix(a: string, b: string): boolean | null {
  return determinant(a) !== null || determinant(b) !== null ? null : false;
}
