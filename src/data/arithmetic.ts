/** Expressions of worked solutions, read and written with the verifier's exact arithmetic. */
import type { BinaryOperator, Node } from "../verifier/expression/ast.js";
import { evaluate, isExact } from "../verifier/expression/evaluate.js";
import { lex } from "../verifier/expression/lexer.js";
import { parseExactly } from "../verifier/expression/parser.js";
import { type Rational, show } from "../verifier/expression/rational.js";
import { Budget } from "../verifier/limits.js";

/** The tree of a text that is an expression and nothing else, or null. */
export function readExpression(text: string): Node | null {
  const tokens = lex(text);
  return parseExactly(tokens, 0, tokens.length);
}

/** The exact value of an expression, or null where it has none. */
export function exactValue(node: Node): Rational | null {
  const value = evaluate(node, { budget: new Budget() });
  return value !== null && isExact(value) ? value : null;
}

/** The node below its units; a percent sign is no unit, it divides by 100. */
export function unitless(node: Node): Node {
  return node.type === "quantity" || node.type === "degrees" ? unitless(node.of) : node;
}

const RANK: Record<BinaryOperator, number> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 3 };

/** An expression in plain notation, units left out and with no more brackets than needed: "3 * (4 + 2)". */
export function written(node: Node): string | null {
  const inner = unitless(node);
  if (inner.type === "percent") return `${written(inner.of)}%`;
  if (inner.type !== "binary") {
    const value = exactValue(inner);
    return value && show(value);
  }
  const part = (side: Node, lowest: number): string | null => {
    const text = written(side);
    const child = unitless(side);
    return text !== null && child.type === "binary" && RANK[child.op] < lowest ? `(${text})` : text;
  };
  // Left to right: what stands on the right needs brackets at equal rank too.
  const [left, right] = [part(inner.left, RANK[inner.op]), part(inner.right, RANK[inner.op] + 1)];
  if (left === null || right === null) return null;
  const isShare = inner.op === "*" && unitless(inner.left).type === "percent";
  return `${left} ${isShare ? "of" : inner.op} ${right}`;
}
