/** Dollar signs and backslashes: where formulas begin and end, and the commands in them. */
import { isLetterAt, isSpaceAt, lettersEnd } from "./characters.js";
import { COMMANDS } from "./commands.js";
import type { Scanner } from "./scanner.js";
import type { Token, TokenKind } from "./tokens.js";

/** How far an inline formula reaches at most: keeps the search for a closing dollar sign linear. */
const MAX_INLINE = 500;
const OPERATOR_END = /[-+*/=<>^]\s*$/;
/** Commands whose argument is prose. */
const PROSE = new Set("text textbf textit textrm mbox mathrm hbox emph textnormal operatorname".split(" "));
/** Environments that only lay formulas out. */
const LAYOUT = /^(?:align|equation|gather|split|multline|eqnarray)/;

/** LaTeX that is a backslash and a sign. */
const ESCAPES: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["(", "break"],
  [")", "break"],
  ["[", "break"],
  ["]", "break"],
  ["\\", "break"],
  ["$", "currency"],
  ["%", "percent"],
  ["{", "open"],
  ["}", "close"],
  ["|", "bar"],
]);

/** A dollar sign: the border of a formula, or money. */
export function dollar(scanner: Scanner): void {
  const { text, at } = scanner;
  if (at === scanner.dollarEnd) {
    scanner.push("break", 1, "$");
    scanner.dollarEnd = -1;
  } else if (text[at + 1] === "$") {
    scanner.push("break", 2, "$$");
    scanner.display = scanner.display > 0 ? 0 : 1;
  } else {
    const end = scanner.math ? -1 : inlineEnd(text, at);
    if (end >= 0) scanner.dollarEnd = end;
    scanner.push(end < 0 ? "currency" : "break", 1, "$");
  }
}

/** Whether the dollar at `i` opens a formula (its end is returned) or is money (-1). */
function inlineEnd(text: string, i: number): number {
  const close = text.slice(i + 1, i + 1 + MAX_INLINE).indexOf("$");
  if (close <= 0) return -1;
  const inner = text.slice(i + 1, i + 1 + close);
  if (inner.includes("\n\n") || inner.endsWith("\\")) return -1;
  const latex = inner.includes("\\");
  if (!latex && (isSpaceAt(inner, 0) || isSpaceAt(inner, inner.length - 1))) return -1;
  if (OPERATOR_END.test(inner.slice(-3))) return -1;
  return holdsProse(inner) ? -1 : i + 1 + close;
}

/** Whether three small letters stand together outside commands and the text in them. */
function holdsProse(formula: string): boolean {
  for (let i = 0; i < formula.length; ) {
    const command = formula[i] === "\\";
    const end = lettersEnd(formula, command ? i + 1 : i);
    if (command && PROSE.has(formula.slice(i + 1, end))) {
      const close = formula.indexOf("}", end);
      i = close < 0 ? formula.length : close + 1;
    } else if (!command && end - i >= 3 && /[a-z]{3}/.test(formula.slice(i, end))) return true;
    else i = Math.max(end, i + 1);
  }
  return false;
}

/** A backslash and what it makes of what follows; `words` reads prose inside a formula. */
export function backslash(scanner: Scanner, words: (text: string, offset: number) => Token[]): void {
  const { text, at } = scanner;
  if (!isLetterAt(text, at + 1)) {
    escaped(scanner, text[at + 1] ?? "");
    return;
  }
  const end = lettersEnd(text, at + 1);
  const name = text.slice(at + 1, end);
  const known = COMMANDS.get(name);
  if (name === "begin" || name === "end") environment(scanner, name, end);
  else if (PROSE.has(name)) prose(scanner, end, words);
  else if (known === undefined) scanner.push("unknown", end - at, name);
  else if (known.kind === "skip") scanner.skipTo(end);
  else scanner.push(known.kind, end - at, known.text);
}

function escaped(scanner: Scanner, sign: string): void {
  const kind = ESCAPES.get(sign);
  if (kind === undefined) {
    // `\,` and its like are spaces, `\!` is less than none.
    scanner.at += 2;
    scanner.spaced ||= sign !== "!";
    return;
  }
  if (sign === "(" || sign === "[") scanner.display = 1;
  if (sign === ")" || sign === "]") scanner.display = 0;
  scanner.push(kind, 2, sign === "\\" ? "\n" : sign);
}

function environment(scanner: Scanner, name: "begin" | "end", behind: number): void {
  const { text, at } = scanner;
  const close = text.slice(behind, behind + 40).indexOf("}");
  const end = close < 0 ? behind : behind + close + 1;
  const inner = text.slice(behind + 1, behind + Math.max(close, 1));
  const layout = LAYOUT.test(inner);
  if (layout && name === "begin" && scanner.display === 0) scanner.display = 2;
  scanner.push(layout ? "break" : "unknown", end - at, inner);
  if (layout && name === "end" && scanner.display === 2) scanner.display = 0;
}

/** `\text{...}`: the words inside, as prose. */
function prose(scanner: Scanner, behind: number, words: (text: string, offset: number) => Token[]): void {
  const { text, offset } = scanner;
  let open = behind;
  while (isSpaceAt(text, open)) open++;
  if (text[open] !== "{") {
    scanner.at = behind;
    return;
  }
  const body = text.slice(open + 1, open + 1 + MAX_INLINE);
  const close = body.search(/[{}]/);
  if (close < 0 || body[close] === "{") {
    // Nested or unclosed: leave the braces to the parser.
    scanner.at = open;
    return;
  }
  for (const token of words(body.slice(0, close), offset + open + 1))
    scanner.tokens.push(token.kind === "variable" ? { ...token, kind: "word" } : token);
  scanner.skipTo(open + 1 + close + 1);
}
