/** Lists, sets and tuples of answers. */
import { listSeparator, splitTop, squeeze, strip } from "./normalise.js";

export type Same = (a: string, b: string) => boolean;

/** Members of a list that are compared; longer lists are no answers. */
const MAX_ITEMS = 64;

/** What only names a value: `x_1`, `f(x)`, `\\theta`, `\\frac{NO}{BO}`, `A:B`, `(p,q,r)`, words. */
const NAMES: readonly RegExp[] = [
  /^[a-zA-Z]+(?:_\{?\w+\}?)?'?(?:\([a-zA-Z]\))?$/,
  /^\\[a-zA-Z]+$/,
  /^\\frac\{[A-Z]+\}\{[A-Z]+\}$/,
  /^[A-Z]:[A-Z]$/,
  /^\([a-z](?: ?, ?[a-z])+\)$/,
  /^[a-zA-Z ]+$/,
];
/** Names have few characters. */
const MAX_NAME = 40;

export function isName(text: string): boolean {
  const name = text.trim();
  return name.length <= MAX_NAME && NAMES.some((pattern) => pattern.test(name));
}

interface Named {
  readonly name: string;
  readonly value: string;
}

function named(part: string): Named | null {
  const at = part.indexOf("=");
  if (at <= 0 || "<>!".includes(part[at - 1] ?? "") || part.indexOf("=", at + 1) >= 0) return null;
  const name = part.slice(0, at).trim();
  return isName(name) ? { name, value: part.slice(at + 1).trim() } : null;
}

/** `(p,q,r) = (3,2,7)`, `x \in \{1, 2\}`: the value behind the name; the text itself where there is none. */
export function withoutName(text: string): string {
  const member = /^[a-zA-Z] ?(?:\\in(?![a-zA-Z])|\u2208) ?(?=\\?\{)/.exec(text);
  if (member !== null) return text.slice(member[0].length);
  const pair = named(text);
  return pair !== null && /^(?:[([{]|\\[{\\b])/.test(pair.value) ? pair.value : text;
}

export interface List {
  readonly parts: readonly string[];
  /** The variables of `x = 3, y = -7`, where each part gives another one its value. */
  readonly names: readonly string[] | null;
}

/** Parts of a list or set; `±` gives both signs. One part: the text itself. */
export function listOf(text: string): List {
  const set = /^\\?\{([^{}]*)\\?\}$/.exec(text) ?? /^\\\{(.*)\\\}$/.exec(text);
  const inner = (set?.[1] ?? text).replace(/\\$/, "");
  const parts = splitTop(inner, listSeparator);
  if (parts.length > MAX_ITEMS) return { parts: [text], names: null };
  const pairs = parts.map(named);
  const letters = pairs.map((pair) => pair?.name.split("_")[0] ?? "");
  const system = parts.length > 1 && !letters.includes("") && new Set(letters).size === parts.length;
  // `n = 2, 3, 4`: the name belongs to every part.
  const values = parts.length > 1 ? pairs.map((pair, i) => pair?.value ?? parts[i] ?? "") : parts;
  return { parts: values.flatMap(signs), names: system ? letters : null };
}

function signs(part: string): string[] {
  if (!/\\pm(?![a-zA-Z])|\u00b1/.test(part)) return [part];
  return ["+", "-"].map((sign) => part.replace(/\\pm(?![a-zA-Z]) ?|\u00b1 ?/g, sign).replace(/^\+/, ""));
}

/** Whether every member of either list is in the other. */
export function sameMembers(a: readonly string[], b: readonly string[], same: Same): boolean {
  const [left = [], right = []] = [a, b].map((parts) => [...new Set(parts.map(squeeze))].map(strip));
  const met = new Set<number>();
  for (const part of left) {
    const index = right.findIndex((other) => same(part, other));
    if (index < 0) return false;
    met.add(index);
  }
  return right.every((part, i) => met.has(i) || left.some((other) => same(other, part)));
}

export function sameInOrder(a: readonly string[], b: readonly string[], same: Same): boolean {
  return a.length === b.length && a.every((part, i) => same(strip(part), strip(b[i] ?? "")));
}

export interface Bracketed {
  readonly open: string;
  readonly close: string;
  readonly parts: readonly string[];
}

/** `(1, 2)`, `[0, 1)`, `\{1, 2\}`: brackets around at least two parts. */
export function bracketed(text: string): Bracketed | null {
  const open = /^\\?[([{]/.exec(text)?.[0];
  const close = /\\?[)\]}]$/.exec(text)?.[0];
  if (open === undefined || close === undefined || open.length + close.length > text.length) return null;
  if (!closesAtEnd(text)) return null;
  const parts = splitTop(text.slice(open.length, text.length - close.length), listSeparator);
  if (parts.length < 2 || parts.length > MAX_ITEMS) return null;
  return { open: open.replace("\\", ""), close: close.replace("\\", ""), parts };
}

/** Whether the first bracket closes with the last one: not so in `(1,2), (3,4)`. */
function closesAtEnd(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (c === "(" || c === "[" || c === "{") depth++;
    else if ((c === ")" || c === "]" || c === "}") && --depth === 0) return i === text.length - 1;
  }
  return false;
}

export function sameTuple(a: Bracketed, b: Bracketed, same: Same): boolean {
  const curly = a.open === "{" || b.open === "{";
  if (a.parts.length !== b.parts.length) return false;
  if (!curly && (a.open !== b.open || a.close !== b.close)) return false;
  if (a.open === "{" && b.open === "{") return sameMembers(a.parts, b.parts, same);
  return sameInOrder(a.parts, b.parts, same);
}

/** A list against a tuple: `x = 3, y = -7` keeps its order, `3, -7` may be a set. */
export function sameListAndTuple(list: List, tuple: readonly string[], same: Same): boolean {
  if (list.parts.length !== tuple.length) return false;
  return list.names === null ? sameMembers(tuple, list.parts, same) : sameInOrder(list.parts, tuple, same);
}

/** Two lists: by name where both give variables their values, without order where they are sets. */
export function sameList(a: List, b: List, same: Same): boolean {
  if (a.names === null || b.names === null) return sameMembers(a.parts, b.parts, same);
  const values = new Map(b.names.map((name, i) => [name, b.parts[i] ?? ""]));
  return (
    a.names.length === b.names.length &&
    a.names.every((name, i) => {
      const other = values.get(name);
      return other !== undefined && same(strip(a.parts[i] ?? ""), strip(other));
    })
  );
}
