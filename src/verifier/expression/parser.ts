/**
 * A Pratt parser over a slice of tokens: the longest expression that starts at a token. It reads units and nouns behind
 * a value ("3 hours * $35/hour"), words that operate ("half of", "times") and LaTeX. Here is what joins operands; what
 * they are made of is in operands.ts and latex.ts. Where it cannot read it returns
 * null: what cannot be read is left alone.
 */
import { MAX_DEPTH, MAX_SIDE_TOKENS } from "../limits.js";
import type { BinaryOperator, Node } from "./ast.js";
import {
  isPart,
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
import { operand } from "./operands.js";
import { integer, isInteger, type Rational } from "./rational.js";
import { Reader } from "./reader.js";
import { readUnit } from "./unitwords.js";

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

const POWER_WORDS: ReadonlyMap<string, Rational> = new Map([
  ["squared", integer(2)],
  ["cubed", integer(3)],
]);

class Parser extends Reader {
  private depth = 0;

  constructor(
    tokens: readonly Token[],
    to: number,
    private readonly tight: boolean,
  ) {
    super(tokens, to);
  }

  run(from: number): Parsed | null {
    this.at = from;
    const node = this.expression(0);
    return node === null ? null : { node, next: this.at };
  }

  operand(): Node | null {
    return operand(this);
  }

  expression(power: number): Node | null {
    if (++this.depth > MAX_DEPTH) return null;
    let left = this.operand();
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
    const raised = token.kind === "word" ? POWER_WORDS.get(token.text) : undefined;
    if (raised !== undefined)
      return this.postfix({ type: "binary", op: "^", left, right: numberNode(token, raised) });
    if (token.kind === "word" && token.text === "choose") return this.choose(left);
    const named = token.kind === "word" || token.kind === "open" || token.text === "/";
    const unit = named && power <= PRODUCT + 1 ? readUnit(this.tokens, this.at, this.to) : null;
    if (unit !== null) {
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
    const part = this.tight && token.text === "/" ? this.part() : null;
    const right = part ?? this.expression(token.text === "^" ? POWER - 1 : binding);
    if (right === null) return null;
    if (token.text === "choose") return { type: "call", name: "binom", args: [left, right] };
    const op = token.text === "over" ? "/" : (token.text as BinaryOperator);
    return { type: "binary", op, left, right };
  }

  /** The fraction in `25 / 1/3`, told by its spacing. */
  private part(): Node | null {
    const [above, slash, below] = [this.peek(), this.peek(1), this.peek(2)];
    if (above?.kind !== "number" || !above.spaced || slash?.text !== "/" || slash.spaced) return null;
    if (below?.kind !== "number" || below.spaced || !above.value || !below.value) return null;
    this.at += 3;
    return this.fraction(above, above.value, below, below.value);
  }

  private fraction(above: Token, top: Rational, below: Token, bottom: Rational): Node {
    return { type: "binary", op: "/", left: numberNode(above, top), right: numberNode(below, bottom) };
  }

  private wordOperator(left: Node, word: string, power: number): Node | null | undefined {
    if (power >= PRODUCT) return undefined;
    if (word === "of" && (left.type === "percent" || isPart(left))) {
      this.at++;
      return this.product(left);
    }
    if (word === "off" && left.type === "percent") return this.reduced(left);
    if (word === "percent") return this.postfix({ type: "percent", of: left });
    if (word === "and") return this.andPart(left);
    if (this.is("word", "than", 1)) return this.comparison(left, word);
    const operator = WORD_OPERATORS.get(word);
    if (operator === undefined) return undefined;
    if (operator.op !== "*" && operator.op !== "/" && power >= SUM) return undefined;
    if (operator.follow !== undefined && this.peek(1)?.text.toLowerCase() !== operator.follow)
      return undefined;
    this.at += operator.follow === undefined ? 1 : 2;
    const right = this.expression(operator.op === "*" || operator.op === "/" ? PRODUCT : SUM);
    return right === null ? null : { type: "binary", op: operator.op, left, right };
  }

  /** "two and a half": a whole number and the part behind it. */
  private andPart(whole: Node): Node | undefined {
    if (whole.type !== "number" || !isInteger(whole.value)) return undefined;
    const before = this.at++;
    const part = this.expression(PRODUCT - 1);
    const proper = part !== null && isPart(part) && !this.is("word", "of");
    if (proper) return { type: "mixed", whole, part };
    this.at = before;
    return undefined;
  }

  /** "20% off $50": what is left of it. */
  private reduced(percent: Node): Node | null {
    const word = this.tokens[this.at++];
    const right = this.expression(PRODUCT);
    if (right === null || word === undefined) return null;
    const kept: Node = { type: "binary", op: "-", left: numberNode(word, integer(1)), right: percent };
    return { type: "binary", op: "*", left: right, right: kept };
  }

  /** "5 choose 2". */
  private choose(left: Node): Node | null {
    this.at++;
    const right = this.operand();
    return right && { type: "call", name: "binom", args: [left, right] };
  }

  /** "5 more than 12", "4 less than 10", "4 fewer than 10". */
  private comparison(left: Node, word: string): Node | null | undefined {
    const more = word === "more" || word === "greater";
    if (!more && word !== "less" && word !== "fewer") return undefined;
    this.at += 2;
    const right = this.expression(SUM);
    if (right === null) return null;
    return more
      ? { type: "binary", op: "+", left, right }
      : { type: "binary", op: "-", left: right, right: left };
  }

  private product(left: Node): Node | null {
    const right = this.expression(PRODUCT);
    return right === null ? null : { type: "binary", op: "*", left, right };
  }

  /** Juxtaposition: a product, or a mixed number. */
  private implicit(left: Node, token: Token, power: number): Node | null | undefined {
    if (!this.juxtaposed(token)) return undefined;
    // A mixed number is one number, whatever stands before it: 14 * 1 1/2.
    if (left.type === "number" && isInteger(left.value) && power < POSTFIX) {
      const mixed = this.mixed(left, token);
      if (mixed !== null) return mixed;
    }
    const binding = this.tight ? TIGHT : PRODUCT;
    if (binding <= power) return undefined;
    // `3! 2!`, `\binom{5}{k} 2^k`: behind a function a number is a factor, behind another number a slip.
    if (token.kind === "number" && !(left.type === "call" && token.math)) return undefined;
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
      return { type: "mixed", whole, part: this.fraction(token, token.value, below, below.value) };
    }
    if (token.kind === "command" && token.text === "frac") {
      const part = this.operand();
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
}
