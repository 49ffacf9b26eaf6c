/**
 * The trace of a solution: what it computes from what. Every computation is a claim (operands, operation, result), and
 * every number in it is given (stands in the problem), constant (12 months, 100 percent), derived (an earlier claim's
 * result) or ungrounded.
 */
import { type Chain, chainsOf, type Side } from "./claims.js";
import { CONSTANTS } from "./constants.js";
import {
  type BinaryOperator,
  bare,
  isFraction,
  isLiteral,
  type Node,
  type NumberNode,
  numbersIn,
  variablesIn,
} from "./expression/ast.js";
import { evaluate, isExact } from "./expression/evaluate.js";
import { lex, type Token } from "./expression/lexer.js";
import { equal, multiply, negate, type Rational, ratio, show } from "./expression/rational.js";
import { Budget, MAX_CLAIMS } from "./limits.js";
import { type Step, splitSteps } from "./text/steps.js";
import { MULTIPLIERS, numberWords } from "./words.js";

export type Origin = "given" | "constant" | "derived" | "ungrounded";

export interface Quantity {
  readonly value: Rational;
  /** Character span [start, end) in the solution (steps joined with "\n"). */
  readonly start: number;
  readonly end: number;
}

export interface Operand extends Quantity {
  readonly origin: Origin;
  /** For a derived operand: the claim whose result it is. */
  readonly from?: number;
}

/** `expression = value` as a solution states it: the unit of a trace. */
export interface Claim {
  readonly step: number;
  /** Character span of the whole claim, expression to result. */
  readonly start: number;
  readonly end: number;
  /** The outermost operation, where there is one. */
  readonly operation?: BinaryOperator;
  /** The numbers of the expression, left to right. */
  readonly operands: readonly Operand[];
  /** The value as stated, which may be wrong; `literal` where the span is one written number. */
  readonly result: Quantity & { readonly literal: boolean };
  readonly expression: Node;
}

export interface Trace {
  readonly steps: readonly TracedStep[];
  readonly claims: readonly Claim[];
  /** Every equality and inequality that was read, with those that compute nothing. */
  readonly chains: readonly Chain[];
  /** Numbers of the problem, with words ("half", "twice", "dozen") as values. */
  readonly givens: readonly Given[];
}

export interface TracedStep extends Step {
  readonly tokens: readonly Token[];
}

export interface Given extends Quantity {
  /** The word behind it, lower-case: "48 clips" has "clips". */
  readonly noun: string;
  readonly percent: boolean;
}

/**
 * The trace of a solution to a question. Never throws; stops reading where the work budget ends.
 *
 * @param solution the text, or its steps (spans then count in the steps joined with a line break)
 */
export function buildTrace(
  question: string,
  solution: string | readonly string[],
  budget: Budget = new Budget(),
): Trace {
  const givens = givensOf(question, budget);
  const steps = splitSteps(solution).map((step) => ({
    ...step,
    tokens: lex(step.text, { offset: step.start }),
  }));
  const chains: Chain[] = [];
  const claims: Claim[] = [];
  for (const step of steps) {
    if (!budget.spend(step.tokens.length)) break;
    for (const chain of chainsOf(step.index, step.tokens, budget)) {
      if (chains.length >= MAX_CLAIMS) break;
      chains.push(chain);
      for (const claim of claimsOf(chain, givens, claims, budget))
        if (claims.length < MAX_CLAIMS) claims.push(claim);
    }
  }
  return { steps, claims, chains, givens };
}

/** The computations of a chain: each side without variables that is followed by another such side. */
function claimsOf(
  chain: Chain,
  givens: readonly Given[],
  earlier: readonly Claim[],
  budget: Budget,
): Claim[] {
  const out: Claim[] = [];
  for (let i = 0; i + 1 < chain.sides.length; i++) {
    const relation = chain.relations[i];
    const left = chain.sides[i];
    const right = chain.sides[i + 1];
    if ((relation !== "=" && relation !== "~") || !left?.node || !right?.node) continue;
    if (isLiteral(left.node) || variablesIn(left.node).length > 0 || variablesIn(right.node).length > 0)
      continue;
    const value = evaluate(right.node, { budget });
    if (value === null || !isExact(value)) continue;
    const literal = isLiteral(right.node);
    const span = literal ? literalSpan(right.node, right) : right;
    const operation = operationOf(left.node);
    const rewritten = i > 0;
    out.push({
      step: chain.step,
      start: left.start,
      end: right.end,
      ...(operation === undefined ? {} : { operation }),
      operands: numbersIn(left.node).map((n) => operand(n, givens, earlier, out, rewritten)),
      result: { value, start: span.start, end: span.end, literal: literal || isFraction(right.node) },
      expression: left.node,
    });
  }
  return out;
}

function literalSpan(node: Node, side: Side): { start: number; end: number } {
  const numbers = numbersIn(node);
  const only = numbers.length === 1 ? numbers[0] : undefined;
  return only ?? side;
}

function operationOf(node: Node): BinaryOperator | undefined {
  const inner = bare(node);
  return inner.type === "binary" ? inner.op : undefined;
}

function operand(
  number: NumberNode,
  givens: readonly Given[],
  earlier: readonly Claim[],
  own: readonly Claim[],
  rewritten: boolean,
): Operand {
  const { value, start, end } = number;
  const from = lastResult(value, earlier, own);
  if (from >= 0) return { value, start, end, origin: "derived", from };
  if (isGiven(value, givens)) return { value, start, end, origin: "given" };
  if (isConstant(value)) return { value, start, end, origin: "constant" };
  // Behind the first equals sign numbers come from the side before: 7 * 70 - 40 = 490 - 40.
  return { value, start, end, origin: rewritten ? "derived" : "ungrounded" };
}

function lastResult(value: Rational, earlier: readonly Claim[], own: readonly Claim[]): number {
  for (let i = own.length - 1; i >= 0; i--)
    if (equal(own[i]?.result.value ?? value, value)) return earlier.length + i;
  for (let i = earlier.length - 1; i >= 0; i--) if (equal(earlier[i]?.result.value ?? value, value)) return i;
  return -1;
}

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
function givensOf(question: string, budget: Budget): Given[] {
  const tokens = lex(splitSteps([question])[0]?.text ?? "");
  const out: Given[] = [];
  for (let i = 0; i < tokens.length && budget.spend(); i++) {
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
    } else if (token.kind === "word") {
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

function given(tokens: readonly Token[], from: number, to: number, value: Rational): Given {
  const after = tokens[to];
  const noun = after?.kind === "word" ? after.text.toLowerCase() : "";
  const percent = after?.kind === "percent" || noun === "percent";
  return { value, start: tokens[from]?.start ?? 0, end: tokens[to - 1]?.end ?? 0, noun, percent };
}
