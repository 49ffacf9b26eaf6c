/** Inequalities that are linear in one variable, as the intervals that meet them. */
import { type Node, variablesIn } from "../expression/ast.js";
import { evaluate } from "../expression/evaluate.js";
import { toReal, type Value } from "../expression/value.js";
import type { Budget } from "../limits.js";
import { ALL, cut, meet, type Piece, point, type RealSet } from "./intervals.js";
import { CONSTANT_LETTERS, read } from "./values.js";

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\\(?:leqslant|leqq|leq|le)(?![a-zA-Z])|<=|\u2264/g, "\u2264"],
  [/\\(?:geqslant|geqq|geq|ge)(?![a-zA-Z])|>=|\u2265/g, "\u2265"],
  [/\\lt(?![a-zA-Z])/g, "<"],
  [/\\gt(?![a-zA-Z])/g, ">"],
  [/\\(?:neq|ne)(?![a-zA-Z])|!=/g, "\u2260"],
];
const INEQUALITY = /([<>\u2264\u2265\u2260])/;
/** An infinite end, with its sign. */
export const INFINITE = /^([+-]?) ?\\infty ?$/;

/** One spelling for the signs of inequalities. */
export function plainSigns(text: string): string {
  return SIGNS.reduce((out, [pattern, sign]) => out.replace(pattern, sign), text);
}

/** `x > 3`, `-2 <= x < 7`, `2x > 6`, `|x - 1| < 2`: inequalities that are linear in one variable. */
export function inequality(text: string, budget: Budget): RealSet | null {
  const parts = text.split(INEQUALITY);
  if (parts.length < 3 || parts.length > 5) return null;
  const texts = parts.filter((_, i) => i % 2 === 0).map((side) => side.trim());
  const sides = texts.map(read);
  const signs = parts.filter((_, i) => i % 2 === 1);
  let variable: string | null = null;
  let pieces: readonly Piece[] = [ALL];
  for (let i = 0; i < signs.length; i++) {
    const [left, right, sign] = [sides[i], sides[i + 1], signs[i]];
    // `-\infty < x` says nothing.
    if (INFINITE.test(texts[i] ?? "") || INFINITE.test(texts[i + 1] ?? "")) continue;
    if (!left || !right || sign === undefined) return null;
    const names = [...new Set([...variablesIn(left), ...variablesIn(right)])].filter(
      (name) => name !== "pi" && name !== "e",
    );
    const name = names[0];
    if (names.length !== 1 || name === undefined || (variable !== null && variable !== name)) return null;
    variable = name;
    const solved = solve(left, right, sign, name, budget);
    if (solved === null) return null;
    pieces = pieces.flatMap((p) => solved.flatMap((q) => meet(p, q)));
  }
  return variable === null ? null : { pieces, variable };
}

function solve(left: Node, right: Node, sign: string, name: string, budget: Budget): readonly Piece[] | null {
  const less = sign === "<" || sign === "\u2264";
  const closed = sign === "\u2264" || sign === "\u2265";
  const size = left.type === "call" && left.name === "abs" ? left.args[0] : undefined;
  if (size !== undefined) {
    // |f| < c is -c < f < c; |f| > c its opposite.
    const above = solve(size, right, less ? sign : closed ? "\u2265" : ">", name, budget);
    const below = solve(
      size,
      { type: "negate", of: right },
      less ? (closed ? "\u2265" : ">") : closed ? "\u2264" : "<",
      name,
      budget,
    );
    if (above === null || below === null || sign === "\u2260") return null;
    return less ? above.flatMap((p) => below.flatMap((q) => meet(p, q))) : [...above, ...below];
  }
  const line = linear({ type: "binary", op: "-", left, right }, name, budget);
  if (line === null) return null;
  const root = -line.constant / line.slope;
  if (sign === "\u2260") return cut(ALL, point(root));
  const upward = less === line.slope < 0;
  return upward ? [{ ...ALL, low: root, lowClosed: closed }] : [{ ...ALL, high: root, highClosed: closed }];
}

/** slope x + constant, where the expression is that at three points. */
function linear(node: Node, name: string, budget: Budget): { slope: number; constant: number } | null {
  const at = (x: bigint): number => {
    const variables = new Map<string, Value>(CONSTANT_LETTERS).set(name, { n: x, d: 1n });
    const value = evaluate(node, { budget, variables });
    return (value && toReal(value)) ?? Number.NaN;
  };
  const [zero, one, far] = [at(0n), at(1n), at(7n)];
  const slope = one - zero;
  const straight = Math.abs(zero + 7 * slope - far) <= 1e-9 * Math.max(1, Math.abs(far));
  return straight && Math.abs(slope) > 1e-12 ? { slope, constant: zero } : null;
}
