/** The tree of a mathematical expression as it was written; spans are character offsets in the text that was read. */
import type { Rational } from "./rational.js";

export type BinaryOperator = "+" | "-" | "*" | "/" | "^";

export type FunctionName =
  | "sqrt"
  | "root"
  | "ln"
  | "log"
  | "exp"
  | "sin"
  | "cos"
  | "tan"
  | "cot"
  | "sec"
  | "csc"
  | "arcsin"
  | "arccos"
  | "arctan"
  | "abs"
  | "floor"
  | "ceil"
  | "factorial"
  | "binom"
  | "gcd"
  | "lcm"
  | "max"
  | "min"
  | "conjugate"
  | "permutations"
  /** index, from, to, body; the index is bound in the body. */
  | "sum"
  | "product";

export interface NumberNode {
  readonly type: "number";
  readonly value: Rational;
  /** Decimal places as written: 0 for "3", 2 for "3.50". */
  readonly places: number;
  readonly start: number;
  readonly end: number;
}

export type Node =
  | NumberNode
  | { readonly type: "variable"; readonly name: string }
  | { readonly type: "negate"; readonly of: Node }
  | { readonly type: "binary"; readonly op: BinaryOperator; readonly left: Node; readonly right: Node }
  /** `20%`: one fifth, or the number 20 where a text mixes the two. */
  | { readonly type: "percent"; readonly of: Node }
  /** `2 1/4`, a mixed number; in LaTeX `2\frac14` may also be meant as a product. */
  | { readonly type: "mixed"; readonly whole: Node; readonly part: Node }
  | { readonly type: "degrees"; readonly of: Node }
  /** A value with the unit or noun written behind it: `3 hours`, `$35/hour`. */
  | { readonly type: "quantity"; readonly of: Node; readonly unit: string }
  | { readonly type: "call"; readonly name: FunctionName; readonly args: readonly Node[] };

/** The children of a node, left to right. */
export function children(node: Node): readonly Node[] {
  switch (node.type) {
    case "number":
    case "variable":
      return [];
    case "binary":
      return [node.left, node.right];
    case "mixed":
      return [node.whole, node.part];
    case "call":
      return node.args;
    default:
      return [node.of];
  }
}

/** Every number written in the expression, left to right. */
export function numbersIn(node: Node): NumberNode[] {
  const out: NumberNode[] = [];
  const visit = (n: Node): void => {
    if (n.type === "number") out.push(n);
    else for (const child of children(n)) visit(child);
  };
  visit(node);
  return out;
}

/** Names of the free variables in the expression, sorted. */
export function variablesIn(node: Node): string[] {
  const names = new Set<string>();
  const visit = (n: Node): void => {
    if (n.type === "variable") names.add(n.name);
    else if (n.type === "call" && isSeries(n.name)) {
      const [index, ...rest] = n.args;
      const bound = index?.type === "variable" ? index.name : "";
      for (const part of rest) for (const name of variablesIn(part)) if (name !== bound) names.add(name);
    } else for (const child of children(n)) visit(child);
  };
  visit(node);
  return [...names].sort();
}

/** Sums and products over an index, whose first argument is that index. */
export function isSeries(name: FunctionName): boolean {
  return name === "sum" || name === "product";
}

/** The node below units, degrees and percent signs. */
export function bare(node: Node): Node {
  return node.type === "quantity" || node.type === "degrees" || node.type === "percent"
    ? bare(node.of)
    : node;
}

/** A single written number, with a sign or a unit at most: nothing is computed. */
export function isLiteral(node: Node): boolean {
  const inner = bare(node);
  if (inner.type === "negate") return isLiteral(inner.of);
  if (inner.type === "mixed") return true;
  return inner.type === "number";
}

/** A number written as a fraction of two integers, which may stand for a value as well as for a division. */
export function isFraction(node: Node): boolean {
  const inner = bare(node);
  if (inner.type === "negate") return isFraction(inner.of);
  return inner.type === "binary" && inner.op === "/" && isLiteral(inner.left) && isLiteral(inner.right);
}
