/** Words behind a value: its unit, its noun, a remark in brackets. */
import type { Token } from "./tokens.js";

/** Words that end what belongs to a value: behind them something new begins. */
const STOPS = new Set(
  (
    "and so then is are was were be which but because since we he she it they you i if when where or equals equal gives makes " +
    "that thus therefore hence as than more less fewer times plus minus multiplied divided leaving left-over however " +
    "now next finally first second third this these those there have has had let can will would should must not no also " +
    "to from by at into with after before while using approximately about giving gets get got does do did"
  ).split(" "),
);

const MAX_UNIT_TOKENS = 8;

export interface UnitRead {
  readonly text: string;
  readonly next: number;
}

/** Whether an operand can begin with this token. */
export function startsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return (
    token.kind === "number" ||
    token.kind === "currency" ||
    token.kind === "open" ||
    token.kind === "command" ||
    token.kind === "variable" ||
    token.kind === "bar"
  );
}

/**
 * The unit at token `at`, where the expression goes on behind it (an operator with an operand, a relation, a closing
 * bracket) or ends with the slice. Null where no unit stands here or where the words are prose.
 */
export function readUnit(tokens: readonly Token[], at: number, to: number): UnitRead | null {
  let i = at;
  const words: string[] = [];
  while (i < to && i - at < MAX_UNIT_TOKENS) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.kind === "word" && !STOPS.has(token.text.toLowerCase())) {
      words.push(token.text.toLowerCase());
      i++;
    } else if (token.text === "/" && isUnitWord(tokens[i + 1]) && i + 1 < to) {
      words.push("per", tokens[i + 1]?.text.toLowerCase() ?? "");
      i += 2;
    } else if (token.kind === "open" && token.text !== "{") {
      const close = remark(tokens, i, to);
      if (close < 0) break;
      i = close + 1;
    } else break;
  }
  if (i === at) return null;
  const next = tokens[i];
  const goesOn =
    i >= to ||
    next === undefined ||
    next.kind === "relation" ||
    next.kind === "close" ||
    (next.kind === "operator" && next.text !== "!" && next.text !== "^" && operandAfter(tokens, i + 1, to)) ||
    (next.kind === "word" && (next.text === "times" || next.text === "plus" || next.text === "minus")) ||
    relationBehindBreak(tokens, i, to);
  return goesOn ? { text: words.join(" "), next: i } : null;
}

function operandAfter(tokens: readonly Token[], i: number, to: number): boolean {
  const token = i < to ? tokens[i] : undefined;
  return (
    startsOperand(token) || (token?.kind === "operator" && token.text === "-" && startsOperand(tokens[i + 1]))
  );
}

function relationBehindBreak(tokens: readonly Token[], i: number, to: number): boolean {
  return (
    tokens[i]?.kind === "break" &&
    tokens[i]?.text !== "\n" &&
    i + 1 < to &&
    tokens[i + 1]?.kind === "relation"
  );
}

function isUnitWord(token: Token | undefined): boolean {
  return token?.kind === "word" && !STOPS.has(token.text.toLowerCase());
}

/** The closing bracket of a remark in words, "(lost income)", from the opening one on; -1 where it holds mathematics. */
function remark(tokens: readonly Token[], open: number, to: number): number {
  let words = 0;
  for (let i = open + 1; i < to && i < open + 16; i++) {
    const token = tokens[i];
    if (token === undefined) return -1;
    if (token.kind === "close") return words > 0 ? i : -1;
    if (token.kind === "word") words++;
    else if (token.kind !== "punctuation" && !(token.kind === "number" && words > 0)) return -1;
  }
  return -1;
}
