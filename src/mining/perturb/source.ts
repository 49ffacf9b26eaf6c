/** A worked solution, traced, with the look-ups that every perturbation needs. */
import { evaluate, isExact } from "../../verifier/expression/evaluate.js";
import { lex, type Token } from "../../verifier/expression/lexer.js";
import { parseExactly } from "../../verifier/expression/parser.js";
import type { Rational } from "../../verifier/expression/rational.js";
import { Budget } from "../../verifier/limits.js";
import { buildTrace, type Claim, type Operand, type Trace } from "../../verifier/trace.js";
import { writeLike } from "./numerals.js";

export interface Source {
  readonly question: string;
  readonly solution: string;
  readonly trace: Trace;
  /** Every token of the solution, in order. */
  readonly tokens: readonly Token[];
  /** Every written number, in order. */
  readonly numbers: readonly NumberToken[];
}

export interface NumberToken {
  readonly value: Rational;
  /** Character span in the solution. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export function readSource(question: string, solution: string): Source {
  const trace = buildTrace(question, solution);
  const tokens = trace.steps.flatMap((step) => step.tokens);
  const numbers = trace.steps.flatMap((step) =>
    step.tokens.flatMap(({ kind, value, start, end }) =>
      kind === "number" && value !== undefined ? [{ value, start, end, step: step.index }] : [],
    ),
  );
  return { question, solution, trace, tokens, numbers };
}

/** A span of the text and what is written in its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text of [from, to) after the edits that lie inside it; edits must not overlap. */
export function rewrite(text: string, edits: readonly Edit[], from = 0, to = text.length): string {
  let out = "";
  let at = from;
  const inside = edits.filter((e) => e.start >= from && e.end <= to);
  for (const edit of inside.sort((x, y) => x.start - y.start)) {
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at, to);
}

/** The exact value of an expression written out, or null where it cannot be read or is not a rational number. */
export function computed(expression: string): Rational | null {
  const tokens = lex(expression);
  const node = parseExactly(tokens, 0, tokens.length);
  const value = node && evaluate(node, { budget: new Budget() });
  return value && isExact(value) ? value : null;
}

/** Character span of a claim's expression, the side left of its result. */
export function expressionSpan({ trace }: Source, claim: Claim): { start: number; end: number } | null {
  for (const chain of trace.chains) {
    const side = chain.step === claim.step && chain.sides.find((s) => s.start === claim.start);
    if (side) return { start: side.start, end: side.end };
  }
  return null;
}

export const textOf = ({ solution }: Source, { start, end }: { start: number; end: number }) =>
  solution.slice(start, end);

/** Operands that are written in figures; "half" and "twice" stay as they are. */
export function figures(source: Source, claim: Claim): Operand[] {
  return claim.operands.filter((o) => /^[\d.,]+$/.test(textOf(source, o)));
}

/** The edit that writes a value in the style of the number that stands there; none where it has no such form. */
export function put(source: Source, at: { start: number; end: number }, value: Rational): Edit[] {
  const text = writeLike(value, textOf(source, at));
  return text === null ? [] : [{ start: at.start, end: at.end, text }];
}
