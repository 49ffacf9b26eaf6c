/** What a Python expression of plain arithmetic amounts to, by recursive descent over its tokens. */
import { fromDecimal, integer, multiply, negate, power, type Rational } from "../expression/rational.js";
import { MAX_DEPTH } from "../limits.js";
import { BUILTINS, FUNCTIONS, OPERATORS } from "./functions.js";
import { formatted, isNumber, type PythonValue, plain } from "./printing.js";
import { type PythonToken, statementsOf } from "./tokens.js";

/** The program stops here: `reason` is a clause ("total_cost is not defined"). */
export class Stop {
  constructor(readonly reason: string) {}
}

/** Something that is not read here: a condition, an index, a method, a comprehension. */
export class Beyond {}

/** Words that are no names. */
export const KEYWORDS = new Set(
  "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/** What binds tighter stands further down. */
const LEVELS: readonly (readonly string[])[] = [
  ["+", "-"],
  ["*", "/", "//", "%"],
];

/**
 * Reads one statement's tokens from left to right.
 *
 * Every method throws {@link Stop} where Python would stop (a name that nothing defines, a division by zero) and
 * {@link Beyond} where the text is none of plain arithmetic.
 */
export class Reader {
  private at = 0;
  private depth = 0;

  /** @param tokens of one statement, an "end" last */
  constructor(
    private readonly tokens: readonly PythonToken[],
    private readonly names: ReadonlyMap<string, PythonValue>,
  ) {
    // A condition, a comprehension or a function has names of its own.
    if (tokens.some(({ kind, text }) => kind === "name" && KEYWORDS.has(text))) throw new Beyond();
  }

  get next(): PythonToken {
    const token = this.tokens[this.at];
    if (token === undefined) throw new Beyond();
    return token;
  }

  private take(): PythonToken {
    const token = this.next;
    this.at++;
    return token;
  }

  /** Takes the next token where it reads `text`. */
  private skip(text: string): boolean {
    const found = this.next.text === text;
    if (found) this.at++;
    return found;
  }

  /** The expressions up to `close`, which is taken; "" is the end of the statement. */
  list(close: string): PythonValue[] {
    const out: PythonValue[] = [];
    while (!this.closes(close)) {
      out.push(this.value());
      if (this.skip(",")) continue;
      if (!this.closes(close)) throw new Beyond();
      break;
    }
    this.at++;
    return out;
  }

  private closes(close: string): boolean {
    return close === "" ? this.next.kind === "end" : this.next.text === close;
  }

  private value(level = 0): PythonValue {
    const signs = LEVELS[level];
    if (signs === undefined) return this.signed();
    let left = this.value(level + 1);
    while (signs.includes(this.next.text)) {
      const sign = this.take().text;
      left = operate(sign, left, this.value(level + 1));
    }
    return left;
  }

  private signed(): PythonValue {
    if (++this.depth > MAX_DEPTH) throw new Beyond();
    const sign = this.next.text === "-" || this.next.text === "+" ? this.take().text : "";
    const value = sign === "" ? this.power() : this.signed();
    this.depth--;
    if (sign === "") return value;
    if (!isNumber(value)) return null;
    return sign === "-" ? negate(value) : value;
  }

  /** A power binds tighter than the sign before it, and looser than the one behind. */
  private power(): PythonValue {
    const base = this.atom();
    return this.skip("**") ? operate("**", base, this.signed()) : base;
  }

  private atom(): PythonValue {
    const { kind, text } = this.take();
    const value =
      kind === "number"
        ? number(text)
        : kind === "string"
          ? this.string(text)
          : kind === "name"
            ? this.name(text)
            : this.bracket(text);
    // An index, a method, another string, a call of what is no name.
    if (/^[[(.]$/.test(this.next.text) || this.next.kind === "string") throw new Beyond();
    return value;
  }

  private bracket(text: string): PythonValue {
    if (text === "[") return this.list("]");
    if (text !== "(") throw new Beyond();
    const values = this.list(")");
    const grouped = values.length === 1 && this.tokens[this.at - 2]?.text !== ",";
    return grouped ? (values[0] ?? null) : values;
  }

  private name(first: string): PythonValue {
    let name = first;
    while (this.skip(".")) name += `.${this.take().text}`;
    if (this.next.text === "=") throw new Beyond(); // A named argument.
    const value = this.names.get(first);
    if (value === undefined && !BUILTINS.has(first)) throw new Stop(`${first} is not defined`);
    if (!this.skip("(")) return name === first ? (value ?? null) : null;
    const given = this.list(")");
    const [only] = given;
    const values = given.length === 1 && Array.isArray(only) ? only : given;
    // What the program itself calls by a function's name is no function of ours.
    const known = value === undefined || name !== first ? FUNCTIONS.get(name) : undefined;
    return known !== undefined && values.every(isNumber) ? known(values) : null;
  }

  private string(text: string): string | null {
    if (/^["']/.test(text)) return plain(text.slice(1, -1));
    return /^f["']/i.test(text) ? formatted(text.slice(2, -1), (part) => this.alone(part)) : null;
  }

  /** The value of an expression in an f-string. */
  private alone(expression: string): PythonValue {
    const [tokens, ...more] = statementsOf(expression.trim()) ?? [];
    if (tokens === undefined || more.length > 0) return null;
    return single(new Reader(tokens, this.names).list(""));
  }
}

/** One value is itself, several are a tuple. */
export const single = (values: readonly PythonValue[]): PythonValue =>
  values.length === 1 ? (values[0] ?? null) : values;

/** `a sign b`, of an expression or of `a += b`. @throws {Stop} at a division by zero */
export function operate(sign: string, a: PythonValue, b: PythonValue): PythonValue {
  if (!isNumber(a) || !isNumber(b)) return null;
  if (b.n === 0n && ["/", "//", "%"].includes(sign)) throw new Stop("it divides by zero");
  return OPERATORS.get(sign)?.(a, b) ?? null;
}

function number(text: string): Rational | null {
  const [digits = "", exponent = "0"] = text.replaceAll("_", "").toLowerCase().split("e");
  const value = fromDecimal(digits);
  const scale = exponent.length > 4 ? null : power(integer(10), BigInt(exponent.replace("+", "")));
  return value && scale && multiply(value, scale);
}
