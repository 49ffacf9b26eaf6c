/**
 * Backward questions (FOBAR: Jiang et al., "Forward-Backward Reasoning", arXiv 2308.07758; MetaMathQA): a number of the
 * question becomes x, the answer is told, and x is asked for. The worked solution undoes the original one step by step,
 * in exact arithmetic; a number for which that cannot be done gives no question.
 */
import {
  divide,
  equal,
  fromDecimal,
  integer,
  multiply,
  ONE,
  type Rational,
  show,
  subtract,
} from "../../verifier/expression/rational.js";
import { buildTrace, type Claim } from "../../verifier/trace.js";
import { exactValue, written } from "../arithmetic.js";
import type { Problem } from "../records.js";
import { type Operation, pathTo, undo, withUnknown } from "./unwind.js";

const HUNDRED = integer(100);

/** Names of what lies between x and the answer. */
const LETTERS = ["y", "z", "w", "v", "u", "t", "s", "r"] as const;

/**
 * All backward questions of a problem with a worked solution: one for each number that the question writes once in
 * digits, that the solution uses once, and whose use leads to the answer on one way only.
 */
export function fobar(problem: Problem): Problem[] {
  // A question with an x of its own cannot have another.
  if (problem.solution === undefined || /\bx\b/i.test(problem.question)) return [];
  const answer = decimal(problem.answer);
  const { claims } = buildTrace(problem.question, problem.solution);
  if (answer === null || claims.length === 0) return [];
  return numbersOf(problem.question).flatMap((number, index) => {
    const solution = dependents(claims, number) > 1 ? null : workedBackwards(claims, number.value, answer);
    if (solution === null) return [];
    const question = `${problem.question.slice(0, number.start)}x${problem.question.slice(number.end)}`;
    return {
      id: `${problem.id}-fobar-${index}`,
      question: `${question} If we know the answer to the above question is ${problem.answer}, what is the value of unknown variable x?`,
      answer: show(number.value),
      solution,
      source: problem.source,
      type: problem.type === undefined ? "fobar" : `fobar:${problem.type}`,
    };
  });
}

interface Written {
  value: Rational;
  /** It is followed by a percent sign. */
  percent: boolean;
  start: number;
  end: number;
}

/** Numbers in digits that stand alone and only once: no part of a fraction, a time or a name. */
function numbersOf(question: string): Written[] {
  const all = [...question.matchAll(/\d+(?:,\d+)*(?:\.\d+)?|\.\d+/g)].flatMap(
    ({ 0: text, index }): Written[] => {
      const value = decimal(text);
      const percent = question[index + text.length] === "%";
      return value === null ? [] : [{ value, percent, start: index, end: index + text.length }];
    },
  );
  return all.filter(({ value, start, end }) => {
    const alone =
      !/[\w./:-]/.test(question[start - 1] ?? "") &&
      !/^(?:[A-Za-z/:]|-\d)/.test(question.slice(end, end + 2));
    return alone && all.filter((other) => equal(other.value, value)).length === 1;
  });
}

function decimal(text: string): Rational | null {
  const bare = text.replaceAll(",", "");
  return /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(bare) ? fromDecimal(bare) : null;
}

/**
 * How many operands may stem from the number: its own value, the value as a percentage or back, and for a percentage
 * what it leaves of 100, which solutions use without a computation. More than one, and x has more than one way.
 */
function dependents(claims: readonly Claim[], { value, percent }: Written): number {
  const shifted = [multiply(value, HUNDRED), divide(value, HUNDRED)];
  const left = percent ? [subtract(HUNDRED, value), subtract(ONE, divide(value, HUNDRED) ?? ONE)] : [];
  const relatives = [value, ...shifted, ...left].filter((one) => one !== null);
  const operands = claims.flatMap((claim) => claim.operands);
  return operands.filter((operand) => relatives.some((one) => equal(one, operand.value))).length;
}

