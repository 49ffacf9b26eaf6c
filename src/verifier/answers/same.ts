/**
 * Are two answers the same? Numbers in any spelling, fractions, percent, money, units, LaTeX, lists and sets, tuples and
 * intervals, matrices, equations and inequalities, multiple choice, words. Lists are compared without order.
 */
import { type Node, numbersIn, variablesIn } from "../expression/ast.js";
import { evaluate, isExact, toComplex, type Value } from "../expression/evaluate.js";
import { factorBetween, identical } from "../expression/identity.js";
import { lex } from "../expression/lexer.js";
import { parse } from "../expression/parser.js";
import { equal } from "../expression/rational.js";
import { Budget } from "../limits.js";
import { answersIn } from "./candidates.js";
import { listSeparator, splitTop, strip, withoutUnit, words } from "./normalise.js";

const MAX_DEPTH = 4;
const MAX_ITEMS = 64;

/**
 * Whether a prediction gives the reference's answer. Either may be a bare answer or a text that holds one (a box, "The
 * answer is", "####").
 */
export function sameAnswer(prediction: string, reference: string): boolean {
  const predicted = answersIn(prediction);
  const gold = answersIn(reference);
  return gold.some((g) => predicted.some((p) => sameText(p, g)));
}

/** Whether two bare answers are the same. */
export function sameText(prediction: string, reference: string): boolean {
  const a = strip(prediction);
  const b = strip(reference);
  if (a === "" || b === "") return false;
  if (a.replace(/\s/g, "") === b.replace(/\s/g, "")) return true;
  return sameValue(a, b, 0, new Budget(60_000)) || sameWords(a, b);
}

function sameValue(a: string, b: string, depth: number, budget: Budget): boolean {
  if (depth > MAX_DEPTH || !budget.spend(a.length + b.length)) return false;
  if (a.replace(/\s/g, "") === b.replace(/\s/g, "")) return true;
  const plainA = withoutName(a);
  const plainB = withoutName(b);
  if (plainA !== a || plainB !== b) return sameValue(plainA, plainB, depth + 1, budget);
  const matrixA = matrix(a);
  const matrixB = matrix(b);
  if (matrixA !== null || matrixB !== null) {
    return matrixA !== null && matrixB !== null && sameRows(matrixA, matrixB, depth, budget);
  }
  const rangeA = interval(a);
  const rangeB = interval(b);
  if (rangeA !== null && rangeB !== null) return sameSet(rangeA, rangeB, depth, budget);
  const listA = items(a);
  const listB = items(b);
  if (listA.length > 1 && listB.length > 1) return sameSet(listA, listB, depth, budget);
  const tupleA = bracketed(a);
  const tupleB = bracketed(b);
  if (tupleA !== null && tupleB !== null) return sameTuple(tupleA, tupleB, depth, budget);
  // "1, 3" for "(1, 3)".
  const list = tupleA === null ? tupleB : tupleA;
  const other = tupleA === null ? listA : listB;
  if (list !== null && other.length === list.parts.length) return sameSet(list.parts, other, depth, budget);
  return sameRelation(a, b, budget);
}

