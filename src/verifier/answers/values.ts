/** Answers as expressions: read, evaluated in every reading, compared. */

import { children, type Node, numbersIn, variablesIn } from "../expression/ast.js";
import { canonical } from "../expression/canonical.js";
import { lettersEnd } from "../expression/characters.js";
import { evaluate } from "../expression/evaluate.js";
import { identical } from "../expression/identity.js";
import { lex } from "../expression/lexer.js";
import { parse } from "../expression/parser.js";
import { equal } from "../expression/rational.js";
import type { Reading } from "../expression/scope.js";
import { isExact, near, type Value } from "../expression/value.js";
import type { Budget } from "../limits.js";
import { squeeze } from "./normalise.js";

/** Letters that in an answer are numbers. */
export const CONSTANT_LETTERS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["e", { re: Math.E, im: 0 }],
  ["i", { re: 0, im: 1 }],
]);

/** Variables of an expression that are not constants. */
export function unknowns(node: Node): string[] {
  return variablesIn(node).filter((name) => name !== "pi" && !CONSTANT_LETTERS.has(name));
}

/** The whole text as one expression, as mathematics; null where it is not one. */
export function read(text: string): Node | null {
  return readAs(text, true) ?? (text.includes(",") ? readAs(decimalComma(text), true) : null);
}

function readAs(text: string, math: boolean): Node | null {
  const tokens = lex(text, { math }).filter((token) => token.kind !== "break");
  const parsed = parse(tokens, 0);
  return parsed !== null && parsed.next === tokens.length ? parsed.node : null;
}

/** "1,22" for 1.22. */
function decimalComma(text: string): string {
  return /^-?\d{1,20},\d{1,2}$/.test(text) ? text.replace(",", ".") : text;
}

/** Every way to read a text: as mathematics, and as words ("half of 48"). A word is no product of its letters. */
function readings(text: string): Node[] {
  const wordy = holdsWord(text);
  const math = wordy && !/[-+*/^=_\\(]/.test(text) ? null : read(text);
  const spaced = text.includes(" ") || wordy;
  const prose = spaced && text.length < MAX_PROSE ? readWords(text) : null;
  return [math, prose].filter((node) => node !== null);
}

/** Whether three letters stand together that are neither a command nor a function with its bracket. */
function holdsWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const end = lettersEnd(text, i);
    if (end - i >= 3 && text[i - 1] !== "\\" && !"(_{".includes(text[end] ?? " ")) return true;
    i = end;
  }
  return false;
}

function readWords(text: string): Node | null {
  return readAs(text, false) ?? readAs(text.replace(/^(?:the|an?) (?=[a-z])/i, ""), false);
}

/** Answers in words are short. */
const MAX_PROSE = 120;

/** Whether two texts are expressions of the same value, or identical in their variables. */
export function sameExpression(a: string, b: string, budget: Budget): boolean {
  if (squeeze(a) === squeeze(b)) return true;
  const right = readings(b);
  return right.length > 0 && readings(a).some((x) => right.some((y) => sameNode(x, y, budget)));
}

/** The readings in which an answer may be meant, beside the plain one, and what must stand in it. */
const READINGS: readonly { readonly reading: Reading; readonly applies: (node: Node) => boolean }[] = [
  { reading: { percentAsNumber: true }, applies: isPercentage },
  { reading: { percentOfLeft: true }, applies: (node) => holds(node, (part) => part.type === "percent") },
  { reading: { angles: "radians" }, applies: (node) => holds(node, isInverse) },
  { reading: { angles: "degrees" }, applies: (node) => holds(node, isInverse) },
  { reading: { logBase: 10 }, applies: (node) => holds(node, isPlainLog) },
  { reading: { logBase: Math.E }, applies: (node) => holds(node, isPlainLog) },
];

/** `20%`, `-5%`: a number with the sign behind it, not `20% of 50`. */
function isPercentage(node: Node): boolean {
  if (node.type === "negate" || node.type === "quantity") return isPercentage(node.of);
  return node.type === "percent";
}

function isInverse(node: Node): boolean {
  return node.type === "call" && node.name.startsWith("arc");
}

function isPlainLog(node: Node): boolean {
  return node.type === "call" && node.name === "log" && node.args.length === 1;
}

function holds(node: Node, applies: (node: Node) => boolean): boolean {
  return applies(node) || children(node).some((child) => holds(child, applies));
}

function sameNode(x: Node, y: Node, budget: Budget): boolean {
  if (unknowns(x).length + unknowns(y).length > 0) return sameFormula(x, y, budget);
  const left = valuesOf(x, budget);
  const right = valuesOf(y, budget);
  if (left.length === 0 || right.length === 0) return canonical(x) === canonical(y);
  const places = Math.max(writtenPlaces(x), writtenPlaces(y));
  return left.some((u) => right.some((v) => close(u, v, places)));
}

/** Whether two expressions with variables are identical, in one reading for both. */
function sameFormula(x: Node, y: Node, budget: Budget): boolean {
  const plain = identical(x, y, budget, CONSTANT_LETTERS);
  if (plain !== null) return plain;
  const known = READINGS.filter(({ applies }) => applies(x) || applies(y)).map(({ reading }) =>
    identical(x, y, budget, CONSTANT_LETTERS, reading),
  );
  return known.includes(true) || (!known.includes(false) && canonical(x) === canonical(y));
}

/** The value in each reading that applies. */
function valuesOf(node: Node, budget: Budget): Value[] {
  const readings = [{}, ...READINGS.filter(({ applies }) => applies(node)).map(({ reading }) => reading)];
  return readings
    .map((reading) => evaluate(node, { budget, variables: CONSTANT_LETTERS, reading }))
    .filter((value) => value !== null);
}

/** Decimal places of an answer that is a written number. */
function writtenPlaces(node: Node): number {
  if (node.type !== "number" && node.type !== "negate") return 0;
  return Math.max(0, ...numbersIn(node).map((n) => n.places));
}

/** Decimals from which on a written number may be a rounded value: fewer are taken as exact. */
const ROUNDED_PLACES = 5;

/** Equal exactly, to float precision, or to the last of at least five written decimals. */
function close(a: Value, b: Value, places: number): boolean {
  if (isExact(a) && isExact(b)) {
    if (equal(a, b)) return true;
    if (places < ROUNDED_PLACES) return false;
  }
  return near(a, b, (size) => {
    const tolerance = places >= ROUNDED_PLACES - 1 ? 10 ** -places : 1e-10 * Math.max(size, 1e-3);
    return Math.max(tolerance, 1e-12 * size);
  });
}
