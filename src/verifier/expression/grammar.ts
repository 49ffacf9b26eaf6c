/** Binding powers, words that operate and names of functions: what the parser knows as data. */
import type { BinaryOperator, FunctionName, Node } from "./ast.js";
import type { Token } from "./lexer.js";
import { multiply, ratio } from "./rational.js";

/** `{a \over b}`, `{n \choose k}`: everything on both sides. */
const LOOSEST = 1;
export const SUM = 10;
export const PRODUCT = 20;
export const TIGHT = 25;
export const POWER = 40;
export const POSTFIX = 50;

export const OPERATORS: ReadonlyMap<string, number> = new Map([
  ["+", SUM],
  ["-", SUM],
  ["*", PRODUCT],
  ["/", PRODUCT],
  ["^", POWER],
  ["over", LOOSEST],
  ["choose", LOOSEST],
]);

/** Words that stand between two operands; "divided by" is two tokens. */
export const WORD_OPERATORS: ReadonlyMap<string, { op: BinaryOperator; follow?: string }> = new Map<
  string,
  { op: BinaryOperator; follow?: string }
>([
  ["times", { op: "*" }],
  ["plus", { op: "+" }],
  ["minus", { op: "-" }],
  ["multiplied", { op: "*", follow: "by" }],
  ["divided", { op: "/", follow: "by" }],
]);

const FUNCTIONS: readonly FunctionName[] = [
  "ln",
  "log",
  "exp",
  "sin",
  "cos",
  "tan",
  "cot",
  "sec",
  "csc",
  "arcsin",
  "arccos",
  "arctan",
  "gcd",
  "lcm",
  "max",
  "min",
  "abs",
  "floor",
  "ceil",
];

/** The function of a command's name, or undefined. */
export function functionOf(name: string): FunctionName | undefined {
  return name === "lg" ? "log" : FUNCTIONS.find((known) => known === name);
}

/** Letters that mostly name functions: `f(2)` is a value of its own, not f times 2. */
export const FUNCTION_LETTERS = new Set([..."fghCFGHPQTSLpq", "phi", "varphi"]);

export function numberNode(token: Token, value: NonNullable<Token["value"]>): Node {
  return { type: "number", value, places: token.places ?? 0, start: token.start, end: token.end };
}

export function isPartValue(d: bigint): boolean {
  return d !== 1n;
}

/** A fraction, spelled or written: "half of 10", "2/5 of 4000". */
export function isPart(node: Node): boolean {
  if (node.type === "number") return node.value.d !== 1n && node.places === 0;
  if (
    node.type !== "binary" ||
    node.op !== "/" ||
    node.left.type !== "number" ||
    node.right.type !== "number"
  )
    return false;
  return multiply(node.left.value, ratio(1, 1)) !== null && node.left.value.n <= node.right.value.n;
}
