/**
 * A Pratt parser over a slice of tokens: the longest expression that starts at a token. It reads units and nouns behind
 * a value ("3 hours * $35/hour"), words that operate ("half of", "times") and LaTeX. Here are the signs that join
 * operands; words that do are in wordoperators.ts, operands side by side in juxtaposition.ts, and what operands are made
 * of in operands.ts and latex.ts. Where it cannot read it returns null: what cannot be read is left alone.
 */
import { MAX_DEPTH, MAX_SIDE_TOKENS } from "../limits.js";
import type { Node } from "./ast.js";
import { fractionNode, numberNode, OPERATORS, POWER, PRODUCT } from "./grammar.js";
import { juxtaposition } from "./juxtaposition.js";
import { operand } from "./operands.js";
import { integer, type Rational } from "./rational.js";
import { Reader } from "./reader.js";
import type { Token } from "./tokens.js";
import { readUnit } from "./unitwords.js";
import { wordOperator } from "./wordoperators.js";

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
      return this.postfix({ type: "call", name: "factorial", args: [left] });
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
    if (token.kind === "word") return wordOperator(this, left, token.text.toLowerCase(), power);
    return juxtaposition(this, left, token, power);
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
    const operator = OPERATORS.get(token.text);
    if (operator === undefined || operator.binding <= power) return undefined;
    this.at++;
    const part = this.tight && token.text === "/" ? this.part() : null;
    // A power of a power is read from the right.
    const right = part ?? this.expression(token.text === "^" ? POWER - 1 : operator.binding);
    return right && operator.join(left, right);
  }

  /** The fraction in `25 / 1/3`, told by its spacing. */
  private part(): Node | null {
    const [above, slash, below] = [this.peek(), this.peek(1), this.peek(2)];
    if (!above?.spaced || slash?.text !== "/" || slash.spaced || below === undefined || below.spaced)
      return null;
    const part = fractionNode(above, below);
    if (part !== null) this.at += 3;
    return part;
  }

  /** "5 choose 2". */
  private choose(left: Node): Node | null {
    this.at++;
    const right = this.operand();
    return right && { type: "call", name: "binom", args: [left, right] };
  }
}
