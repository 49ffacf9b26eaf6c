/** Operands: what stands before any operator, by the kind of its first token. */
import { MULTIPLIERS, numberWords } from "../words.js";
import type { Node } from "./ast.js";
import { FUNCTION_LETTERS, isPartValue, numberNode, POSTFIX, PRODUCT } from "./grammar.js";
import { command } from "./latex.js";
import type { Token } from "./lexer.js";
import type { Reader } from "./reader.js";
import { startsOperand } from "./unitwords.js";

type Rule = (reader: Reader, token: Token) => Node | null;

const RULES: Readonly<Partial<Record<Token["kind"], Rule>>> = {
  number,
  currency,
  operator: sign,
  open: (reader, token) => reader.bracket(token.text),
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
  if (called && (FUNCTION_LETTERS.has(token.text) || name !== token.text)) return application(reader, name);
  return { type: "variable", name };
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

function word(reader: Reader): Node | null {
  const words: string[] = [];
  for (let k = 0; k < 8 && reader.is("word", undefined, k); k++) words.push(reader.peek(k)?.text ?? "");
  const first = (words[0] ?? "").toLowerCase();
  const article = first === "a" || first === "an" ? 1 : 0;
  const spelled = numberWords(words, article);
  const start = reader.peek()?.start ?? 0;
  if (spelled !== null && (article === 0 || isPartValue(spelled.value.d))) {
    reader.at += article + spelled.length;
    const end = reader.tokens[reader.at - 1]?.end ?? start;
    return { type: "number", value: spelled.value, places: 0, start, end };
  }
  const factor = MULTIPLIERS.get(first);
  if (
    factor === undefined ||
    (first !== "twice" && first !== "double" && first !== "triple" && first !== "thrice")
  ) {
    return null;
  }
  const token = reader.peek();
  reader.at++;
  if (token === undefined || !startsOperand(reader.peek())) return null;
  const left: Node = { type: "number", value: factor, places: 0, start: token.start, end: token.end };
  const right = reader.expression(PRODUCT);
  return right && { type: "binary", op: "*", left, right };
}
