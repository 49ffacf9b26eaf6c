/** Operands side by side: a product, or a mixed number. */
import type { Node } from "./ast.js";
import { fractionNode, numberNode, POSTFIX, PRODUCT, TIGHT } from "./grammar.js";
import { isInteger } from "./rational.js";
import type { Reader } from "./reader.js";
import type { Token } from "./tokens.js";

/** The expression continued by the operand that begins here; undefined where it ends before it, null where none can be read. */
export function juxtaposition(
  reader: Reader,
  left: Node,
  token: Token,
  power: number,
): Node | null | undefined {
  if (!stands(token)) return undefined;
  // A mixed number is one number, whatever stands before it: 14 * 1 1/2.
  if (left.type === "number" && isInteger(left.value) && power < POSTFIX) {
    const part = properPart(reader, token);
    if (part !== null) return { type: "mixed", whole: left, part };
  }
  const binding = reader.tight ? TIGHT : PRODUCT;
  if (binding <= power) return undefined;
  // `3! 2!`, `\binom{5}{k} 2^k`: behind a function a number is a factor, behind another number a slip.
  if (token.kind === "number" && !(left.type === "call" && token.math)) return undefined;
  const right = reader.expression(binding);
  return right && { type: "binary", op: "*", left, right };
}

/** Whether a token may begin a factor without a sign before it. */
function stands(token: Token): boolean {
  if (token.kind === "open" || token.kind === "variable") return token.math || !token.spaced;
  return token.kind === "command" || (token.kind === "number" && (token.places ?? 0) === 0);
}

/** The fraction below one in `2 1/4`, `2½`, `2\frac14`; null, with nothing read, where none stands here. */
function properPart(reader: Reader, token: Token): Node | null {
  if (token.kind === "number") return plainPart(reader, token);
  if (token.kind !== "command" || token.text !== "frac") return null;
  const before = reader.at;
  const part = reader.operand();
  if (part !== null && isProper(part)) return part;
  reader.at = before;
  return null;
}

function plainPart(reader: Reader, token: Token): Node | null {
  if (token.value !== undefined && !isInteger(token.value)) {
    reader.at++;
    return numberNode(token, token.value);
  }
  const [slash, below] = [reader.peek(1), reader.peek(2)];
  if (!token.spaced || slash?.text !== "/" || slash.spaced || below === undefined || below.spaced)
    return null;
  const part = fractionNode(token, below);
  if (part === null || !isProper(part)) return null;
  reader.at += 3;
  return part;
}

/** A fraction of two written numbers, the upper one smaller. */
function isProper(node: Node): boolean {
  if (node.type !== "binary" || node.op !== "/") return false;
  const { left, right } = node;
  return left.type === "number" && right.type === "number" && left.value.n < right.value.n;
}
