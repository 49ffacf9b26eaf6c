/**
 * A Pratt parser over a slice of tokens: the longest expression that starts at a token. It reads units and nouns behind
 * a value ("3 hours * $35/hour"), words that operate ("half of", "times") and LaTeX. Where it cannot read it returns
 * null: what cannot be read is left alone.
 */
import { MAX_DEPTH, MAX_SIDE_TOKENS } from "../limits.js";
import { MULTIPLIERS, numberWords } from "../words.js";
import type { BinaryOperator, FunctionName, Node } from "./ast.js";
import {
  FUNCTION_LETTERS,
  FUNCTIONS,
  isPart,
  isPartValue,
  numberNode,
  OPERATORS,
  POSTFIX,
  POWER,
  PRODUCT,
  SUM,
  TIGHT,
  WORD_OPERATORS,
} from "./grammar.js";
import type { Token } from "./lexer.js";
import { fromDecimal, isInteger } from "./rational.js";
import { readUnit, startsOperand } from "./unitwords.js";

export interface ParseOptions {
  /** `1/2x` as 1/(2x) instead of (1/2)x. */
  readonly tight?: boolean;
  /** The token index at which reading stops. */
  readonly to?: number;
}

export interface Parsed {
  readonly node: Node;
  /** Index of the first token behind the expression. */
  readonly next: number;
}

/** The longest expression from token `from` on, or null. */
export function parse(tokens: readonly Token[], from: number, options: ParseOptions = {}): Parsed | null {
  const to = Math.min(options.to ?? tokens.length, from + MAX_SIDE_TOKENS);
  return new Parser(tokens, to, options.tight ?? false).run(from);
}

