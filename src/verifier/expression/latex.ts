/** Commands of LaTeX and named functions with their arguments. */
import type { FunctionName, Node } from "./ast.js";
import { functionOf, numberNode, PRODUCT } from "./grammar.js";
import { fromDecimal } from "./rational.js";
import type { Reader } from "./reader.js";

/** A command and what belongs to it, the reader standing on its name: `\frac12`, `\sqrt[3]{8}`, `\log_2 8`. */
export function command(reader: Reader, name: string): Node | null {
  reader.at++;
  if (name === "boxed") return argument(reader);
  if (name === "frac")
    return splitFraction(reader) ?? pair(reader, (left, right) => ({ type: "binary", op: "/", left, right }));
  if (name === "binom") return pair(reader, (n, k) => ({ type: "call", name: "binom", args: [n, k] }));
  if (name === "sqrt") return root(reader);
  const known = functionOf(name);
  return known === undefined ? null : call(reader, known);
}

function pair(reader: Reader, join: (first: Node, second: Node) => Node): Node | null {
  const first = argument(reader);
  const second = first && argument(reader);
  return first && second && join(first, second);
}

/** `\frac12`: two arguments of one digit, which are one number to the lexer. */
function splitFraction(reader: Reader): Node | null {
  const token = reader.peek();
  if (token?.kind !== "number" || !/^\d\d$/.test(token.text)) return null;
  const [above, below] = [...token.text].map(fromDecimal);
  if (!above || !below) return null;
  reader.at++;
  const middle = token.start + 1;
  return {
    type: "binary",
    op: "/",
    left: numberNode({ ...token, end: middle }, above),
    right: numberNode({ ...token, start: middle }, below),
  };
}

/** An argument: `{...}`, or the next token alone. */
function argument(reader: Reader): Node | null {
  const token = reader.peek();
  if (token?.kind === "open") return reader.bracket("(");
  const single = token?.kind === "number" || token?.kind === "variable" || token?.kind === "command";
  return single ? reader.operand() : null;
}

function root(reader: Reader): Node | null {
  let degree: Node | null = null;
  if (reader.is("open", "[")) degree = reader.bracket("[");
  const spacedBracket = reader.is("open", "(");
  const of = spacedBracket ? reader.bracket("(") : argument(reader);
  if (of === null) return null;
  return degree === null
    ? { type: "call", name: "sqrt", args: [of] }
    : { type: "call", name: "root", args: [degree, of] };
}

function call(reader: Reader, name: FunctionName): Node | null {
  let base: Node | null = null;
  let exponent: Node | null = null;
  if (reader.is("subscript")) {
    reader.at++;
    base = argument(reader);
    if (base === null) return null;
  }
  if (reader.is("operator", "^")) {
    reader.at++;
    exponent = argument(reader);
    // sin^{-1} is an inverse, not a power: left unread.
    if (exponent === null || exponent.type === "negate") return null;
  }
  const args = argumentsOf(reader, name);
  if (args === null) return null;
  const node: Node = { type: "call", name, args: base === null ? args : [base, ...args] };
  return exponent === null ? node : { type: "binary", op: "^", left: node, right: exponent };
}

function argumentsOf(reader: Reader, name: string): Node[] | null {
  if (!reader.is("open")) {
    const of = reader.expression(PRODUCT);
    return of === null ? null : [of];
  }
  const several = name === "gcd" || name === "lcm" || name === "max" || name === "min";
  reader.at++;
  const args: Node[] = [];
  do {
    const node = reader.expression(0);
    if (node === null || args.length > 16) return null;
    args.push(node);
  } while (several && reader.is("punctuation", ",") && ++reader.at > 0);
  if (!reader.is("close")) return null;
  reader.at++;
  return args;
}
