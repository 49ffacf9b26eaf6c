/** Commands of LaTeX and named functions with their arguments. */
import type { FunctionName, Node } from "./ast.js";
import { functionOf, numberNode, PRODUCT, SUM } from "./grammar.js";
import { equal, fromDecimal, integer, ONE } from "./rational.js";
import type { Reader } from "./reader.js";

/** A command and what belongs to it, the reader standing on its name: `\frac12`, `\sqrt[3]{8}`, `\log_2 8`. */
export function command(reader: Reader, name: string): Node | null {
  reader.at++;
  if (name === "boxed") return argument(reader);
  if (name === "frac")
    return splitFraction(reader) ?? pair(reader, (left, right) => ({ type: "binary", op: "/", left, right }));
  if (name === "binom") return pair(reader, (n, k) => ({ type: "call", name: "binom", args: [n, k] }));
  if (name === "sqrt") return root(reader);
  if (name === "cbrt") return cubeRoot(reader);
  if (name === "overline") return conjugate(reader);
  if (name === "sum" || name === "prod") return series(reader, name === "sum" ? "sum" : "product");
  const known = functionOf(name);
  if (known === undefined) return null;
  const ten = implied(reader, 10);
  const node = call(reader, known);
  // lg is the logarithm to the base ten wherever it is written.
  return name === "lg" && node?.type === "call" && node.args.length === 1
    ? { ...node, args: [ten, ...node.args] }
    : node;
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

/** `cbrt(8)`, `\lg 100`: a number that the name stands for. */
function implied(reader: Reader, value: number): Node {
  const name = reader.tokens[reader.at - 1];
  const [start, end] = [name?.start ?? 0, name?.end ?? 0];
  return { type: "number", value: integer(value), places: 0, start, end };
}

function cubeRoot(reader: Reader): Node | null {
  const degree = implied(reader, 3);
  const of = argument(reader);
  return of && { type: "call", name: "root", args: [degree, of] };
}

/** `\overline{3+4i}`; over a name, `\overline{AB}`, the line means something else or nothing. */
function conjugate(reader: Reader): Node | null {
  const of = argument(reader);
  return of === null || of.type === "variable" ? of : { type: "call", name: "conjugate", args: [of] };
}

/** `\sum_{k=1}^{n} body`: the body reaches as far as a product does. */
function series(reader: Reader, name: "sum" | "product"): Node | null {
  if (!reader.is("subscript") || !reader.is("open", "{", 1) || !reader.is("variable", undefined, 2))
    return null;
  const index: Node = { type: "variable", name: reader.peek(2)?.text ?? "" };
  if (!reader.is("relation", "=", 3)) return null;
  reader.at += 4;
  const from = reader.expression(0);
  if (from === null || !reader.is("close")) return null;
  reader.at++;
  if (!reader.is("operator", "^")) return null;
  reader.at++;
  const to = argument(reader);
  const body = to && reader.expression(SUM);
  return to && body && { type: "call", name, args: [index, from, to, body] };
}

/** sin^{-1} is the inverse; of other functions the sign may mean either, so they stay unread. */
const INVERSES: Readonly<Partial<Record<FunctionName, FunctionName>>> = {
  sin: "arcsin",
  cos: "arccos",
  tan: "arctan",
};

function call(reader: Reader, known: FunctionName): Node | null {
  let name = known;
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
    if (exponent === null) return null;
    if (exponent.type === "negate") {
      const inverse =
        exponent.of.type === "number" && equal(exponent.of.value, ONE) ? INVERSES[name] : undefined;
      if (inverse === undefined) return null;
      name = inverse;
      exponent = null;
    }
  }
  const args = argumentsOf(reader, name);
  if (args === null) return null;
  const node: Node = { type: "call", name, args: base === null ? args : [base, ...args] };
  return exponent === null ? node : { type: "binary", op: "^", left: node, right: exponent };
}

function argumentsOf(reader: Reader, name: string): Node[] | null {
  if (!reader.is("open")) {
    const of = reader.expression(PRODUCT);
    if (of?.type !== "number" || !reader.is("variable") || !reader.peek()?.math) return of && [of];
    // `\cos 2x` is of 2x.
    const right = reader.expression(PRODUCT);
    return right && [{ type: "binary", op: "*", left: of, right }];
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
