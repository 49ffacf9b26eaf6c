/** Is every stated computation true? Exact rationals; the rounding that a text shows is allowed. */
import type { Finding } from "../../data/records.js";
import { type AgreeOptions, agree } from "../agree.js";
import type { Chain, Side } from "../claims.js";
import { children, isFraction, isLiteral, type Node } from "../expression/ast.js";
import { evaluate, isExact, toReal } from "../expression/evaluate.js";
import { floor, keyOf, show } from "../expression/rational.js";
import { SCALE_WORDS, unitOf } from "../units.js";
import { type Check, type CheckInput, cue, finding, spoken } from "./check.js";
import { divisibility, remainders } from "./division.js";
import { outputs } from "./outputs.js";

const rounds = cue(
  /round|approx|about|nearest|roughly|estimat|whole|nearly|almost|around|up to|at least|at most|integer part/i,
);
/** Words that mark an equality as tested, supposed or denied rather than stated. */
const HYPOTHETICAL = new Set(["if", "suppose", "assume", "assuming", "try", "whether", "check", "unless"]);
const DENIED =
  /\b(?:not|contradict\w*|impossible|isn't|doesn't|does not|cannot|no solution|(?:false|incorrect|invalid)(?!\s+[a-z]+s\b))\b/i;

export const arithmetic: Check = (input) => {
  const out: Finding[] = [];
  const rounded = new Set<string>();
  for (const chain of input.trace.chains) {
    const step = input.trace.steps[chain.step];
    if (step === undefined) continue;
    const says = rounds(step);
    for (let i = 0; i + 1 < chain.sides.length; i++) {
      const left = chain.sides[i];
      const right = chain.sides[i + 1];
      if (left === undefined || right === undefined) continue;
      const found = link(input, chain, i, left, right, says, rounded);
      if (found !== null) out.push(found);
    }
  }
  for (const step of input.trace.steps) {
    out.push(...remainders(step.index, step.tokens), ...divisibility(step.index, step.tokens));
  }
  out.push(...outputs(input));
  return out;
};

function link(
  input: CheckInput,
  chain: Chain,
  i: number,
  left: Side,
  right: Side,
  says: boolean,
  rounded: Set<string>,
): Finding | null {
  const relation = chain.relations[i];
  if ((relation !== "=" && relation !== "~") || left.node === null || right.node === null) return null;
  if (left.variables.length > 0 || right.variables.length > 0) return null;
  // A number first: an equation to be met ("60 = 30 + x"), or a name ("4 hours = 4 * 60 minutes").
  if (i === 0 && isValue(left.node) && !isValue(right.node)) return null;
  if (i === 0 && isLiteral(left.node) && !isLiteral(right.node)) return null;
  if (isFraction(left.node) && isLiteral(right.node) && statesPart(left.node, right.node, input)) return null;
  // "Peaches = half of oranges = 14/2": words that name the value.
  if (left.node.type === "quantity" && left.node.unit.startsWith("of ")) return null;
  const numbersOnly = isLiteral(left.node) && isLiteral(right.node);
  if (numbersOnly && !converts(left.node, right.node)) return null;
  if (scaled(left.node) || scaled(right.node) || chain.trail.some((word) => SCALE_WORDS.has(word)))
    return null;
  const last = i + 2 === chain.sides.length;
  const options: AgreeOptions = {
    budget: input.budget,
    approximate: relation === "~" ? "about" : says && last ? "rounds" : false,
    rounded,
    unit: last ? chain.trail[0] : undefined,
  };
  let result = agree(left.node, right.node, options);
  if (result === "false" && left.tight !== null && right.tight !== null)
    result = agree(left.tight, right.tight, options);
  if (result === "false" && readOtherwise(input, left, right, options)) return null;
  const stated = evaluate(right.node, { budget: input.budget });
  if (result === "rounded" && stated !== null && isExact(stated)) rounded.add(keyOf(stated));
  if (result !== "false" || hypothetical(input, chain, right)) return null;
  if (wholePart(left.node, right.node, input, chain.step)) return null;
  const value = evaluate(left.node, { budget: input.budget });
  if (value === null || stated === null) return null;
  const expected = isExact(value)
    ? show(value)
    : String(Number((toReal(value) ?? Number.NaN).toPrecision(8)));
  const found = isExact(stated)
    ? show(stated)
    : String(Number((toReal(stated) ?? Number.NaN).toPrecision(8)));
  const place = { step: chain.step, start: left.start, end: right.end };
  const message = `says ${clip(input.text.slice(left.start, left.end))} = ${clip(input.text.slice(right.start, right.end))}; it is ${isExact(value) ? spoken(value) : expected}`;
  return finding("arithmetic", relation === "~" ? 0.8 : 0.95, place, message, { expected, found });
}

