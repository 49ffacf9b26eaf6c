/** A place in a text, and the tokens that were read up to it. */
import type { Rational } from "./rational.js";
import type { Token, TokenKind } from "./tokens.js";

export class Scanner {
  readonly tokens: Token[] = [];
  /** Index of the next character. */
  at = 0;
  /** Whether a space or a line break stands before it. */
  spaced = true;
  /** The end of the `$...$` formula being read, or -1. */
  dollarEnd = -1;
  /** 1 inside `\( \)`, `\[ \]` or `$$ $$`, 2 inside an environment, 0 outside. */
  display: 0 | 1 | 2 = 0;

  /**
   * @param offset added to every position
   * @param always the whole text is mathematics
   */
  constructor(
    readonly text: string,
    readonly offset: number,
    private readonly always: boolean,
  ) {}

  get math(): boolean {
    return this.always || this.display > 0 || this.dollarEnd >= 0;
  }

  /** Adds a token of the next `length` characters. */
  push(kind: TokenKind, length: number, text: string, value?: Rational, places?: number): void {
    const start = this.offset + this.at;
    const { spaced, math } = this;
    this.tokens.push({ kind, text, start, end: start + length, spaced, math, value, places });
    this.at += length;
    this.spaced = false;
  }

  /** Goes on at `to` as behind a space. */
  skipTo(to: number): void {
    this.at = to;
    this.spaced = true;
  }
}
