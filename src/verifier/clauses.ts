/** The clause before a relation, and where in it an expression may begin. */
import type { Token } from "./expression/lexer.js";

/** Words that tie the value behind them to something before: an expression cannot begin behind them. */
const BINDING = new Set([
  "than",
  "times",
  "minus",
  "plus",
  "less",
  "more",
  "half",
  "twice",
  "double",
  "triple",
  "third",
  "quarter",
]);
/** Behind these "by" names an operand; "falls by 10% of 20" names a value. */
const DIVIDES = /^(?:multipl|divid)/i;
/** Tokens of a clause that are looked at before a relation. */
const MAX_CLAUSE = 160;

/** Whether an expression that begins at a token is only the rest of one that began before and cannot be read. */
export function isRest(tokens: readonly Token[], from: number, at: number): boolean {
  const token = tokens[at];
  const before = tokens[at - 1];
  if (token === undefined || before === undefined) return false;
  if (at === from) return cutNumeral(tokens, at) || openBracket(tokens, from);
  if (bindsForward(tokens, at - 1) || dividesBy(tokens, from, at - 1)) return true;
  if (token.kind === "operator") return before.kind !== "word" && before.kind !== "punctuation";
  if (before.kind === "number") return token.kind === "open" || token.kind === "variable";
  // "12 x 1 and 1/4": the part of a mixed number.
  if (before.text === "and") return tokens[at - 2]?.kind === "number" && tokens[at + 1]?.text === "/";
  return joinsWords(tokens, from, at);
}

function bindsForward(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.kind === "operator") return !isBullet(tokens, at);
  if (token?.kind === "unknown" || token?.kind === "degree") return true;
  return token?.kind === "word" && BINDING.has(token.text.toLowerCase());
}

/** "7 adults + Shonda (1) + 2 children": an operator before words, behind which the expression goes on. */
function joinsWords(tokens: readonly Token[], from: number, at: number): boolean {
  for (let i = at - 1; i >= from; i--) {
    const { kind, text } = tokens[i] ?? { kind: "break", text: "" };
    if (kind === "operator") return text !== "!" && !isBullet(tokens, i);
    if (kind !== "word" && kind !== "number") return false;
  }
  return false;
}

/** "14, 400 / 80", "16,0000 / 10": the rest of a numeral that a comma cuts. */
function cutNumeral(tokens: readonly Token[], at: number): boolean {
  const [number, comma, rest] = [tokens[at - 2], tokens[at - 1], tokens[at]];
  if (number?.kind !== "number" || comma?.text !== "," || rest?.kind !== "number") return false;
  if (number.end !== comma.start || number.text.length > 3) return false;
  return !rest.spaced || rest.text.length === 3;
}

/** "100 + (100 * (10/100) = 110": a bracket behind an operator that the relation leaves open. */
function openBracket(tokens: readonly Token[], from: number): boolean {
  const bracket = tokens[from - 1];
  const before = tokens[from - 2];
  return (
    bracket?.kind === "open" && bracket.text === "(" && before?.kind === "operator" && before.text !== "!"
  );
}

/** "divided by", "multiply the sum by", "20 by": the word `by` joins what follows to what was before. */
function dividesBy(tokens: readonly Token[], from: number, by: number): boolean {
  if (tokens[by]?.text.toLowerCase() !== "by") return false;
  const before = tokens[by - 1];
  if (by > from && before !== undefined && before.kind !== "word") return true;
  return tokens.slice(from, by).some((token) => DIVIDES.test(token.text));
}

/** A dash or star that opens a line: a list item. */
export function isBullet(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  const token = tokens[i];
  const next = tokens[i + 1];
  if (token === undefined || token.math || (token.text !== "-" && token.text !== "*")) return false;
  return (before === undefined || before.text === "\n") && next !== undefined && next.start > token.end;
}

export function clauseStart(tokens: readonly Token[], to: number): number {
  let depth = 0;
  let i = to;
  while (i > 0 && to - i < MAX_CLAUSE) {
    const token = tokens[i - 1];
    if (token === undefined) break;
    if (token.kind === "close") depth++;
    if (token.kind === "open") {
      if (depth === 0) break;
      depth--;
    }
    if (depth === 0) {
      if (token.kind === "relation" || token.kind === "break") break;
      if (token.kind === "punctuation") break;
    }
    i--;
  }
  if (isBullet(tokens, i)) return i + 1;
  return i;
}
