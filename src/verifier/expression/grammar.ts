/** Binding powers, words that operate and names of functions: what the parser knows as data. */
import type { BinaryOperator, FunctionName, Node } from "./ast.js";
import { isInteger } from "./rational.js";
import type { Token } from "./tokens.js";

/** `{a \over b}`, `{n \choose k}`: everything on both sides. */
const LOOSEST = 1;
export const SUM = 10;
export const PRODUCT = 20;
export const TIGHT = 25;
export const POWER = 40;
export const POSTFIX = 50;

interface Operator {
  readonly binding: number;
  readonly join: (left: Node, right: Node) => Node;
}

const operator = (sign: string, binding: number, op: BinaryOperator): [string, Operator] => [
  sign,
  { binding, join: (left, right) => ({ type: "binary", op, left, right }) },
];

export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  operator("+", SUM, "+"),
  operator("-", SUM, "-"),
  operator("*", PRODUCT, "*"),
  operator("/", PRODUCT, "/"),
  operator("^", POWER, "^"),
  operator("over", LOOSEST, "/"),
  ["choose", { binding: LOOSEST, join: (n, k) => ({ type: "call", name: "binom", args: [n, k] }) }],
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

/** `above / below` of two numbers; null where either token is none. */
export function fractionNode(above: Token, below: Token): Node | null {
  if (above.value === undefined || below.value === undefined) return null;
  return {
    type: "binary",
    op: "/",
    left: numberNode(above, above.value),
    right: numberNode(below, below.value),
  };
}

/** A fraction, spelled or written: "half of 10", "2/5 of 4000". */
export function isPart(node: Node): boolean {
  if (node.type === "number") return !isInteger(node.value) && node.places === 0;
  if (node.type !== "binary" || node.op !== "/") return false;
  const { left, right } = node;
  return left.type === "number" && right.type === "number" && left.value.n <= right.value.n;
}
