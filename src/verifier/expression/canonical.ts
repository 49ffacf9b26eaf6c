/** One text for expressions that differ only in the order of what is added or multiplied. */
import type { Node } from "./ast.js";

/**
 * The expression as text, with sums and products in a fixed order: for what has no value to compare, as a sum to `n` of
 * members of a sequence.
 */
export function canonical(node: Node): string {
  switch (node.type) {
    case "number":
      return `${node.value.n}/${node.value.d}`;
    case "variable":
      return node.name;
    case "negate":
      return `-(${canonical(node.of)})`;
    case "binary":
      if (node.op === "*" || node.op === "+") return `(${operands(node, node.op).sort().join(node.op)})`;
      return `(${canonical(node.left)}${node.op}${canonical(node.right)})`;
    case "mixed":
      return `(${canonical(node.whole)}&${canonical(node.part)})`;
    case "call":
      return `${node.name}[${node.args.map(canonical).join(",")}]`;
    case "quantity":
      return `${canonical(node.of)} ${node.unit}`;
    default:
      return `${node.type}(${canonical(node.of)})`;
  }
}

function operands(node: Node, op: "*" | "+"): string[] {
  if (node.type !== "binary" || node.op !== op) return [canonical(node)];
  return [...operands(node.left, op), ...operands(node.right, op)];
}
