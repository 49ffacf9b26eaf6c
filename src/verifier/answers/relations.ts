/** Equations, inequalities in several variables, congruences. */
import type { Node } from "../expression/ast.js";
import { commonFactor } from "../expression/identity.js";
import { isExact, toComplex } from "../expression/value.js";
import type { Budget } from "../limits.js";
import { plainSigns } from "./inequalities.js";
import { isName } from "./lists.js";
import { splitTop, squeeze } from "./normalise.js";
import { CONSTANT_LETTERS, read, sameExpression, unknowns } from "./values.js";

const RELATIONS = "=<>\u2264\u2265\u2260~";
const FLIPPED: Readonly<Record<string, string>> = {
  "<": ">",
  ">": "<",
  "\u2264": "\u2265",
  "\u2265": "\u2264",
};

interface Relation {
  readonly sides: readonly string[];
  readonly signs: readonly string[];
}

function relation(source: string): Relation {
  const text = plainSigns(source).replace(/\\approx(?![a-zA-Z])|\u2248/g, "~");
  const signs: string[] = [];
  const sides = splitTop(text, (t, i) => {
    const sign = t[i] ?? "";
    if (!RELATIONS.includes(sign)) return 0;
    signs.push(sign);
    return 1;
  });
  return { sides, signs };
}

/** The value that a bare expression or `x = ... = value` states; null for an equation that must be met. */
function namedValue({ sides, signs }: Relation, budget: Budget): string | null {
  const [first = "", second = ""] = sides;
  if (sides.length === 1) return first;
  if (signs.some((sign) => sign !== "=" && sign !== "~")) return null;
  if (!isName(first)) {
    // `1/2 = 0.5`, `\sqrt{2} \approx 1.41`: one value written twice, the exact one first.
    const node = read(first);
    const constant = node !== null && unknowns(node).length === 0;
    return constant && (signs[0] === "~" || sameExpression(first, second, budget)) ? first : null;
  }
  const about = signs.indexOf("~");
  return (about > 0 ? sides[about] : sides.at(-1)) ?? null;
}

/** Whether two texts state the same value, equation or inequality. `plain` takes a unit away. */
export function sameRelation(a: string, b: string, plain: (text: string) => string, budget: Budget): boolean {
  const x = relation(a);
  const y = relation(b);
  const valueX = namedValue(x, budget);
  const valueY = namedValue(y, budget);
  if (valueX !== null && valueY !== null && sameExpression(plain(valueX), plain(valueY), budget)) return true;
  const [left, right] = [x.sides[0], x.sides[1]];
  if (x.sides.length !== 2 || y.sides.length !== 2 || left === undefined || right === undefined) return false;
  const sign = x.signs[0] ?? "";
  if (sameSides(x.sides, y.sides, budget)) return sign === y.signs[0];
  const factor = factorOf(x.sides, y.sides, budget);
  if (factor === null) return false;
  return y.signs[0] === (factor > 0 || sign === "=" || sign === "\u2260" ? sign : FLIPPED[sign]);
}

function sameSides(a: readonly string[], b: readonly string[], budget: Budget): boolean {
  return a.every(
    (side, i) => squeeze(side) === squeeze(b[i] ?? "") || sameExpression(side, b[i] ?? "", budget),
  );
}

/** The real k of (left - right) = k (left' - right'), or null. */
function factorOf(a: readonly string[], b: readonly string[], budget: Budget): number | null {
  const [p, q, r, s] = [a[0], a[1], b[0], b[1]].map((side) => read(side ?? ""));
  if (!p || !q || !r || !s) return null;
  const left: Node = { type: "binary", op: "-", left: p, right: q };
  const right: Node = { type: "binary", op: "-", left: r, right: s };
  const factor = commonFactor(left, right, budget, CONSTANT_LETTERS);
  if (factor === null || factor === false) return null;
  if (isExact(factor)) return factor.n > 0n ? 1 : -1;
  const { re, im } = toComplex(factor);
  return Math.abs(im) < 1e-9 * Math.abs(re) ? re : null;
}
