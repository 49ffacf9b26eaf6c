/** Operands in words: "twenty-five", "a third", "twice as many as 12", "the product of 3 and 4". */
import { MULTIPLIERS, numberWords } from "../words.js";
import type { BinaryOperator, Node } from "./ast.js";
import { PRODUCT, SUM } from "./grammar.js";
import { isInteger } from "./rational.js";
import type { Reader } from "./reader.js";
import { startsOperand } from "./unitwords.js";

/** Words of a spelled number, at most. */
const MAX_WORDS = 8;

/** The operand that begins with the word at the reader's place, or null. */
export function word(reader: Reader): Node | null {
  const words: string[] = [];
  for (let k = 0; k < MAX_WORDS && reader.is("word", undefined, k); k++)
    words.push(reader.peek(k)?.text ?? "");
  const first = (words[0] ?? "").toLowerCase();
  const named = NAMED_RESULTS.get(first);
  return (
    spelled(reader, words, first === "a" || first === "an") ??
    (named !== undefined && words[1] === "of" ? resultOf(reader, named) : null) ??
    (FACTORS.has(first) ? multiple(reader, first) : null)
  );
}

/** "twenty-five"; behind an article only a part: "a third" is "one third". */
function spelled(reader: Reader, words: readonly string[], article: boolean): Node | null {
  const number = numberWords(article ? ["one", ...words.slice(1)] : words, 0);
  if (number === null || (article && isInteger(number.value))) return null;
  const start = reader.peek()?.start ?? 0;
  reader.at += number.length;
  const end = reader.tokens[reader.at - 1]?.end ?? start;
  return { type: "number", value: number.value, places: 0, start, end };
}

/** Words that stand before what they multiply, as "half" and "pair" do only behind "of". */
const FACTORS = new Set(["twice", "double", "triple", "thrice"]);

/** "twice 12", "double 8". */
function multiple(reader: Reader, first: string): Node | null {
  const token = reader.peek();
  const value = MULTIPLIERS.get(first);
  reader.at++;
  skipComparison(reader);
  if (token === undefined || value === undefined || !startsOperand(reader.peek())) return null;
  const left: Node = { type: "number", value, places: 0, start: token.start, end: token.end };
  const right = reader.expression(PRODUCT);
  return right && { type: "binary", op: "*", left, right };
}

/** "twice as many apples as 12": the words up to the second "as". */
function skipComparison(reader: Reader): void {
  if (!reader.is("word", "as")) return;
  let ahead = 1;
  while (ahead < 6 && reader.is("word", undefined, ahead) && !reader.is("word", "as", ahead)) ahead++;
  if (reader.is("word", "as", ahead)) reader.at += ahead + 1;
}

/** "the product of 3 and 4". */
const NAMED_RESULTS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ["sum", "+"],
  ["difference", "-"],
  ["product", "*"],
  ["quotient", "/"],
]);

function resultOf(reader: Reader, op: BinaryOperator): Node | null {
  reader.at += 2;
  const left = reader.expression(0);
  if (left === null || !reader.is("word", "and")) return null;
  reader.at++;
  const right = reader.expression(SUM);
  return right && { type: "binary", op, left, right };
}