/** The expression that is exactly the tokens [from, to), or null. */
export function parseExactly(
  tokens: readonly Token[],
  from: number,
  to: number,
  options: ParseOptions = {},
): Node | null {
  if (to - from > MAX_SIDE_TOKENS) return null;
  const parsed = parse(tokens, from, { ...options, to });
  return parsed !== null && parsed.next === to ? parsed.node : null;
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly to: number,
    private readonly tight: boolean,
  ) {}

  run(from: number): Parsed | null {
    this.at = from;
    const node = this.expression(0);
    return node === null ? null : { node, next: this.at };
  }

  private peek(ahead = 0): Token | undefined {
    const index = this.at + ahead;
    return index < this.to ? this.tokens[index] : undefined;
  }

  private is(kind: Token["kind"], text?: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && token.kind === kind && (text === undefined || token.text === text);
  }

  private expression(power: number): Node | null {
    if (++this.depth > MAX_DEPTH) return null;
    let left = this.prefix();
    while (left !== null) {
      const before = this.at;
      const next = this.infix(left, power);
      if (next === undefined) break;
      if (next === null) {
        // The operator has no operand behind it: the expression ended before it.
        this.at = before;
        break;
      }
      left = next;
    }
    this.depth--;
    return left;
  }

  /** The expression continued, undefined where it ends here, null where the continuation cannot be read. */
  private infix(left: Node, power: number): Node | null | undefined {
    const token = this.peek();
    if (token === undefined) return undefined;
    if (token.kind === "operator" && token.text === "!") {
      // "3! = 6", but not "wow 3!" at the end of a sentence: a factorial sits on its number.
      if (token.spaced) return undefined;
      this.at++;
      return { type: "call", name: "factorial", args: [left] };
    }
    if (token.kind === "percent") return this.postfix({ type: "percent", of: left });
    if (token.kind === "degree") return this.postfix({ type: "degrees", of: left });
    if (token.kind === "operator" && token.text === "^" && this.degreeSign())
      return { type: "degrees", of: left };
    const unit = readUnit(this.tokens, this.at, this.to);
    if (unit !== null && power <= PRODUCT + 1 && POSTFIX > power) {
      this.at = unit.next;
      return { type: "quantity", of: left, unit: unit.text };
    }
    if (token.kind === "operator") return this.operator(left, token, power);
    if (token.kind === "word") return this.wordOperator(left, token.text.toLowerCase(), power);
    return this.implicit(left, token, power);
  }

  private postfix(node: Node): Node {
    this.at++;
    return node;
  }

  /** Reads `^\circ` or `^{\circ}`. */
  private degreeSign(): boolean {
    if (this.is("degree", undefined, 1)) {
      this.at += 2;
      return true;
    }
    if (this.is("open", undefined, 1) && this.is("degree", undefined, 2) && this.is("close", undefined, 3)) {
      this.at += 4;
      return true;
    }
    return false;
  }

  private operator(left: Node, token: Token, power: number): Node | null | undefined {
    const binding = OPERATORS.get(token.text);
    if (binding === undefined || binding <= power) return undefined;
    this.at++;
    const right = this.expression(token.text === "^" ? POWER - 1 : binding);
    if (right === null) return null;
    return { type: "binary", op: token.text as BinaryOperator, left, right };
  }

  private wordOperator(left: Node, word: string, power: number): Node | null | undefined {
    if (power >= PRODUCT) return undefined;
    if (word === "of" && (left.type === "percent" || isPart(left))) {
      this.at++;
      return this.product(left);
    }
    if (word === "percent") return this.postfix({ type: "percent", of: left });
    const operator = WORD_OPERATORS.get(word);
    if (operator === undefined) return undefined;
    if (operator.op !== "*" && operator.op !== "/" && power >= SUM) return undefined;
    if (operator.follow !== undefined && this.peek(1)?.text.toLowerCase() !== operator.follow)
      return undefined;
    this.at += operator.follow === undefined ? 1 : 2;
    const right = this.expression(operator.op === "*" || operator.op === "/" ? PRODUCT : SUM);
    return right === null ? null : { type: "binary", op: operator.op, left, right };
  }

  private product(left: Node): Node | null {
    const right = this.expression(PRODUCT);
    return right === null ? null : { type: "binary", op: "*", left, right };
  }

  /** Juxtaposition: a product, or a mixed number. */
  private implicit(left: Node, token: Token, power: number): Node | null | undefined {
    const binding = this.tight ? TIGHT : PRODUCT;
    if (binding <= power || !this.juxtaposed(token)) return undefined;
    if (left.type === "number" && isInteger(left.value)) {
      const mixed = this.mixed(left, token);
      if (mixed !== null) return mixed;
    }
    const factorials = left.type === "call" && left.name === "factorial" && token.math;
    if (token.kind === "number" && !factorials) return undefined;
    const right = this.expression(binding);
    return right === null ? null : { type: "binary", op: "*", left, right };
  }

  private juxtaposed(token: Token): boolean {
    if (token.kind === "open") return token.math || !token.spaced;
    if (token.kind === "variable") return token.math || !token.spaced;
    if (token.kind === "command") return true;
    return token.kind === "number" && (token.places ?? 0) === 0;
  }

  /** `2 1/4`, `2½`, `2\frac14`: a whole number and a proper fraction behind it. */
  private mixed(whole: Node, token: Token): Node | null {
    const before = this.at;
    if (token.kind === "number" && token.value !== undefined) {
      if (!isInteger(token.value)) {
        this.at++;
        return { type: "mixed", whole, part: numberNode(token, token.value) };
      }
      const slash = this.peek(1);
      const below = this.peek(2);
      if (slash?.text !== "/" || slash.spaced || below?.kind !== "number" || below.spaced) return null;
      if (below.value === undefined || !token.spaced || token.value.n >= below.value.n) return null;
      this.at += 3;
      const part: Node = {
        type: "binary",
        op: "/",
        left: numberNode(token, token.value),
        right: numberNode(below, below.value),
      };
      return { type: "mixed", whole, part };
    }
    if (token.kind === "command" && token.text === "frac") {
      const part = this.prefix();
      if (
        part?.type === "binary" &&
        part.left.type === "number" &&
        part.right.type === "number" &&
        part.left.value.n < part.right.value.n
      ) {
        return { type: "mixed", whole, part };
      }
      this.at = before;
    }
    return null;
  }

  private prefix(): Node | null {
    const token = this.peek();
    if (token === undefined) return null;
    switch (token.kind) {
      case "number":
        this.at++;
        if (token.value === undefined) return null;
        if (this.is("subscript")) return this.inBase(token);
        return numberNode(token, token.value);
      case "currency": {
        this.at++;
        if (!startsOperand(this.peek())) return null;
        const value = this.is("open") || this.is("command") ? this.prefix() : this.expression(POSTFIX - 1);
        return value && { type: "quantity", of: value, unit: "$" };
      }
      case "operator": {
        if (token.text !== "-" && token.text !== "+") return null;
        this.at++;
        const of = this.expression(PRODUCT - 1);
        return of === null || token.text === "+" ? of : { type: "negate", of };
      }
      case "open":
        return this.bracket(token.text);
      case "bar":
        return this.bars();
      case "variable":
        return this.variable(token);
      case "command":
        return this.command(token.text);
      case "word":
        return this.word();
      default:
        return null;
    }
  }

  private bracket(text: string): Node | null {
    this.at++;
    const inner = this.expression(0);
    if (inner === null || !this.is("close")) return null;
    this.at++;
    if (text === "floor" || text === "ceil") return { type: "call", name: text, args: [inner] };
    return inner;
  }

  private bars(): Node | null {
    this.at++;
    const inner = this.expression(0);
    if (inner === null || !this.is("bar")) return null;
    this.at++;
    return { type: "call", name: "abs", args: [inner] };
  }

  /** `1222_3` or `1222_{3}`: a numeral in another base. */
  private inBase(token: Token): Node | null {
    const wrapped = this.is("open", undefined, 1);
    const base = Number(this.peek(wrapped ? 2 : 1)?.text ?? "");
    if (!Number.isInteger(base) || base < 2 || base > 10 || (wrapped && !this.is("close", undefined, 3)))
      return null;
    this.at += wrapped ? 4 : 2;
    let value = 0n;
    for (const digit of token.text) {
      if (!(Number(digit) < base)) return null;
      value = value * BigInt(base) + BigInt(digit);
    }
    return { type: "number", value: { n: value, d: 1n }, places: 0, start: token.start, end: token.end };
  }

  private variable(token: Token): Node | null {
    this.at++;
    let name = token.text;
    if (this.is("subscript")) {
      const wrapped = this.is("open", undefined, 1);
      let index = this.at + (wrapped ? 2 : 1);
      const limit = Math.min(this.to, index + (wrapped ? 12 : 1));
      let inner = "";
      while (index < limit && this.tokens[index]?.kind !== "close") inner += this.tokens[index++]?.text ?? "";
      if (inner === "") return null;
      name += `_${inner}`;
      this.at = wrapped ? index + 1 : index;
    }
    const open = this.peek();
    const called = open?.kind === "open" && open.text === "(" && !open.spaced;
    if (called && (FUNCTION_LETTERS.has(token.text) || name !== token.text)) return this.application(name);
    return { type: "variable", name };
  }

  /** `f(2)`: a symbol of its own, whatever f is. */
  private application(name: string): Node | null {
    let index = this.at;
    let depth = 0;
    let text = "";
    for (; index < this.to && index < this.at + 40; index++) {
      const token = this.tokens[index];
      if (token === undefined || token.kind === "break" || token.kind === "relation") return null;
      if (token.kind === "open") depth++;
      if (token.kind === "close") depth--;
      text += token.text;
      if (depth === 0) {
        this.at = index + 1;
        return { type: "variable", name: name + text };
      }
    }
    return null;
  }

  private command(name: string): Node | null {
    this.at++;
    if (name === "boxed") return this.argument();
    if (name === "frac" || name === "binom") {
      const above = this.argument();
      const below = above && this.argument();
      if (below === null) return null;
      if (name === "frac") return { type: "binary", op: "/", left: above, right: below } as Node;
      return { type: "call", name: "binom", args: [above, below] } as Node;
    }
    if (name === "sqrt") return this.root();
    return FUNCTIONS.has(name) ? this.call(name as FunctionName) : null;
  }

  /** A LaTeX argument: `{...}`, or the next token alone (`\frac12` has two arguments of one digit). */
  private argument(): Node | null {
    const token = this.peek();
    if (token === undefined) return null;
    if (token.kind === "open") return this.bracket("(");
    if (token.kind === "number" && token.text.length === 2 && this.digitsSplit(token)) {
      const value = fromDecimal(token.text[0] ?? "");
      const rest = fromDecimal(token.text[1] ?? "");
      if (value === null || rest === null) return null;
      this.pending = { ...token, text: token.text[1] ?? "", value: rest, start: token.start + 1 };
      return numberNode({ ...token, end: token.start + 1 }, value);
    }
    if (this.pending !== null) {
      const pending = this.pending;
      this.pending = null;
      this.at++;
      return pending.value === undefined ? null : numberNode(pending, pending.value);
    }
    return token.kind === "number" || token.kind === "variable" || token.kind === "command"
      ? this.prefix()
      : null;
  }

  /** The second digit of a `\frac12` whose first argument has been read. */
  private pending: Token | null = null;

  private digitsSplit(token: Token): boolean {
    return this.pending === null && this.tokens[this.at - 1]?.text === "frac" && !token.text.includes(".");
  }

  private root(): Node | null {
    let degree: Node | null = null;
    if (this.is("open", "[")) degree = this.bracket("[");
    const spacedBracket = this.is("open", "(");
    const of = spacedBracket ? this.bracket("(") : this.argument();
    if (of === null) return null;
    return degree === null
      ? { type: "call", name: "sqrt", args: [of] }
      : { type: "call", name: "root", args: [degree, of] };
  }

  private call(name: FunctionName): Node | null {
    let base: Node | null = null;
    let exponent: Node | null = null;
    if (this.is("subscript")) {
      this.at++;
      base = this.argument();
      if (base === null) return null;
    }
    if (this.is("operator", "^")) {
      this.at++;
      exponent = this.argument();
      // sin^{-1} is an inverse, not a power: left unread.
      if (exponent === null || exponent.type === "negate") return null;
    }
    const args = this.arguments(name);
    if (args === null) return null;
    const node: Node = { type: "call", name, args: base === null ? args : [base, ...args] };
    return exponent === null ? node : { type: "binary", op: "^", left: node, right: exponent };
  }

  private arguments(name: string): Node[] | null {
    if (!this.is("open")) {
      const of = this.expression(PRODUCT);
      return of === null ? null : [of];
    }
    const several = name === "gcd" || name === "lcm" || name === "max" || name === "min";
    this.at++;
    const args: Node[] = [];
    do {
      const node = this.expression(0);
      if (node === null || args.length > 16) return null;
      args.push(node);
    } while (several && this.is("punctuation", ",") && ++this.at > 0);
    if (!this.is("close")) return null;
    this.at++;
    return args;
  }

  private word(): Node | null {
    const words: string[] = [];
    for (let k = 0; k < 8 && this.is("word", undefined, k); k++) words.push(this.peek(k)?.text ?? "");
    const first = (words[0] ?? "").toLowerCase();
    const article = first === "a" || first === "an" ? 1 : 0;
    const spelled = numberWords(words, article);
    const start = this.peek()?.start ?? 0;
    if (spelled !== null && (article === 0 || isPartValue(spelled.value.d))) {
      this.at += article + spelled.length;
      const end = this.tokens[this.at - 1]?.end ?? start;
      return { type: "number", value: spelled.value, places: 0, start, end };
    }
    const factor = MULTIPLIERS.get(first);
    if (
      factor === undefined ||
      (first !== "twice" && first !== "double" && first !== "triple" && first !== "thrice")
    ) {
      return null;
    }
    const token = this.peek();
    this.at++;
    if (token === undefined || !startsOperand(this.peek())) return null;
    const left: Node = { type: "number", value: factor, places: 0, start: token.start, end: token.end };
    return this.product(left);
  }
}
