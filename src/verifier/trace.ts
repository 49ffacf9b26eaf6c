/**
 * The trace of a solution: what it computes from what. Every computation is a claim (operands, operation, result), and
 * every number in it is given (stands in the problem), constant (12 months, 100 percent), derived (an earlier claim's
 * result) or ungrounded.
 */
import { type Chain, chainsOf, type Side } from "./claims.js";
import {
  type BinaryOperator,
  bare,
  isFraction,
  isLiteral,
  type Node,
  type NumberNode,
  numbersIn,
} from "./expression/ast.js";
import { evaluate, isExact } from "./expression/evaluate.js";
import { lex, type Token } from "./expression/lexer.js";
import { keyOf } from "./expression/rational.js";
import { type Given, givensOf, isConstant, isGiven, type Quantity } from "./givens.js";
import { Budget, MAX_CLAIMS } from "./limits.js";
import { splitMarks } from "./text/marks.js";
import { type Step, splitSteps } from "./text/steps.js";

export { type Given, isConstant, isGiven, type Quantity };

export type Origin = "given" | "constant" | "derived" | "ungrounded";

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
  /** Without those of calculator marks whose computation the text states itself. */
  readonly tokens: readonly Token[];
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
  const steps: TracedStep[] = [];
  const chains: Chain[] = [];
  const found: Found = { claims: [], latest: new Map() };
  for (const plain of splitSteps(solution)) {
    const { step, chains: stated } = read(plain, budget);
    steps.push(step);
    for (const chain of stated) {
      if (chains.length >= MAX_CLAIMS) break;
      chains.push(chain);
      addClaims(chain, givens, found, budget);
    }
  }
  return { steps, claims: found.claims, chains, givens };
}

/** A step's tokens and chains; a calculator mark is read where the text states no computation around it. */
function read(step: Step, budget: Budget): { step: TracedStep; chains: readonly Chain[] } {
  const { outer, marks } = splitMarks(lex(step.text, { offset: step.start }));
  const spent = budget.spend(outer.length);
  const chains = spent ? chainsOf(step.index, outer, budget) : [];
  const unread = marks.filter(([first]) => {
    const at = first?.start ?? 0;
    return !chains.some(
      ({ start, end, sides }) => start < at && at < end && sides.some((side) => computes(side, at)),
    );
  });
  if (unread.length === 0) return { step: { ...step, tokens: outer }, chains };
  const all = [...chains, ...unread.flatMap((mark) => chainsOf(step.index, mark, budget))];
  return {
    step: { ...step, tokens: [...new Set([...outer, ...unread.flat()])].sort((a, b) => a.start - b.start) },
    chains: all.sort((a, b) => a.end - b.end),
  };
}

/** Whether a side before a place of the text is a calculation. */
const computes = ({ node, variables, end }: Side, at: number) =>
  node !== null && end <= at && !isLiteral(node) && variables.length === 0;

/** The claims so far, and by value the index of the last that results in it. */
interface Found {
  readonly claims: Claim[];
  readonly latest: Map<string, number>;
}

/** Adds the computations of a chain: each side without variables that is followed by another such side. */
function addClaims(chain: Chain, givens: readonly Given[], { claims, latest }: Found, budget: Budget): void {
  for (let i = 0; i + 1 < chain.sides.length && claims.length < MAX_CLAIMS; i++) {
    const relation = chain.relations[i];
    const left = chain.sides[i];
    const right = chain.sides[i + 1];
    if ((relation !== "=" && relation !== "~") || !left?.node || !right?.node) continue;
    if (isLiteral(left.node) || left.variables.length > 0 || right.variables.length > 0) continue;
    const value = evaluate(right.node, { budget });
    if (value === null || !isExact(value)) continue;
    const literal = isLiteral(right.node);
    const span = literal ? literalSpan(right.node, right) : right;
    const operation = operationOf(left.node);
    const rewritten = i > 0;
    claims.push({
      step: chain.step,
      start: left.start,
      end: right.end,
      ...(operation === undefined ? {} : { operation }),
      operands: numbersIn(left.node).map((n) => operand(n, givens, latest, rewritten)),
      result: { value, start: span.start, end: span.end, literal: literal || isFraction(right.node) },
      expression: left.node,
    });
    latest.set(keyOf(value), claims.length - 1);
  }
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
  latest: ReadonlyMap<string, number>,
  rewritten: boolean,
): Operand {
  const { value, start, end } = number;
  const from = latest.get(keyOf(value));
  if (from !== undefined) return { value, start, end, origin: "derived", from };
  if (isGiven(value, givens)) return { value, start, end, origin: "given" };
  if (isConstant(value)) return { value, start, end, origin: "constant" };
  // Behind the first equals sign numbers come from the side before: 7 * 70 - 40 = 490 - 40.
  return { value, start, end, origin: rewritten ? "derived" : "ungrounded" };
}
