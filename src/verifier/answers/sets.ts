/** Sets of real numbers: intervals, inequalities, unions, and what is left out of them. */
import { type Node, variablesIn } from "../expression/ast.js";
import { evaluate, toReal, type Value } from "../expression/evaluate.js";
import type { Budget } from "../limits.js";
import { anyOf, splitTop, withoutEnd } from "./normalise.js";
import { CONSTANT_LETTERS, read } from "./values.js";

interface Piece {
  readonly low: number;
  readonly high: number;
  readonly lowClosed: boolean;
  readonly highClosed: boolean;
}

/** A set of reals as intervals, and the variable that an inequality names. */
export interface RealSet {
  readonly pieces: readonly Piece[];
  readonly variable: string | null;
}

const ALL: Piece = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  lowClosed: false,
  highClosed: false,
};
const EMPTY_NAMES =
  /^(?:\\emptyset|\\varnothing|\u2205|\\\{ ?\\\}|\{ ?\}|(?:there (?:is|are) )?no (?:real )?solutions?|empty set|the empty set)$/i;
const ALL_NAMES =
  /^(?:\\mathbb ?\{? ?R ?\}?|\u211d|\\R|(?:all|any|every|the) (?:set of )?(?:all )?(?:real numbers?|reals?))$/i;
/** `x \in`, `x ∈`. */
const MEMBER = /^[a-zA-Z] ?(?:\\in(?![a-zA-Z])|\u2208)/;
/** `\{x \mid`, `\{x :`, `\{x \in \mathbb{R} \mid`. */
const BUILDER =
  /^\\?\{ ?([a-zA-Z]) ?(?:(?:\\in(?![a-zA-Z])|\u2208) ?(?:\\mathbb ?\{ ?R ?\}|\u211d) ?)?(?:\\mid(?![a-zA-Z])|:|\|)([^{}]+)\}$/;
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\\(?:leqslant|leqq|leq|le)(?![a-zA-Z])|<=|\u2264/g, "\u2264"],
  [/\\(?:geqslant|geqq|geq|ge)(?![a-zA-Z])|>=|\u2265/g, "\u2265"],
  [/\\lt(?![a-zA-Z])/g, "<"],
  [/\\gt(?![a-zA-Z])/g, ">"],
  [/\\(?:neq|ne)(?![a-zA-Z])|!=/g, "\u2260"],
];
const INEQUALITY = /([<>\u2264\u2265\u2260])/;
const INFINITE = /^([+-]?) ?\\infty ?$/;
const MAX_PIECES = 64;

/** One spelling for the signs of inequalities. */
export function plainSigns(text: string): string {
  return SIGNS.reduce((out, [pattern, sign]) => out.replace(pattern, sign), text);
}

/** The set that a text names, or null where it names none, or one whose ends are no numbers. */
export function realSet(source: string, budget: Budget): RealSet | null {
  return mayBeSet(source) ? union(plainSigns(source), budget) : null;
}

/** Signs and words of sets and inequalities. */
const SET_SIGNS =
  /[<>\u2264\u2265\u2260\u222a\u2229\u2208\u211d\u2205]|!=|\\(?:l|g|n|c[ua]p|in|mathbb|emptyset|varnothing|setminus|R)|^no |^there |^all |^empty|^the |^any |^every /i;

function mayBeSet(text: string): boolean {
  const open = text[0] ?? "";
  return (
    SET_SIGNS.test(text) ||
    (("([]".includes(open) || text === "{}" || text.startsWith("\\{")) && /[)\][}]$/.test(text))
  );
}

const cup = anyOf("\\cup", "\u222a", "or");
const cap = anyOf("\\cap", "\u2229", "and");
const without = anyOf("\\setminus", "\\backslash");

function union(text: string, budget: Budget): RealSet | null {
  return join(splitTop(text, cup), budget, intersection, (a, b) => [...a, ...b]);
}

function intersection(text: string, budget: Budget): RealSet | null {
  return join(splitTop(text, cap), budget, difference, (a, b) =>
    a.flatMap((p) => b.flatMap((q) => meet(p, q))),
  );
}

function difference(text: string, budget: Budget): RealSet | null {
  return join(splitTop(text, without), budget, atom, (a, b) =>
    a.flatMap((p) => b.reduce((left, q) => left.flatMap((r) => cut(r, q)), [p])),
  );
}

type Reader = (text: string, budget: Budget) => RealSet | null;

function join(
  parts: readonly string[],
  budget: Budget,
  each: Reader,
  combine: (a: readonly Piece[], b: readonly Piece[]) => readonly Piece[],
): RealSet | null {
  let out: RealSet | null = null;
  for (const part of parts.slice(0, MAX_PIECES)) {
    if (!budget.spend(part.length)) return null;
    const set = each(part, budget);
    if (set === null) return null;
    if (out?.variable && set.variable && out.variable !== set.variable) return null;
    out =
      out === null
        ? set
        : {
            pieces: combine(out.pieces, set.pieces).slice(0, MAX_PIECES),
            variable: out.variable ?? set.variable,
          };
  }
  return out;
}

