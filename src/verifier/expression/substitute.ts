/** Expressions with values put in for variables, keeping how the values were written. Sums stay as they are: their index is bound. */
import { isSeries, type Node } from "./ast.js";

export function substitute(node: Node, values: ReadonlyMap<string, Node>): Node {
  switch (node.type) {
    case "number":
      return node;
    case "variable":
      return values.get(node.name) ?? node;
    case "binary":
      return { ...node, left: substitute(node.left, values), right: substitute(node.right, values) };
    case "mixed":
      return { ...node, whole: substitute(node.whole, values), part: substitute(node.part, values) };
    case "call":
      if (isSeries(node.name)) return node;
      return { ...node, args: node.args.map((arg) => substitute(arg, values)) };
    default:
      return { ...node, of: substitute(node.of, values) };
  }
}
