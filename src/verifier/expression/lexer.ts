/**
 * Tokens of worked mathematics as people and models write it: plain text, Unicode and LaTeX, mixed in one line. One
 * pass, no backtracking. Inside mathematics letters are variables; outside they form words.
 */
import { classOf, isDigitAt, isLetterAt, isSpaceAt, lettersEnd } from "./characters.js";
import { BARE_NAMED, COMMANDS, NAMED, SYMBOLS } from "./commands.js";
import { numeralAt } from "./numerals.js";
import { integer, type Rational } from "./rational.js";
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
  /** Of a number; every token has the field, so that all are one shape to the engine. */
  readonly value: Rational | undefined;
  readonly places: number | undefined;
}

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

const BACKSLASH = 0x5c;
const DOLLAR = 0x24;
const POINT = 0x2e;

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

  private push(kind: TokenKind, length: number, text: string, value?: Rational, places?: number): void {
    const start = this.offset + this.i;
    this.tokens.push({
      kind,
      text,
      start,
      end: start + length,
      spaced: this.spaced,
      math: this.math,
      value,
      places,
    });
    this.i += length;
    this.spaced = false;
  }

  private next(): void {
    const { text, i } = this;
    const code = text.charCodeAt(i);
    switch (classOf(code)) {
      case "space":
        this.i++;
        this.spaced = true;
        break;
      case "line":
        this.push("break", 1, "\n");
        this.spaced = true;
        break;
      case "digit":
        this.number();
        break;
      case "letter":
        this.letters();
        break;
      default:
        if (code === BACKSLASH) this.command();
        else if (code === DOLLAR) this.dollar();
        else if (code === POINT && isDigitAt(text, i + 1) && !isDigitAt(text, i - 1)) this.number();
        else this.symbol(text[i] ?? "");
    }
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
    const { text, i } = this;
    const { end, digits, places, value } = numeralAt(text, i);
    if (!this.math && ordinal(text, end)) this.push("word", end + 2 - i, text.slice(i, end + 2));
    else if (text[end] === ":" && isDigitAt(text, end + 1)) this.clock(end);
    else if (value === null) this.push("unknown", end - i, digits);
    else this.push("number", end - i, digits, value, places);
    // "30-minute": the hyphen joins, it does not subtract.
    const joins = !this.math && text[this.i] === "-";
    if (joins && isLetterAt(text, this.i + 1) && isLetterAt(text, this.i + 2)) this.i++;
  }

  /** "6:30", "2:1", "5:9:2": a time or a ratio, not a number. */
  private clock(from: number): void {
    let j = from;
    while (isDigitAt(this.text, j) || (this.text[j] === ":" && isDigitAt(this.text, j + 1))) j++;
    this.push("unknown", j - this.i, this.text.slice(this.i, j));
  }

  private letters(): void {
    const { text, i } = this;
    let j = lettersEnd(text, i);
    const name = text.slice(i, j);
    const called = text[j] === "(" || text[j] === "_";
    if (called ? NAMED.has(name) : this.math && BARE_NAMED.has(name)) {
      this.push("command", j - i, name);
      return;
    }
    if (name === "pi") {
      this.push("variable", 2, name);
      return;
    }
    if (this.math) {
      // AB, ABC: points of a figure; lw: a product.
      const length = name.length > 1 && name === name.toUpperCase() ? name.length : 1;
      this.push("variable", length, name.slice(0, length));
      return;
    }
    while (j < text.length) {
      const c = text[j] ?? "";
      if (isLetterAt(text, j)) j++;
      else if (
        (c === "-" || c === "'" || c === "\u2019") &&
        isLetterAt(text, j + 1) &&
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
    if (!isLetterAt(text, i + 1)) {
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
    const j = lettersEnd(text, i + 1);
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
    while (isSpaceAt(this.text, open)) open++;
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
    const long = PAIR_STARTS.has(c) ? text.slice(i, i + 2) : c;
    const known = SYMBOLS.get(long.length === 2 ? long : c) ?? SYMBOLS.get(c);
    if (long === "**") this.stars();
    else if (long === ".." && text[i + 2] === ".") this.push("unknown", 3, "...");
    else if (known === undefined) this.other(c);
    else if (known.kind === "skip") this.i++;
    else if (known.value !== undefined) this.push("number", 1, c, known.value, 0);
    else this.push(known.kind, SYMBOLS.has(long) ? long.length : 1, known.text);
  }

  /** `2**3` is a power, `**bold**` print. */
  private stars(): void {
    const { text, i } = this;
    if (/[\w)]/.test(text[i - 1] ?? "") && /[\w(]/.test(text[i + 2] ?? "")) this.push("operator", 2, "^");
    else {
      this.i += 2;
      this.spaced = true;
    }
  }

  /** A raised digit is a power; any other sign is not known. */
  private other(c: string): void {
    const raised = SUPERSCRIPTS.indexOf(c);
    if (raised < 0) this.push("unknown", 1, c);
    else {
      this.push("operator", 0, "^");
      this.push("number", 1, String(raised), integer(raised), 0);
    }
  }
}

/** Signs with which a sign of two or three characters begins. */
const PAIR_STARTS = new Set("<>!=-*.");

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

/** "1st", "2nd": a place, not a number. */
function ordinal(text: string, end: number): boolean {
  if (!isLetterAt(text, end) || isLetterAt(text, end + 2)) return false;
  const suffix = text.slice(end, end + 2).toLowerCase();
  return suffix === "st" || suffix === "nd" || suffix === "rd" || suffix === "th";
}

function wordLength(text: string, j: number): number {
  return isLetterAt(text, j + 1) ? 2 : 1;
}
