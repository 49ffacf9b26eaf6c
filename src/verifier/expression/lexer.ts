/**
 * Tokens of worked mathematics as people and models write it: plain text, Unicode and LaTeX, mixed in one line. One
 * pass, no backtracking. Inside mathematics letters are variables; outside they form words.
 */
import { classOf, isDigitAt, isLetterAt, lettersEnd } from "./characters.js";
import { BARE_NAMED, NAMED, SYMBOLS } from "./commands.js";
import { backslash, dollar } from "./formulas.js";
import { numeralAt } from "./numerals.js";
import { integer } from "./rational.js";
import { Scanner } from "./scanner.js";
import { joinFormulas, timesSigns } from "./tidy.js";
import type { Token } from "./tokens.js";

export type { Token } from "./tokens.js";

export interface LexOptions {
  /** Added to every offset. */
  readonly offset?: number;
  /** Read the whole text as mathematics. */
  readonly math?: boolean;
}

/** Tokens of `text`, in order; every character is looked at a bounded number of times. */
export function lex(text: string, options: LexOptions = {}): Token[] {
  return timesSigns(joinFormulas(scan(text, options.offset ?? 0, options.math ?? false)));
}

function scan(text: string, offset: number, math: boolean): Token[] {
  const scanner = new Scanner(text, offset, math);
  while (scanner.at < text.length) next(scanner);
  return scanner.tokens;
}

const proseTokens = (text: string, offset: number): Token[] => scan(text, offset, false);

const BACKSLASH = 0x5c;
const DOLLAR = 0x24;
const POINT = 0x2e;

function next(scanner: Scanner): void {
  const { text, at } = scanner;
  const code = text.charCodeAt(at);
  switch (classOf(code)) {
    case "space":
      scanner.skipTo(at + 1);
      break;
    case "line":
      scanner.push("break", 1, "\n");
      scanner.spaced = true;
      break;
    case "digit":
      number(scanner);
      break;
    case "letter":
      letters(scanner);
      break;
    default:
      if (code === BACKSLASH) backslash(scanner, proseTokens);
      else if (code === DOLLAR) dollar(scanner);
      else if (code === POINT && isDigitAt(text, at + 1) && !isDigitAt(text, at - 1)) number(scanner);
      else symbol(scanner, text[at] ?? "");
  }
}

function number(scanner: Scanner): void {
  const { text, at } = scanner;
  const { end, digits, places, value } = numeralAt(text, at);
  if (!scanner.math && isOrdinal(text, end)) scanner.push("word", end + 2 - at, text.slice(at, end + 2));
  else if (text[end] === ":" && isDigitAt(text, end + 1)) clock(scanner, end);
  else if (value === null) scanner.push("unknown", end - at, digits);
  else scanner.push("number", end - at, digits, value, places);
  // "30-minute": the hyphen joins, it does not subtract.
  const joins = !scanner.math && text[scanner.at] === "-";
  if (joins && isLetterAt(text, scanner.at + 1) && isLetterAt(text, scanner.at + 2)) scanner.at++;
}

/** "1st", "2nd": a place, not a number. */
function isOrdinal(text: string, end: number): boolean {
  if (!isLetterAt(text, end) || isLetterAt(text, end + 2)) return false;
  const suffix = text.slice(end, end + 2).toLowerCase();
  return suffix === "st" || suffix === "nd" || suffix === "rd" || suffix === "th";
}

/** "6:30", "2:1", "5:9:2": a time or a ratio, not a number. */
function clock(scanner: Scanner, from: number): void {
  const { text, at } = scanner;
  let end = from;
  while (isDigitAt(text, end) || (text[end] === ":" && isDigitAt(text, end + 1))) end++;
  scanner.push("unknown", end - at, text.slice(at, end));
}

function letters(scanner: Scanner): void {
  const { text, at, math } = scanner;
  const end = lettersEnd(text, at);
  const name = text.slice(at, end);
  const called = text[end] === "(" || text[end] === "_";
  if (called ? NAMED.has(name) : math && BARE_NAMED.has(name)) scanner.push("command", end - at, name);
  else if (name === "pi") scanner.push("variable", 2, name);
  else if (math) {
    // AB, ABC: points of a figure; lw: a product.
    const length = name.length > 1 && name === name.toUpperCase() ? name.length : 1;
    scanner.push("variable", length, name.slice(0, length));
  } else {
    const word = text.slice(at, wordEnd(text, at, end));
    const variable = word.length === 1 && standsForNumber(scanner, word);
    scanner.push(variable ? "variable" : "word", word.length, word);
  }
}

/** Where a word ends whose first letters do at `end`: "left-over", "Ann's". */
function wordEnd(text: string, start: number, end: number): number {
  let i = end;
  while (i < text.length) {
    const joint = text[i] === "-" || text[i] === "'" || text[i] === "\u2019";
    // One letter on both sides is a difference: a-b.
    const longer = i - start > 1 || isLetterAt(text, i + 2);
    if (!joint || !isLetterAt(text, i + 1) || !longer) break;
    i = lettersEnd(text, i + 1);
  }
  return i;
}

/** Whether a lone letter outside mathematics is a variable: "a" and "I" only beside an operator. */
function standsForNumber({ tokens, text, at, spaced }: Scanner, letter: string): boolean {
  if (letter !== "a" && letter !== "A" && letter !== "I") return true;
  const before = tokens.at(-1);
  if (before?.kind === "operator" || (before?.kind === "number" && !spaced)) return true;
  const after = text.slice(at + 1, at + 3).trimStart();
  return after !== "" && "=+*/^<>".includes(after[0] ?? "");
}

/** Signs with which a sign of two or three characters begins. */
const PAIR_STARTS = new Set("<>!=-*.");

function symbol(scanner: Scanner, c: string): void {
  const { text, at } = scanner;
  const long = PAIR_STARTS.has(c) ? text.slice(at, at + 2) : c;
  const known = SYMBOLS.get(long) ?? SYMBOLS.get(c);
  if (long === "**") stars(scanner);
  else if (long === ".." && text[at + 2] === ".") scanner.push("unknown", 3, "...");
  else if (known === undefined) other(scanner, c);
  else if (known.kind === "skip") scanner.at++;
  else if (known.value !== undefined) scanner.push("number", 1, c, known.value, 0);
  else scanner.push(known.kind, SYMBOLS.has(long) ? long.length : 1, known.text);
}

/** `2**3` is a power, `**bold**` print. */
function stars(scanner: Scanner): void {
  const { text, at } = scanner;
  if (/[\w)]/.test(text[at - 1] ?? "") && /[\w(]/.test(text[at + 2] ?? "")) scanner.push("operator", 2, "^");
  else scanner.skipTo(at + 2);
}

const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** A raised digit is a power; any other sign is not known. */
function other(scanner: Scanner, c: string): void {
  const raised = SUPERSCRIPTS.indexOf(c);
  if (raised < 0) scanner.push("unknown", 1, c);
  else {
    scanner.push("operator", 0, "^");
    scanner.push("number", 1, String(raised), integer(raised), 0);
  }
}
