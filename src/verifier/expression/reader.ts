/** A place in a slice of tokens, and what every part of the parser may ask of the others. */
import type { Node } from "./ast.js";
import type { Token } from "./tokens.js";

export abstract class Reader {
  /** Index of the next token. */
  at = 0;

  constructor(
    readonly tokens: readonly Token[],
    /** Index of the first token that is not to be read. */
    readonly to: number,
    /** `1/2x` as 1/(2x) instead of (1/2)x. */
    readonly tight: boolean,
  ) {}

  /** The longest expression from here on whose operators bind tighter than `power`, or null. */
  abstract expression(power: number): Node | null;

  /** What stands before any operator: a number, a bracket, a function with its arguments; or null. */
  abstract operand(): Node | null;

  peek(ahead = 0): Token | undefined {
    const index = this.at + ahead;
    return index < this.to ? this.tokens[index] : undefined;
  }

  is(kind: Token["kind"], text?: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && token.kind === kind && (text === undefined || token.text === text);
  }

  /** The expression inside the bracket that opens here: `(`, `[`, `{`, or `floor` and `ceil`. */
  bracket(text: string): Node | null {
    this.at++;
    const inner = this.expression(0);
    if (inner === null || !this.is("close")) return null;
    this.at++;
    return text === "floor" || text === "ceil" ? { type: "call", name: text, args: [inner] } : inner;
  }
}