/** `(p,q,r) = (3,2,7)` names a value: the value. */
function withoutName(text: string): string {
  const sides = splitTop(text, (t, i) => (t[i] === "=" && !"<>!".includes(t[i - 1] ?? "") ? 1 : 0));
  const [name, value] = sides;
  return sides.length === 2 &&
    name !== undefined &&
    value !== undefined &&
    isName(name) &&
    /[([{]/.test(value[0] ?? "")
    ? value
    : text;
}

/** Parts of a list or set; `±` gives both signs. One part: the text itself. */
function items(text: string): string[] {
  const set = /^\\?\{([\s\S]*?)\\?\}$/.exec(text);
  const inner = set?.[1] !== undefined && !set[1].includes("}") ? set[1] : text;
  const parts = splitTop(inner, listSeparator);
  const named = shareNames(parts);
  return named.flatMap((part) => signs(part)).slice(0, MAX_ITEMS);
}

/** `n = 2, 3, 4`: the name belongs to every part; it is dropped from all or none. */
function shareNames(parts: readonly string[]): string[] {
  if (parts.length < 2) return [...parts];
  return parts.map((part) => {
    const equals = splitTop(part, (t, i) => (t[i] === "=" ? 1 : 0));
    const name = equals[0] ?? "";
    return equals.length === 2 && isName(name) ? (equals[1] ?? part) : part;
  });
}

function signs(part: string): string[] {
  if (!/\\pm|±/.test(part)) return [part];
  return [part.replace(/\\pm\s?|±/g, "+"), part.replace(/\\pm\s?|±/g, "-")].map((text) =>
    text.replace(/^\+/, ""),
  );
}

function sameSet(a: readonly string[], b: readonly string[], depth: number, budget: Budget): boolean {
  const left = [...new Set(b.map((part) => part.replace(/\s/g, "")))];
  for (const part of new Set(a.map((text) => text.replace(/\s/g, "")))) {
    const index = left.findIndex((other) => sameValue(strip(part), strip(other), depth + 1, budget));
    if (index < 0) return false;
    left.splice(index, 1);
  }
  return left.length === 0;
}

interface Bracketed {
  readonly open: string;
  readonly close: string;
  readonly parts: readonly string[];
}

function bracketed(text: string): Bracketed | null {
  const match = /^(\(|\[|\\?\{|\\lbrack)([\s\S]*)(\)|\]|\\?\}|\\rbrack)$/.exec(text);
  if (match?.[2] === undefined) return null;
  const parts = splitTop(match[2], (t, i) => listSeparator(t, i));
  if (parts.length < 2) return null;
  return { open: (match[1] ?? "").replace("\\", ""), close: (match[3] ?? "").replace("\\", ""), parts };
}

function sameTuple(a: Bracketed, b: Bracketed, depth: number, budget: Budget): boolean {
  const curly = a.open === "{" || b.open === "{";
  if (a.parts.length !== b.parts.length) return false;
  if (!curly && (a.open !== b.open || a.close !== b.close)) return false;
  if (a.open === "{" && b.open === "{") return sameSet(a.parts, b.parts, depth, budget);
  return a.parts.every((part, i) => sameValue(strip(part), strip(b.parts[i] ?? ""), depth + 1, budget));
}

/** An interval or a union of intervals as parts: "(2,12) ∪ (12,102)", "x ∈ [0,1)", "x < 3", "-2 ≤ x ≤ 7". */
function interval(text: string): string[] | null {
  const body = text.replace(/^[a-zA-Z]\w*(?:\([a-z]\))?\s*\\in\b|^[a-zA-Z]\s*∈/, "").trim();
  const parts = splitTop(body, (t, i) => (t.startsWith("\\cup", i) ? 4 : t[i] === "∪" ? 1 : 0));
  if (parts.every((part) => /^[([]/.test(part) && /[)\]]$/.test(part)) && (parts.length > 1 || body !== text))
    return parts;
  const range = asRange(text);
  if (range !== null) return [range];
  return parts.length === 1 && bracketed(text)?.parts.length === 2 && /infty|∞/.test(text) ? [text] : null;
}

/** An inequality in one variable as an interval. */
function asRange(text: string): string | null {
  const plain = text
    .replace(/\\(?:leqslant|leq|le)(?![a-zA-Z])|<=/g, "≤")
    .replace(/\\(?:geqslant|geq|ge)(?![a-zA-Z])|>=/g, "≥")
    .replace(/\\lt(?![a-zA-Z])/g, "<")
    .replace(/\\gt(?![a-zA-Z])/g, ">");
  const parts = plain.split(/([<>≤≥])/).map((part) => part.trim());
  const name = (part: string | undefined) => part !== undefined && /^[a-zA-Z]$/.test(part);
  const closed = (sign: string | undefined) => sign === "≤" || sign === "≥";
  if (parts.length === 3) {
    const [left, sign, right] = parts;
    if (name(left) === name(right)) return null;
    const less = (sign === "<" || sign === "≤") === name(left);
    const bound = name(left) ? right : left;
    return less
      ? `(-\\infty,${bound}${closed(sign) ? "]" : ")"}`
      : `${closed(sign) ? "[" : "("}${bound},\\infty)`;
  }
  if (parts.length !== 5 || !name(parts[2])) return null;
  const up = parts[1] === "<" || parts[1] === "≤";
  const [low, lowSign, highSign, high] = up
    ? [parts[0], parts[1], parts[3], parts[4]]
    : [parts[4], parts[3], parts[1], parts[0]];
  return `${closed(lowSign) ? "[" : "("}${low},${high}${closed(highSign) ? "]" : ")"}`;
}

function matrix(text: string): string[][] | null {
  const match = /\\begin\{([pbvBV]?matrix|array)\}([\s\S]*?)\\end\{\1\}/.exec(text);
  if (match?.[2] === undefined) return null;
  const rows = match[2]
    .replace(/^\{[lcr|]{0,20}\}/, "")
    .split(/\\\\/)
    .map((row) => row.split("&").map((cell) => cell.trim()));
  return rows.filter((row) => row.some((cell) => cell !== ""));
}

function sameRows(a: readonly string[][], b: readonly string[][], depth: number, budget: Budget): boolean {
  if (a.length !== b.length) return false;
  return a.every((row, i) => {
    const other = b[i] ?? [];
    return (
      row.length === other.length &&
      row.every((cell, j) => sameValue(strip(cell), strip(other[j] ?? ""), depth + 1, budget))
    );
  });
}

const RELATIONS = /\\(?:approx|neq|ne|leqslant|geqslant|leq|geq|le|ge|equiv)(?![a-zA-Z])|<=|>=|!=|[=<>≤≥≠≈]/g;

/** What only names a value: `x`, `f(x)`, `\frac{NO}{BO}`, `A:B`, `(p,q,r)`, words. */
function isName(text: string): boolean {
  return /^(?:[a-zA-Z]+(?:_\{?\w{1,8}\}?)?'?(?:\([a-zA-Z]\))?|\\[a-zA-Z]+|\\frac\{[A-Z]{1,3}\}\{[A-Z]{1,3}\}|[A-Z]:[A-Z]|\([a-z](?:\s?,\s?[a-z])+\)|[a-zA-Z ]{3,40})$/.test(
    text.trim(),
  );
}

/** Sides of an equation or inequality with its relation signs. */
function relation(text: string): { sides: string[]; signs: string[] } {
  const signs = (text.match(RELATIONS) ?? []).map((sign) => SIGNS.get(sign.replace(/^\\/, "")) ?? sign);
  return { sides: text.split(RELATIONS).map((side) => side.trim()), signs };
}

const SIGNS: ReadonlyMap<string, string> = new Map([
  ["leq", "<="],
  ["le", "<="],
  ["leqslant", "<="],
  ["≤", "<="],
  ["geq", ">="],
  ["ge", ">="],
  ["geqslant", ">="],
  ["≥", ">="],
  ["neq", "!="],
  ["ne", "!="],
  ["≠", "!="],
  ["approx", "~"],
  ["≈", "~"],
]);

function sameRelation(a: string, b: string, budget: Budget): boolean {
  const x = relation(a);
  const y = relation(b);
  const valueX = namedValue(x);
  const valueY = namedValue(y);
  if (valueX !== null && valueY !== null && sameExpression(valueX, valueY, budget)) return true;
  if (x.sides.length !== 2 || y.sides.length !== 2) return false;
  const sign = x.signs[0];
  if (sign === y.signs[0] && sign === "=") return sameEquation(x.sides, y.sides, budget);
  if (sign === y.signs[0]) return x.sides.every((side, i) => sameExpression(side, y.sides[i] ?? "", budget));
  return false;
}

/** The value that a bare expression or `x = ... = value` states; null for an equation that must be met. */
function namedValue({ sides, signs }: { sides: string[]; signs: string[] }): string | null {
  if (sides.length === 1) return sides[0] ?? null;
  if (signs.some((sign) => sign !== "=" && sign !== "~") || !isName(sides[0] ?? "")) return null;
  const about = signs.indexOf("~");
  return (about > 0 ? sides[about] : sides.at(-1)) ?? null;
}

function read(text: string): Node | null {
  const tokens = lex(withoutUnit(text), { math: true }).filter((token) => token.kind !== "break");
  const parsed = parse(tokens, 0);
  return parsed !== null && parsed.next === tokens.length ? parsed.node : null;
}

function sameExpression(a: string, b: string, budget: Budget): boolean {
  if (a.replace(/\s/g, "") === b.replace(/\s/g, "")) return true;
  const infinity = /^([+-]?)\\?(?:infty|∞)$/;
  if (infinity.test(a) || infinity.test(b)) return a.replace(/^\+/, "") === b.replace(/^\+/, "");
  const x = read(a) ?? read(decimalComma(a));
  const y = read(b) ?? read(decimalComma(b));
  if (x === null || y === null) return false;
  if (variablesIn(x).length + variablesIn(y).length > 0) {
    return variablesIn(x).join() === variablesIn(y).join() && identical(x, y, budget) === true;
  }
  for (const reading of [{}, { percentAsNumber: true }]) {
    const u = evaluate(x, { budget });
    const v = evaluate(y, { budget, reading });
    const w = evaluate(x, { budget, reading });
    if (u === null || v === null || w === null) return false;
    if (close(u, v, x, y) || close(w, v, x, y)) return true;
    const plain = evaluate(y, { budget });
    if (plain !== null && close(w, plain, x, y)) return true;
  }
  return false;
}

/** "1,22" for 1.22. */
function decimalComma(text: string): string {
  return /^-?\d+,\d{1,2}$/.test(text) ? text.replace(",", ".") : text;
}

/** Equal exactly, to float precision, or to the last of at least five written decimals. */
function close(a: Value, b: Value, x: Node, y: Node): boolean {
  if (isExact(a) && isExact(b) && equal(a, b)) return true;
  const places = Math.max(
    ...[x, y].map((node) => (node.type === "number" || node.type === "negate" ? decimals(node) : 0)),
  );
  if (isExact(a) && isExact(b) && places < 5) return false;
  const u = toComplex(a);
  const v = toComplex(b);
  const size = Math.max(Math.hypot(u.re, u.im), Math.hypot(v.re, v.im));
  const tolerance = places >= 4 ? 10 ** -places : 1e-10 * size;
  return Math.hypot(u.re - v.re, u.im - v.im) <= Math.max(tolerance, 1e-12 * size);
}

function decimals(node: Node): number {
  return Math.max(0, ...numbersIn(node).map((n) => n.places));
}

function sameEquation(a: readonly string[], b: readonly string[], budget: Budget): boolean {
  const sides = [a[0], a[1], b[0], b[1]].map((side) => read(side ?? ""));
  const [p, q, r, s] = sides;
  if (!p || !q || !r || !s) return false;
  const left: Node = { type: "binary", op: "-", left: p, right: q };
  const right: Node = { type: "binary", op: "-", left: r, right: s };
  return factorBetween(left, right, budget) === true;
}

/** Choice letters and answers in words. */
function sameWords(a: string, b: string): boolean {
  const letterA = choice(a);
  const letterB = choice(b);
  if (letterA !== null && letterB !== null) return letterA === letterB;
  if (/\d|[=<>]/.test(a + b)) return false;
  return words(a) === words(b) && words(a) !== "";
}

function choice(text: string): string | null {
  const match = /^\(?([A-H])\)?(?:[.:]?\s[A-Za-z\s]{1,80})?$/.exec(text.trim());
  return match?.[1] ?? null;
}
