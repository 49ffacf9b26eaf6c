/** Tokens of worked mathematics. */
import type { Rational } from "./rational.js";

export type TokenKind =
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
