/** Operands: what stands before any operator, by the kind of its first token. */
import type { Node } from "./ast.js";
import { FUNCTION_LETTERS, numberNode, POSTFIX, PRODUCT } from "./grammar.js";
import { command } from "./latex.js";
import type { Reader } from "./reader.js";
import type { Token } from "./tokens.js";
import { startsOperand } from "./unitwords.js";
import { word } from "./wordoperands.js";

type Rule = (reader: Reader, token: Token) => Node | null;

const RULES: Readonly<Partial<Record<Token["kind"], Rule>>> = {
  number,
  currency,
  operator: (reader, token) => (token.text === "^" ? arrangement(reader, 1) : sign(reader, token)),
  subscript: (reader) => arrangement(reader, 1),
  open: (reader, token) => (reader.is("close", "}", 1) ? arrangement(reader, 3) : reader.bracket(token.text)),
  bar: bars,
  variable,
  command: (reader, token) => command(reader, token.text),
  word,
};

/** The operand that begins at the reader's place, or null where none does. */
export function operand(reader: Reader): Node | null {
  const token = reader.peek();
  return (token && RULES[token.kind]?.(reader, token)) ?? null;
}

function number(reader: Reader, token: Token): Node | null {
  reader.at++;
  if (token.value === undefined) return null;
  return reader.is("subscript") ? inBase(reader, token) : numberNode(token, token.value);
}

function currency(reader: Reader): Node | null {
  reader.at++;
  if (!startsOperand(reader.peek())) return null;
  const whole = reader.is("open") || reader.is("command");
  const of = whole ? reader.operand() : reader.expression(POSTFIX - 1);
  return of && { type: "quantity", of, unit: "$" };
}

function sign(reader: Reader, token: Token): Node | null {
  if (token.text !== "-" && token.text !== "+") return null;
  reader.at++;
  const of = reader.expression(PRODUCT - 1);
  return of === null || token.text === "+" ? of : { type: "negate", of };
}

function bars(reader: Reader): Node | null {
  reader.at++;
  const inner = reader.expression(0);
  if (inner === null || !reader.is("bar")) return null;
  reader.at++;
  return { type: "call", name: "abs", args: [inner] };
}

/** `{}_5C_2`, `^5P_2`, whose first index is `ahead` tokens on: combinations and arrangements. */
function arrangement(reader: Reader, ahead: number): Node | null {
  const mark = reader.peek(ahead - 1);
  const n = indexAt(reader, ahead);
  if ((mark?.kind !== "subscript" && mark?.text !== "^") || n === null) return null;
  const letter = reader.peek(n.next)?.text;
  if ((letter !== "C" && letter !== "P") || !reader.is("subscript", undefined, n.next + 1)) return null;
  const k = indexAt(reader, n.next + 2);
  if (k === null) return null;
  reader.at += k.next;
  return { type: "call", name: letter === "C" ? "binom" : "permutations", args: [n.node, k.node] };
}

/** A number, in braces or not, `ahead` tokens on. */
function indexAt(reader: Reader, ahead: number): { node: Node; next: number } | null {
  const wrapped = reader.is("open", "{", ahead);
  const token = reader.peek(wrapped ? ahead + 1 : ahead);
  if (token?.kind !== "number" || token.value === undefined) return null;
  if (wrapped && !reader.is("close", "}", ahead + 2)) return null;
  return { node: numberNode(token, token.value), next: ahead + (wrapped ? 3 : 1) };
}

/** `1222_3` or `1222_{3}`: a numeral in another base. */
function inBase(reader: Reader, token: Token): Node | null {
  const wrapped = reader.is("open", undefined, 1);
  const base = Number(reader.peek(wrapped ? 2 : 1)?.text ?? "");
  if (!Number.isInteger(base) || base < 2 || base > 10 || (wrapped && !reader.is("close", undefined, 3)))
    return null;
  reader.at += wrapped ? 4 : 2;
  let value = 0n;
  for (const digit of token.text) {
    if (!(Number(digit) < base)) return null;
    value = value * BigInt(base) + BigInt(digit);
  }
  return { type: "number", value: { n: value, d: 1n }, places: 0, start: token.start, end: token.end };
}

function variable(reader: Reader, token: Token): Node | null {
  reader.at++;
  let name = token.text;
  if (reader.is("subscript")) {
    const wrapped = reader.is("open", undefined, 1);
    let index = reader.at + (wrapped ? 2 : 1);
    const limit = Math.min(reader.to, index + (wrapped ? 12 : 1));
    let inner = "";
    while (index < limit && reader.tokens[index]?.kind !== "close")
      inner += reader.tokens[index++]?.text ?? "";
    if (inner === "") return null;
    name += `_${inner}`;
    reader.at = wrapped ? index + 1 : index;
  }
  const open = reader.peek();
  const called = open?.kind === "open" && open.text === "(" && !open.spaced;
  if (called && (name === "C" || name === "P")) {
    const chosen = chooseCall(reader, name);
    if (chosen !== null) return chosen;
  }
  if (called && (FUNCTION_LETTERS.has(token.text) || name !== token.text)) return application(reader, name);
  return { type: "variable", name };
}

/** `C(5, 2)`, `P(5, 2)` of two integers. */
function chooseCall(reader: Reader, name: "C" | "P"): Node | null {
  const [n, k] = [reader.peek(1), reader.peek(3)];
  if (n?.kind !== "number" || k?.kind !== "number" || n.value === undefined || k.value === undefined)
    return null;
  if (!reader.is("punctuation", ",", 2) || !reader.is("close", ")", 4)) return null;
  reader.at += 5;
  const args = [numberNode(n, n.value), numberNode(k, k.value)];
  return { type: "call", name: name === "C" ? "binom" : "permutations", args };
}

/** `f(2)`: a symbol of its own, whatever f is. */
function application(reader: Reader, name: string): Node | null {
  let index = reader.at;
  let depth = 0;
  let text = "";
  for (; index < reader.to && index < reader.at + 40; index++) {
    const token = reader.tokens[index];
    if (token === undefined || token.kind === "break" || token.kind === "relation") return null;
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth--;
    text += token.text;
    if (depth === 0) {
      reader.at = index + 1;
      return { type: "variable", name: name + text };
    }
  }
  return null;
}
