/** Sets of real numbers as texts name them: intervals, inequalities, unions, and what is left out of them. */
import { evaluate, toReal } from "../expression/evaluate.js";
import type { Budget } from "../limits.js";
import { INFINITE, inequality, plainSigns } from "./inequalities.js";
import { ALL, cut, meet, type Piece, point, type RealSet } from "./intervals.js";
import { anyOf, splitTop, withoutEnd } from "./normalise.js";
import { CONSTANT_LETTERS, read } from "./values.js";

const EMPTY_NAMES =
  /^(?:\\emptyset|\\varnothing|\u2205|\\\{ ?\\\}|\{ ?\}|(?:there (?:is|are) )?no (?:real )?solutions?|empty set|the empty set)$/i;
const ALL_NAMES =
  /^(?:\\mathbb ?\{? ?R ?\}?|\u211d|\\R|(?:all|any|every|the) (?:set of )?(?:all )?(?:real numbers?|reals?))$/i;
/** `x \in`, `x ∈`. */
const MEMBER = /^[a-zA-Z] ?(?:\\in(?![a-zA-Z])|\u2208)/;
/** `\{x \mid`, `\{x :`, `\{x \in \mathbb{R} \mid`. */
const BUILDER =
  /^\\?\{ ?([a-zA-Z]) ?(?:(?:\\in(?![a-zA-Z])|\u2208) ?(?:\\mathbb ?\{ ?R ?\}|\u211d) ?)?(?:\\mid(?![a-zA-Z])|:|\|)([^{}]+)\}$/;
/** Parts and intervals of one set; a longer one is not read. */
const MAX_PIECES = 64;

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
  if (parts.length > MAX_PIECES) return null;
  let pieces: readonly Piece[] = [];
  let variable: string | null = null;
  for (const [i, part] of parts.entries()) {
    const set = budget.spend(part.length) ? each(part, budget) : null;
    if (set === null || (variable && set.variable && variable !== set.variable)) return null;
    variable ??= set.variable;
    pieces = i === 0 ? set.pieces : combine(pieces, set.pieces);
    if (pieces.length > MAX_PIECES) return null;
  }
  return parts.length === 0 ? null : { pieces, variable };
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

/** The points of `\{1, 2\}`; a set alone is a list, so this serves unions and differences. */
function finite(text: string, variable: string | null, budget: Budget): RealSet | null {
  const parts = splitTop(text, (t, i) => (t[i] === "," ? 1 : 0));
  if (parts.length > MAX_PIECES) return null;
  const pieces: Piece[] = [];
  for (const part of parts) {
    const x = bound(part, budget);
    if (x === null) return null;
    pieces.push(point(x));
  }
  return { pieces, variable };
}