function workedBackwards(claims: readonly Claim[], given: Rational, answer: Rational): string | null {
  const path = pathToAnswer(claims, given, answer);
  if (path === null) return null;
  const operations: Operation[] = [];
  for (const { claim, start } of path) {
    const inner = pathTo(start, claim.expression);
    if (inner === null) return null;
    operations.push(...inner);
  }
  if (operations.length === 0 || operations.length > LETTERS.length) return null;
  const known = sideLines(claims, path);
  const back = undoneLines(operations, given, answer);
  if (known === null || back === null) return null;
  const lines = [...known, ...back];
  // A lone equation needs no "Then".
  if (lines.length === 1) lines[0] = lines[0]?.replace(/^Then /, "") ?? "";
  return [...lines, `The answer is: ${show(given)}`].join("\n");
}

interface PathStep {
  claim: Claim;
  /** Where the unknown stands in the claim's expression. */
  start: number;
}

/** The claims from the given number to the answer, if each result on the way is used once and all are exact. */
function pathToAnswer(claims: readonly Claim[], given: Rational, answer: Rational): PathStep[] | null {
  const uses = claims.flatMap((claim, index) => claim.operands.map((operand) => ({ claim, index, operand })));
  const path: PathStep[] = [];
  let found = uses.filter(({ operand }) => equal(operand.value, given));
  for (;;) {
    const [use, ...others] = found;
    if (use === undefined || others.length > 0) return null;
    if (path.length === 0 && use.operand.origin !== "given") return null;
    path.push({ claim: use.claim, start: use.operand.start });
    if (!isExactClaim(use.claim)) return null;
    if (use.index === claims.length - 1) return equal(use.claim.result.value, answer) ? path : null;
    found = uses.filter(({ operand }) => operand.from === use.index);
  }
}

function isExactClaim({ expression, operands, result }: Claim): boolean {
  const value = exactValue(expression);
  return (
    value !== null && equal(value, result.value) && operands.every(({ origin }) => origin !== "ungrounded")
  );
}

/** The equations that do not depend on the unknown and whose results the way back needs; null where one is inexact. */
function sideLines(claims: readonly Claim[], path: readonly PathStep[]): string[] | null {
  const onPath = new Set(path.map(({ claim }) => claim));
  const needed = new Set<number>();
  const visit = (claim: Claim): void => {
    for (const { from } of claim.operands) {
      const source = from === undefined ? undefined : claims[from];
      if (from === undefined || source === undefined || onPath.has(source) || needed.has(from)) continue;
      needed.add(from);
      visit(source);
    }
  };
  for (const { claim } of path) visit(claim);
  const side = claims.filter((_claim, index) => needed.has(index));
  if (!side.every(isExactClaim)) return null;
  return side.map(({ expression, result }) => `${written(expression)} = ${show(result.value)}.`);
}

/**
 * With x / 2 = y, then 24 + y = 72:
 *
 *     Let y = x / 2.
 *     Then 24 + y = 72, so y = 72 - 24 = 48.
 *     So x / 2 = 48, and x = 48 * 2 = 96.
 */
function undoneLines(operations: readonly Operation[], given: Rational, answer: Rational): string[] | null {
  const letter = (index: number) => (index === 0 ? "x" : (LETTERS[index - 1] ?? "x"));
  const lines = operations.flatMap((operation, index) => {
    const { work, other } = operation;
    const first = work === undefined ? [] : [`${work} = ${show(other)}.`];
    const isLast = index === operations.length - 1;
    return isLast
      ? first
      : [...first, `Let ${letter(index + 1)} = ${withUnknown(operation, letter(index))}.`];
  });
  let result = answer;
  for (const [index, operation] of [...operations.entries()].reverse()) {
    const undone = undo(operation, result);
    if (undone === null) return null;
    const [open, link] = index === operations.length - 1 ? ["Then", ", so"] : ["So", ", and"];
    const name = letter(index);
    const equation = `${withUnknown(operation, name)} = ${show(result)}${link} ${name}`;
    lines.push(`${open} ${equation} = ${undone.expression} = ${show(undone.value)}.`);
    result = undone.value;
  }
  return equal(result, given) ? lines : null;
}
