/**
 * GSM8K's calculator marks, `16 - 3 = <<16-3=13>>13`: what a calculator was asked and what it said, between what the text
 * says. The text is read without them, so that a value printed otherwise is seen; a mark is read in its place where the
 * text before it cannot be.
 */
import type { Token } from "../expression/lexer.js";

export interface Marked {
  /** The tokens outside the marks. */
  readonly outer: readonly Token[];
  /** The expression of each mark with the value printed behind it, or its own where none is. */
  readonly marks: readonly (readonly Token[])[];
}

/** Tokens of a mark at most: longer ones are no calculator's. */
const MAX_MARK = 80;

export function splitMarks(tokens: readonly Token[]): Marked {
  if (!tokens.some(({ text }, i) => text === "<" && isPair(tokens, i, "<")))
    return { outer: tokens, marks: [] };
  const outer: Token[] = [];
  const marks: Token[][] = [];
  for (let i = 0; i < tokens.length; i++) {
    const close = tokens[i]?.text === "<" && isPair(tokens, i, "<") ? closing(tokens, i + 2) : -1;
    const token = tokens[i];
    if (close >= 0) {
      marks.push(asPrinted(tokens.slice(i + 2, close), tokens[close + 2]));
      i = close + 1;
    } else if (token !== undefined) outer.push(token);
  }
  return { outer, marks };
}

function isPair(tokens: readonly Token[], at: number, text: "<" | ">"): boolean {
  const [a, b] = [tokens[at], tokens[at + 1]];
  return a?.text === text && b?.text === text && a.end === b.start;
}

function closing(tokens: readonly Token[], from: number): number {
  for (let i = from; i < Math.min(tokens.length, from + MAX_MARK); i++) {
    if (isPair(tokens, i, ">")) return i;
    if (tokens[i]?.text === "<") return -1;
  }
  return -1;
}

function asPrinted(inner: readonly Token[], behind: Token | undefined): Token[] {
  const equals = inner.findLastIndex((token) => token.text === "=");
  const stands = behind?.kind === "number" && behind.start === (inner.at(-1)?.end ?? -1) + 2;
  return equals < 0 || !stands ? [...inner] : [...inner.slice(0, equals + 1), behind];
}