/** Two bare amounts are compared only where both carry units of one dimension; "3 beans = 1 cup" states a rate. */
function converts(left: Node, right: Node): boolean {
  if (left.type !== "quantity" || right.type !== "quantity") return false;
  const a = unitOf(left.unit);
  const b = unitOf(right.unit);
  return a !== undefined && b !== undefined && a.dimension === b.dimension && left.unit !== right.unit;
}

/**
 * "1/2 cup = 8 tablespoons" states a rate, "4/7 is $24" what a part amounts to; "60 hoops / 2 = 30" is a division, for its
 * first number has a unit of its own.
 */
function statesPart(fraction: Node, stated: Node, { budget }: CheckInput): boolean {
  if (measured(fraction)) return !(fraction.type === "binary" && measured(fraction.left));
  const [part, whole] = [evaluate(fraction, { budget }), evaluate(stated, { budget })];
  if (part === null || whole === null || !isExact(part) || !isExact(whole)) return false;
  return part.n > 0n && part.n < part.d && whole.n > whole.d;
}

/** "2/3 = 2/3 of $150" names the part; in "60 more than 5 * 160 = 800" the relation may be of the last operand. */
function readOtherwise(input: CheckInput, left: Side, right: Side, options: AgreeOptions): boolean {
  const written = ({ start, end }: Side) => input.text.slice(start, end);
  const [a, b] = [left.node, right.node];
  if (a === null || b === null) return false;
  if (b.type === "binary" && b.op === "*" && isFraction(b.left) && /\bof\b/.test(written(right)))
    return agree(a, b.left, options) !== "false";
  if (a.type !== "binary" || !/\bthan\b/.test(written(left))) return false;
  return [a.left, a.right].some((operand) => !isLiteral(operand) && agree(operand, b, options) === "exact");
}

function measured(node: Node): boolean {
  return node.type === "quantity" || children(node).some(measured);
}

function scaled(node: Node): boolean {
  if (node.type === "quantity" && node.unit.split(" ").some((word) => SCALE_WORDS.has(word))) return true;
  if (node.type === "binary") return scaled(node.left) || scaled(node.right);
  return node.type === "negate" || node.type === "quantity" ? scaled(node.of) : false;
}

function hypothetical(input: CheckInput, chain: Chain, right: Side): boolean {
  if (chain.lead.some((word) => HYPOTHETICAL.has(word))) return true;
  return DENIED.test(input.text.slice(right.end, right.end + 60));
}

const speaksOfParts = cue(/remainder|quotient|\bmod|full|complete|left over|\bR\b|divid/i);

/** "17 / 5 = 3" where the text speaks of a remainder or of whole parts: the quotient without its fraction. */
function wholePart(left: Node, right: Node, input: CheckInput, step: number): boolean {
  if (!speaksOfParts(input.trace.steps[step])) return false;
  const value = evaluate(left, { budget: input.budget });
  const stated = evaluate(right, { budget: input.budget });
  if (value === null || stated === null || !isExact(value) || !isExact(stated) || value.d === 1n)
    return false;
  return stated.d === 1n && stated.n === floor(value);
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

/** Whether a side is a value as it stands, not a calculation. */
function isValue(node: Node): boolean {
  return isLiteral(node) || isFraction(node);
}
