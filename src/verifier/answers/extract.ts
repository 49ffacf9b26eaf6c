/** Where a text states its final answer. */

import { evaluate, isExact } from "../expression/evaluate.js";
import { lex } from "../expression/lexer.js";
import { parse } from "../expression/parser.js";
import type { Rational } from "../expression/rational.js";
import { Budget, MAX_TEXT } from "../limits.js";
import { blank, withoutEnd } from "./normalise.js";

type AnswerForm = "boxed" | "marked" | "stated" | "last number";

/** An answer as it stands in a text. */
export interface StatedAnswer {
  /** The answer as written, trimmed. */
  readonly text: string;
  /** Character span [start, end) in the text. */
  readonly start: number;
  readonly end: number;
  readonly form: AnswerForm;
}

export interface ExtractedAnswer extends StatedAnswer {
  /** Its exact value, where it is a number. */
  readonly value?: Rational;
}

/** Phrases behind which an answer stands, strongest first; spaces, stars and colons behind them are skipped. */
const MARKERS: readonly RegExp[] = [
  /####/g,
  /\banswer(?: is|:| =)(?: ?\*\*)?(?: therefore)?/gi,
  /(?:^|\n)A:/g,
];
/** An answer of more characters than this is a paragraph, not an answer. */
const MAX_STATED = 400;

/**
 * The final answer of a text: the last `\boxed{}` (several boxes in the last sentence are joined), `#### X`, "The answer
 * is: X", or the last number of the last line that has one. Null where there is none.
 */
export function extract(source: string): ExtractedAnswer | null {
  const { text, shift } = searched(source);
  const found = announced(text) ?? lastNumber(text);
  if (found === null) return null;
  const value = numericValue(found.text);
  return {
    ...found,
    start: found.start + shift,
    end: found.end + shift,
    ...(value === null ? {} : { value }),
  };
}

/** The end of a text, where its answer is looked for, and how far from the text's start that begins. */
export function searched(source: string): { text: string; shift: number } {
  const end = source.trimEnd().length;
  const shift = Math.max(end - source.trim().length, end - MAX_TEXT);
  return { text: source.slice(shift, end), shift };
}

/** The answer that a text announces as one: in a box or behind a marker. A box of layout alone announces nothing. */
export function announced(text: string): StatedAnswer | null {
  const box = boxed(text);
  const mark = marked(text);
  return latest(box && !blank(box.text) ? box : null, mark && !blank(mark.text) ? mark : null);
}

/** Of a boxed and a marked answer the one that comes last. */
function latest(box: StatedAnswer | null, mark: StatedAnswer | null): StatedAnswer | null {
  if (box === null || mark === null) return box ?? mark;
  // "\boxed{44} ... so our answer is correct" gives no other answer.
  const comment = /\d/.test(box.text) && !/\d/.test(mark.text);
  return mark.start > box.end && !comment ? mark : box;
}

/** Content span of each box, in order; unbalanced boxes are left out. */
export function boxes(text: string): { start: number; end: number; from: number; to: number }[] {
  const out: { start: number; end: number; from: number; to: number }[] = [];
  const pattern = /\\{1,2}(?:boxed|fbox)\s{0,3}\{/g;
  for (let match = pattern.exec(text); match !== null && out.length < 64; match = pattern.exec(text)) {
    const start = match.index + match[0].length;
    const closed = closing(text, start);
    const end = closed >= 0 ? closed : lineEnd(text, start);
    const to = closed >= 0 ? end + 1 : end;
    out.push({ start, end, from: match.index, to });
    pattern.lastIndex = to;
  }
  return out;
}

/** A box that is never closed ends with its line. */
function lineEnd(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  return Math.min(newline < 0 ? text.length : newline, from + MAX_STATED);
}

function closing(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length && i < from + 4 * MAX_STATED; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === "{") depth++;
    else if (c === "}" && --depth === 0) return i;
  }
  return -1;
}

/** What may stand between boxes of one answer: "\boxed{1} and \boxed{2}". */
const JOIN = /^(?:[\s,;$.]|\\quad|\\text|\\\)|\\\(|[{}]|and|or){0,24}$/;

function joins(between: string): boolean {
  if (between.length <= 24 && !/[\w=$\\\n]/.test(between)) return true;
  // "\boxed{1} papers and \boxed{2} bins": one noun may stand behind a box.
  const plain = between.slice(0, 60).replace(/^ ?[a-z]{4,14}(?= and )/, "");
  return between.length <= 60 && JOIN.test(plain) && plain.split(/and|or/).length <= 2;
}

