/**
 * Tokens of worked mathematics as people and models write it: plain text, Unicode and LaTeX, mixed in one line. One
 * pass, no backtracking. Inside mathematics letters are variables; outside they form words.
 */
import { MAX_DIGITS } from "../limits.js";
import { COMMANDS, SYMBOLS } from "./commands.js";
import { fromDecimal, type Rational } from "./rational.js";
import { joinFormulas, timesSigns } from "./tidy.js";

type TokenKind =
  | "number"
  | "operator"
  | "relation"
  | "open"
  | "close"
  | "bar"
  | "word"
  | "variable"
  | "command"
  | "punctuation"
  | "currency"
  | "percent"
  | "degree"
  | "subscript"
  /** End of a line or of a piece of mathematics. */
  | "break"
  /** Something that has no meaning here: an expression that holds one cannot be read. */
  | "unknown";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Written directly behind a space or a line break. */
  readonly spaced: boolean;
  /** Inside `\( \)`, `\[ \]`, `$ $` or a LaTeX environment. */
  readonly math: boolean;
  readonly value?: Rational;
  readonly places?: number;
}

const isDigit = (c: string) => c >= "0" && c <= "9";
const isSpace = (c: string) =>
  c === " " || c === "\t" || c === "\r" || c === "\u00a0" || c === "\u202f" || c === "\u2009";
const isLetter = (c: string) =>
  (c >= "a" && c <= "z") ||
  (c >= "A" && c <= "Z") ||
  (c >= "\u00c0" && c <= "\u024f" && c !== "\u00d7" && c !== "\u00f7");
const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
const OPERATOR_END = /[-+*/=<>^]\s*$/;
/** How far an inline formula reaches at most: keeps the search for a closing dollar sign linear. */
const MAX_INLINE = 500;

/** Whether the dollar at `i` opens a formula (its end is returned) or is money (-1). */
function inlineEnd(text: string, i: number): number {
  const close = text.slice(i + 1, i + 1 + MAX_INLINE).indexOf("$");
  if (close <= 0) return -1;
  const inner = text.slice(i + 1, i + 1 + close);
  if (inner.includes("\n\n") || inner.endsWith("\\")) return -1;
  const latex = inner.includes("\\");
  if (!latex && (isSpace(inner[0] ?? "") || isSpace(inner.at(-1) ?? ""))) return -1;
  if (OPERATOR_END.test(inner.slice(-3))) return -1;
  const prose = inner
    .replace(/\\(?:text|mbox|textbf|mathrm)\s{0,2}\{[^{}]{0,200}\}/g, " ")
    .replace(/\\[a-zA-Z]+/g, " ");
  return /[a-z]{3}/.test(prose) ? -1 : i + 1 + close;
}

export interface LexOptions {
  /** Added to every offset. */
  readonly offset?: number;
  /** Read the whole text as mathematics. */
  readonly math?: boolean;
}

/** Tokens of `text`, in order; every character is looked at a bounded number of times. */
export function lex(text: string, options: LexOptions = {}): Token[] {
  const scanner = new Scanner(text, options.offset ?? 0, options.math ?? false);
  return timesSigns(joinFormulas(scanner.run()));
}

