/** Finds the formulas of a text. Pure. */

export interface MathPart {
  readonly start: number;
  readonly end: number;
  /** The formula without its marks; null for plain text. */
  readonly maths: string | null;
  readonly display: boolean;
}

/** A longer formula is no formula, and would take long to draw. */
const MAX_LENGTH = 500;
/** More of them than these are left as they are written. */
const MAX_FORMULAS = 200;

/**
 * `\( \)`, `\[ \]`, `$$ $$`, `\boxed{}`; and `$ $` only around what is LaTeX for sure, for `$` is also money.
 */
const FORMULA =
  /\\\((.{1,500}?)\\\)|\\\[([\s\S]{1,500}?)\\\]|\$\$([^$]{1,500})\$\$|\$([^$\n]{0,250}?[\\^_{][^$\n]{0,250}?)\$|(\\boxed\{[^{}\n]{0,200}(?:\{[^{}\n]{0,100}\}[^{}\n]{0,100}){0,8}\})/g;

/** The text in parts, in order and without gaps. */
export function mathParts(text: string): MathPart[] {
  const parts: MathPart[] = [];
  let at = 0;
  for (const match of text.matchAll(FORMULA)) {
    const [whole, inline, display, dollars, money, boxed] = match;
    const maths = inline ?? display ?? dollars ?? money ?? boxed ?? "";
    if (maths.length > MAX_LENGTH || parts.length > 2 * MAX_FORMULAS) continue;
    if (match.index > at) parts.push({ start: at, end: match.index, maths: null, display: false });
    at = match.index + whole.length;
    const block = display !== undefined || dollars !== undefined;
    parts.push({ start: match.index, end: at, maths, display: block });
  }
  if (at < text.length) parts.push({ start: at, end: text.length, maths: null, display: false });
  return parts;
}
