/** Words between two operands: "half of 12", "20% off $50", "two and a half", "5 more than 12", "7 plus 5". */
import type { Node } from "./ast.js";
import { isPart, numberNode, PRODUCT, SUM, WORD_OPERATORS } from "./grammar.js";
import { integer, isInteger } from "./rational.js";
import type { Reader } from "./reader.js";

/**
 * The expression continued by a word, in small letters, at the reader's place; undefined where the expression ends before
 * it, null where what follows cannot be read.
 */
export function wordOperator(
  reader: Reader,
  left: Node,
  word: string,
  power: number,
): Node | null | undefined {
  if (power >= PRODUCT) return undefined;
  if (word === "of" && (left.type === "percent" || isPart(left))) {
    reader.at++;
    const right = reader.expression(PRODUCT);
    return right && { type: "binary", op: "*", left, right };
  }
  if (word === "off" && left.type === "percent") return reduced(reader, left);
  if (word === "percent") {
    reader.at++;
    return { type: "percent", of: left };
  }
  if (word === "and") return andPart(reader, left);
  if (reader.is("word", "than", 1)) return comparison(reader, left, word);
  const operator = WORD_OPERATORS.get(word);
  if (operator === undefined) return undefined;
  const { op, follow } = operator;
  const binding = op === "*" || op === "/" ? PRODUCT : SUM;
  if (power >= binding) return undefined;
  if (follow !== undefined && reader.peek(1)?.text.toLowerCase() !== follow) return undefined;
  reader.at += follow === undefined ? 1 : 2;
  const right = reader.expression(binding);
  return right && { type: "binary", op, left, right };
}

/** "two and a half": a whole number and the part behind it. */
function andPart(reader: Reader, whole: Node): Node | undefined {
  if (whole.type !== "number" || !isInteger(whole.value)) return undefined;
  const before = reader.at++;
  const part = reader.expression(PRODUCT - 1);
  if (part !== null && isPart(part) && !reader.is("word", "of")) return { type: "mixed", whole, part };
  reader.at = before;
  return undefined;
}

/** "20% off $50": what is left of it. */
function reduced(reader: Reader, percent: Node): Node | null {
  const word = reader.tokens[reader.at++];
  const right = reader.expression(PRODUCT);
  if (right === null || word === undefined) return null;
  const kept: Node = { type: "binary", op: "-", left: numberNode(word, integer(1)), right: percent };
  return { type: "binary", op: "*", left: right, right: kept };
}

/** "5 more than 12", "4 less than 10", "4 fewer than 10". */
function comparison(reader: Reader, left: Node, word: string): Node | null | undefined {
  const more = word === "more" || word === "greater";
  if (!more && word !== "less" && word !== "fewer") return undefined;
  reader.at += 2;
  const right = reader.expression(SUM);
  if (right === null) return null;
  return more
    ? { type: "binary", op: "+", left, right }
    : { type: "binary", op: "-", left: right, right: left };
}