class Scanner {
  private readonly tokens: Token[] = [];
  private i = 0;
  private spaced = true;
  /** The end of the `$...$` formula being read, or -1. */
  private dollarEnd = -1;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly offset: number,
    private readonly always: boolean,
  ) {}

  run(): Token[] {
    while (this.i < this.text.length) this.next();
    return this.tokens;
  }

  private get math(): boolean {
    return this.always || this.depth > 0 || this.dollarEnd >= 0;
  }

  private push(
    kind: TokenKind,
    length: number,
    text: string,
    extra: { value?: Rational; places?: number } = {},
  ): void {
    const start = this.offset + this.i;
    this.tokens.push({
      kind,
      text,
      start,
      end: start + length,
      spaced: this.spaced,
      math: this.math,
      ...extra,
    });
    this.i += length;
    this.spaced = false;
  }

  private next(): void {
    const { text, i } = this;
    const c = text[i] ?? "";
    if (isSpace(c)) {
      this.i++;
      this.spaced = true;
    } else if (c === "\n") {
      this.push("break", 1, "\n");
      this.spaced = true;
    } else if (isDigit(c) || (c === "." && isDigit(text[i + 1] ?? "") && !isDigit(text[i - 1] ?? "")))
      this.number();
    else if (isLetter(c)) this.letters();
    else if (c === "\\") this.command();
    else if (c === "$") this.dollar();
    else this.symbol(c);
  }

  private dollar(): void {
    if (this.i === this.dollarEnd) {
      this.push("break", 1, "$");
      this.dollarEnd = -1;
    } else if (this.text[this.i + 1] === "$") {
      this.push("break", 2, "$$");
      this.depth = this.depth > 0 ? 0 : 1;
    } else {
      const end = this.math ? -1 : inlineEnd(this.text, this.i);
      if (end < 0) this.push("currency", 1, "$");
      else {
        this.dollarEnd = end;
        this.push("break", 1, "$");
      }
    }
  }

  private number(): void {
    const { text } = this;
    let j = this.i;
    let digits = "";
    const run = () => {
      const from = j;
      while (isDigit(text[j] ?? "")) j++;
      digits += text.slice(from, j);
      return j - from;
    };
    const lead = run();
    // Thousands: "1,000", "1{,}000", "1,\!000", "1 000".
    if (lead >= 1 && lead <= 3) {
      for (;;) {
        const skip = separator(text, j);
        if (skip === 0 || !threeDigits(text, j + skip)) break;
        j += skip;
        run();
      }
    }
    let places = 0;
    if (text[j] === "." && isDigit(text[j + 1] ?? "")) {
      digits += ".";
      j++;
      places = run();
    }
    const value = digits.length <= MAX_DIGITS ? fromDecimal(digits) : null;
    const length = j - this.i;
    const rest = text.slice(j, j + 3);
    if (!this.math && /^(?:st|nd|rd|th)(?![a-z])/i.test(rest))
      this.push("word", length + 2, text.slice(this.i, j + 2));
    else if (text[j] === ":" && isDigit(text[j + 1] ?? "")) this.clock(j);
    else if (value === null) this.push("unknown", length, digits);
    else this.push("number", length, digits, { value, places });
    // "30-minute": the hyphen joins, it does not subtract.
    if (!this.math && text[this.i] === "-" && /^[a-zA-Z]{2}/.test(text.slice(this.i + 1, this.i + 3)))
      this.i++;
  }

  /** "6:30", "2:1", "5:9:2": a time or a ratio, not a number. */
  private clock(from: number): void {
    let j = from;
    while (isDigit(this.text[j] ?? "") || (this.text[j] === ":" && isDigit(this.text[j + 1] ?? ""))) j++;
    this.push("unknown", j - this.i, this.text.slice(this.i, j));
  }

  private letters(): void {
    const { text, i } = this;
    let j = i;
    while (isLetter(text[j] ?? "")) j++;
    if (this.math) {
      const name = text.slice(i, j);
      // AB, ABC: points of a figure; lw: a product.
      const length = name.length > 1 && name === name.toUpperCase() ? name.length : 1;
      this.push("variable", length, name.slice(0, length));
      return;
    }
    while (j < text.length) {
      const c = text[j] ?? "";
      if (isLetter(c)) j++;
      else if (
        (c === "-" || c === "'" || c === "\u2019") &&
        isLetter(text[j + 1] ?? "") &&
        j - i + wordLength(text, j + 1) > 2
      ) {
        j++;
      } else break;
    }
    const word = text.slice(i, j);
    this.push(word.length === 1 && this.standsForNumber(word, j) ? "variable" : "word", word.length, word);
  }

  /** Whether a lone letter outside mathematics is a variable: "a" and "I" only beside an operator. */
  private standsForNumber(letter: string, end: number): boolean {
    if (letter !== "a" && letter !== "A" && letter !== "I") return true;
    const before = this.tokens.at(-1);
    if (before?.kind === "operator" || (before?.kind === "number" && !this.spaced)) return true;
    const after = this.text.slice(end, end + 2).trimStart();
    return after !== "" && "=+*/^<>".includes(after[0] ?? "");
  }

  private command(): void {
    const { text, i } = this;
    const c = text[i + 1] ?? "";
    if (!isLetter(c)) {
      const kind = ESCAPES.get(c);
      if (kind === undefined) {
        this.i += 2;
        this.spaced = this.spaced || c !== "!";
        return;
      }
      if (c === "(" || c === "[") this.depth = 1;
      if (c === ")" || c === "]") this.depth = 0;
      this.push(kind, 2, c === "\\" ? "\n" : c);
      return;
    }
    let j = i + 1;
    while (isLetter(text[j] ?? "")) j++;
    const name = text.slice(i + 1, j);
    if (name === "begin" || name === "end") this.environment(name, j);
    else if (PROSE.has(name)) this.prose(j);
    else {
      const known = COMMANDS.get(name);
      if (known === undefined) this.push("unknown", j - i, name);
      else if (known.kind === "skip") {
        this.i = j;
        this.spaced = true;
      } else this.push(known.kind, j - i, known.text);
    }
  }

  private environment(name: string, at: number): void {
    const close = this.text.slice(at, at + 40).indexOf("}");
    const length = (close < 0 ? at : at + close + 1) - this.i;
    const inner = this.text.slice(at + 1, at + Math.max(close, 1));
    const layout = /^(?:align|equation|gather|split|multline|eqnarray)/.test(inner);
    if (layout && name === "begin") this.depth += this.depth === 0 ? 2 : 0;
    this.push(layout ? "break" : "unknown", length, inner);
    if (layout && name === "end" && this.depth === 2) this.depth = 0;
  }

  /** `\text{...}`: the words inside, as prose. */
  private prose(at: number): void {
    let open = at;
    while (isSpace(this.text[open] ?? "")) open++;
    if (this.text[open] !== "{") {
      this.i = at;
      return;
    }
    const body = this.text.slice(open + 1, open + 1 + MAX_INLINE);
    const close = body.search(/[{}]/);
    if (close < 0 || body[close] === "{") {
      // Nested or unclosed: leave the braces to the parser.
      this.i = open;
      return;
    }
    for (const token of new Scanner(body.slice(0, close), this.offset + open + 1, false).run()) {
      this.tokens.push(token.kind === "variable" ? { ...token, kind: "word" } : token);
    }
    this.i = open + 1 + close + 1;
    this.spaced = true;
  }

  private symbol(c: string): void {
    const { text, i } = this;
    const two = text.slice(i, i + 2);
    if (two === "**") {
      const power = /[\w)]/.test(text[i - 1] ?? "") && /[\w(]/.test(text[i + 2] ?? "");
      if (power) this.push("operator", 2, "^");
      else {
        this.i += 2;
        this.spaced = true;
      }
      return;
    }
    const pair = two.length === 2 ? SYMBOLS.get(two) : undefined;
    const raised = SUPERSCRIPTS.indexOf(c);
    const known = pair ?? SYMBOLS.get(c);
    if (text.startsWith("...", i)) this.push("unknown", 3, "...");
    else if (raised >= 0) {
      this.push("operator", 0, "^");
      const value = fromDecimal(String(raised));
      if (value !== null) this.push("number", 1, String(raised), { value, places: 0 });
    } else if (known === undefined) this.push("unknown", 1, c);
    else if (known.kind === "skip") this.i++;
    else if (known.value !== undefined) this.push("number", 1, c, { value: known.value, places: 0 });
    else this.push(known.kind, pair === undefined ? 1 : 2, known.text);
  }
}

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

const PROSE = new Set([
  "text",
  "textbf",
  "textit",
  "textrm",
  "mbox",
  "mathrm",
  "hbox",
  "emph",
  "textnormal",
  "operatorname",
]);

/** Length of a thousands separator at `j`, 0 for none. */
function separator(text: string, j: number): number {
  const c = text[j] ?? "";
  if (c === ",") return text[j + 1] === "\\" && text[j + 2] === "!" ? 3 : text[j + 1] === "\\" ? 0 : 1;
  if (c === "{" && text[j + 1] === "," && text[j + 2] === "}") return 3;
  if (c === "\\" && (text[j + 1] === "," || text[j + 1] === "!")) return 2;
  return c === " " || c === "\u00a0" || c === "\u202f" || c === "\u2009" ? 1 : 0;
}

function threeDigits(text: string, j: number): boolean {
  if (text[j - 1] === "!" && text[j] === " ") return false;
  return (
    isDigit(text[j] ?? "") &&
    isDigit(text[j + 1] ?? "") &&
    isDigit(text[j + 2] ?? "") &&
    !isDigit(text[j + 3] ?? "")
  );
}

function wordLength(text: string, j: number): number {
  return isLetter(text[j + 1] ?? "") ? 2 : 1;
}