function boxed(text: string): StatedAnswer | null {
  const all = boxes(text);
  const last = all.at(-1);
  if (last === undefined) return null;
  let first = all.length - 1;
  while (first > 0 && joins(text.slice(all[first - 1]?.to ?? 0, all[first]?.from ?? 0))) first--;
  const group = all.slice(first);
  const parts = [...new Set(group.map((box) => text.slice(box.start, box.end).trim()))];
  const start = group[0]?.start ?? last.start;
  const percent = /^\s{0,2}\$?\s{0,2}(?:\\?%|pct\b|percent\b)/.test(text.slice(last.to, last.to + 16))
    ? "%"
    : "";
  return { text: parts.join(", ") + percent, start, end: last.end, form: "boxed" };
}

function marked(text: string): StatedAnswer | null {
  for (const marker of MARKERS) {
    let behind = -1;
    marker.lastIndex = 0;
    while (marker.test(text)) behind = marker.lastIndex;
    if (behind < 0) continue;
    const line = lineFrom(text, behind);
    if (line.text === "") continue;
    // A whole sentence behind the marker: its last number.
    const prose = line.text.replace(/\\[a-zA-Z]+/g, " ").match(/\b[a-zA-Z]{2,}/g) ?? [];
    const number = prose.length > 4 ? lastNumber(line.text) : null;
    if (number !== null && !/^\(?[A-H]\b/.test(line.text)) {
      return { ...number, start: line.start + number.start, end: line.start + number.end, form: "marked" };
    }
    return { ...line, end: line.start + line.text.length, form: "marked" };
  }
  return null;
}

function lineFrom(text: string, from: number): { text: string; start: number } {
  let start = from;
  while (start < text.length && /[\s*:]/.test(text[start] ?? "")) start++;
  const newline = text.indexOf("\n", start);
  const display = text.startsWith("\\[", start) || text.startsWith("$$", start);
  const close = display ? text.slice(start + 2, start + MAX_STATED).search(/\\\]|\$\$/) : -1;
  let line =
    close >= 0
      ? text.slice(start, start + 2 + close + 2)
      : text.slice(start, newline < 0 ? text.length : newline);
  line = line.slice(0, MAX_STATED);
  const stop = /\. [A-Z]/.exec(line);
  if (stop !== null) line = line.slice(0, stop.index);
  return { text: withoutEnd(line, " \t\r\n\u00a0.*"), start };
}

/** The last number of the text, with what belongs to it: `$18`, `3/4`, `-5%`. */
export function lastNumber(text: string): StatedAnswer | null {
  const lines = text.trimEnd().slice(-4 * MAX_STATED);
  const base = text.trimEnd().length - lines.length;
  const tokens = lex(lines, { offset: base });
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i];
    if (token?.kind !== "number" || !/[\d.]/.test(text[token.start] ?? "")) continue;
    let from = i;
    const before = () => tokens[from - 1];
    while (before()?.text === "/" && tokens[from - 2]?.kind === "number") from -= 2;
    if (before()?.kind === "currency") from--;
    const sign = before();
    if (sign?.text === "-" && sign.end === tokens[from]?.start && tokens[from - 2]?.kind !== "number") from--;
    const last = tokens[i + 1]?.kind === "percent" ? tokens[i + 1] : token;
    const start = tokens[from]?.start ?? token.start;
    const end = last?.end ?? token.end;
    return { text: text.slice(start, end), start, end, form: "last number" };
  }
  return null;
}

/** The exact number that an answer states ("$1,000", "3/4", "18 dollars", `\frac12`), or null. */
export function numericValue(text: string): Rational | null {
  const tokens = lex(text.slice(0, MAX_STATED)).filter((token) => token.kind !== "break");
  let at = 0;
  const relation = tokens.findIndex((token) => token.text === "=");
  if (relation >= 0 && relation + 1 < tokens.length) at = relation + 1;
  while (at < tokens.length && tokens[at]?.kind === "word") at++;
  const parsed = parse(tokens, at);
  if (
    parsed === null ||
    tokens.slice(parsed.next).some((token) => token.kind === "number" || token.kind === "operator")
  )
    return null;
  const value = evaluate(parsed.node, { budget: new Budget(2000), reading: { percentAsNumber: true } });
  return value !== null && isExact(value) ? value : null;
}