function atom(source: string, budget: Budget): RealSet | null {
  const member = MEMBER.exec(source);
  const text = member === null ? source : source.slice(member[0].length).trim();
  const variable = member === null ? null : (source[0] ?? null);
  if (EMPTY_NAMES.test(text)) return { pieces: [], variable };
  if (ALL_NAMES.test(text)) return { pieces: [ALL], variable };
  const built = BUILDER.exec(text);
  if (built?.[2] !== undefined) return union(withoutEnd(built[2], "\\ ").trim(), budget);
  const piece = interval(text, budget);
  if (piece !== null) return { pieces: [piece], variable };
  const points = /^\\\{([^{}]+)\\\}$/.exec(text)?.[1];
  if (points !== undefined) return finite(points, variable, budget);
  return member === null ? inequality(text, budget) : null;
}

/** `(1, 3]`, `]1, 3]`, ends in order. */
function interval(text: string, budget: Budget): Piece | null {
  const [open, close] = [text[0] ?? "", text.at(-1) ?? ""];
  if (!"([]".includes(open) || !")][".includes(close) || text.length < 3) return null;
  const ends = splitTop(text.slice(1, -1), (t, i) => (t[i] === "," || t[i] === ";" ? 1 : 0));
  if (ends.length !== 2) return null;
  const low = bound(ends[0] ?? "", budget);
  const high = bound(ends[1] ?? "", budget);
  if (low === null || high === null || low >= high) return null;
  return { low, high, lowClosed: open === "[", highClosed: close === "]" };
}

function bound(text: string, budget: Budget): number | null {
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const node = read(text);
  const value = node && evaluate(node, { budget, variables: CONSTANT_LETTERS });
  return value && toReal(value);
}

const point = (x: number): Piece => ({ low: x, high: x, lowClosed: true, highClosed: true });

/** The points of `\{1, 2\}`; a set alone is a list, so this serves unions and differences. */
function finite(text: string, variable: string | null, budget: Budget): RealSet | null {
  const pieces: Piece[] = [];
  for (const part of splitTop(text, (t, i) => (t[i] === "," ? 1 : 0)).slice(0, MAX_PIECES)) {
    const x = bound(part, budget);
    if (x === null) return null;
    pieces.push(point(x));
  }
  return { pieces, variable };
}

/** `x > 3`, `-2 <= x < 7`, `2x > 6`, `|x - 1| < 2`: inequalities that are linear in one variable. */
function inequality(text: string, budget: Budget): RealSet | null {
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

function meet(p: Piece, q: Piece): Piece[] {
  const low = Math.max(p.low, q.low);
  const high = Math.min(p.high, q.high);
  const lowClosed = (p.low < low || p.lowClosed) && (q.low < low || q.lowClosed);
  const highClosed = (p.high > high || p.highClosed) && (q.high > high || q.highClosed);
  return low < high || (low === high && lowClosed && highClosed)
    ? [{ low, high, lowClosed, highClosed }]
    : [];
}

/** What is left of p without q. */
function cut(p: Piece, q: Piece): Piece[] {
  return [
    ...meet(p, { ...ALL, high: q.low, highClosed: !q.lowClosed }),
    ...meet(p, { ...ALL, low: q.high, lowClosed: !q.highClosed }),
  ];
}

const near = (x: number, y: number): boolean =>
  x === y ||
  (Number.isFinite(x) &&
    Number.isFinite(y) &&
    Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x), Math.abs(y)));

/** Pieces in order, those that touch made one. */
function merged(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of [...pieces].sort(
    (a, b) => a.low - b.low || Number(b.lowClosed) - Number(a.lowClosed),
  )) {
    const last = out.at(-1);
    const touches =
      last !== undefined &&
      (piece.low < last.high || (near(piece.low, last.high) && (piece.lowClosed || last.highClosed)));
    if (last === undefined || !touches) out.push(piece);
    else if (piece.high > last.high || (piece.high === last.high && piece.highClosed))
      out[out.length - 1] = { ...last, high: piece.high, highClosed: piece.highClosed };
  }
  return out;
}

/** Whether two sets hold the same numbers; a variable that both name must be the same one. */
export function sameRealSet(a: RealSet, b: RealSet): boolean {
  if (a.variable !== null && b.variable !== null && a.variable !== b.variable) return false;
  const x = merged(a.pieces);
  const y = merged(b.pieces);
  return (
    x.length === y.length &&
    x.every((p, i) => {
      const q = y[i];
      if (q === undefined) return false;
      return (
        near(p.low, q.low) &&
        near(p.high, q.high) &&
        p.lowClosed === q.lowClosed &&
        p.highClosed === q.highClosed
      );
    })
  );
}
