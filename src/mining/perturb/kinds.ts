/** The table of ways in which a solution goes wrong, each with the dimension that it breaks. */
import type { Dimension } from "../../data/records.js";
import type { Token } from "../../verifier/expression/lexer.js";
import {
  add,
  compare,
  equal,
  integer,
  isInteger,
  multiply,
  type Rational,
  ratio,
  show,
  subtract,
} from "../../verifier/expression/rational.js";
import { type Claim, isConstant, isGiven, type Operand } from "../../verifier/trace.js";
import type { Change } from "./carry.js";
import { placesOf, writeLike } from "./numerals.js";
import { computed, type Edit, expressionSpan, rewrite, type Source } from "./source.js";

export const PERTURBATION_KINDS = [
  "operand-swap",
  "wrong-operand",
  "wrong-operation",
  "off-by-one",
  "sign",
  "misread-given",
  "dropped-step",
  "unit-slip",
  "wrong-conclusion",
] as const;
export type PerturbationKind = (typeof PERTURBATION_KINDS)[number];

interface Kind {
  readonly dimension: Dimension;
  /** Every place where this kind of error can be made. */
  readonly changes: (source: Source) => Change[];
}

export const KINDS: Readonly<Record<PerturbationKind, Kind>> = {
  "operand-swap": { dimension: "logic", changes: eachClaim(swapOperands) },
  "wrong-operand": { dimension: "logic", changes: eachClaim(otherOperand) },
  "wrong-operation": { dimension: "logic", changes: eachClaim(otherOperation) },
  "off-by-one": { dimension: "arithmetic", changes: eachClaim(offByOne) },
  sign: { dimension: "arithmetic", changes: eachClaim(flippedSign) },
  "misread-given": { dimension: "grounding", changes: misreadGivens },
  "dropped-step": { dimension: "logic", changes: eachClaim(dropStep) },
  "unit-slip": { dimension: "grounding", changes: eachClaim(slipUnit) },
  "wrong-conclusion": { dimension: "logic", changes: concludeEarly },
};

type ClaimRule = (source: Source, claim: Claim, index: number) => Change[];

function eachClaim(rule: ClaimRule): (source: Source) => Change[] {
  return (source) => source.trace.claims.flatMap((claim, index) => rule(source, claim, index));
}

const textOf = ({ solution }: Source, { start, end }: { start: number; end: number }) =>
  solution.slice(start, end);

/** Operands that are written in figures; "half" and "twice" stay as they are. */
function figures(source: Source, claim: Claim): Operand[] {
  return claim.operands.filter((o) => /^[\d.,]+$/.test(textOf(source, o)));
}

function put(source: Source, at: Operand, value: Rational): Edit[] {
  const text = writeLike(value, textOf(source, at));
  return text === null ? [] : [{ start: at.start, end: at.end, text }];
}

/** 12 / 60 becomes 60 / 12; where order does not matter the answer does not change, and `carry` refuses it. */
function swapOperands(source: Source, claim: Claim): Change[] {
  const operands = figures(source, claim);
  return operands.flatMap((left, i) =>
    operands
      .slice(i + 1)
      .filter((right) => !equal(left.value, right.value))
      .map((right) => ({ edits: [...put(source, left, right.value), ...put(source, right, left.value)] })),
  );
}

/** An operand is taken from another place: another given number or an earlier result. */
function otherOperand(source: Source, claim: Claim, index: number): Change[] {
  const { claims, givens } = source.trace;
  const used = claim.operands.map((o) => o.value);
  const results = claims.slice(0, index).map((c) => c.result.value);
  const others = [...givens.filter((g) => !g.percent).map((g) => g.value), ...results].filter(
    (value, i, all) =>
      isInteger(value) &&
      !equal(value, claim.result.value) &&
      !used.some((u) => equal(u, value)) &&
      all.findIndex((v) => equal(v, value)) === i,
  );
  return figures(source, claim)
    .filter((o) => o.origin === "given" || o.origin === "derived")
    .flatMap((o) => others.map((value) => ({ edits: put(source, o, value) })));
}

const WRONG_OPERATIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["+", ["-", "*"]],
  ["-", ["+"]],
  ["*", ["+", "/"]],
  ["/", ["*", "-"]],
]);

/** The operator tokens between two operands of a claim's expression; a leading minus is not one. */
function operators(source: Source, claim: Claim): Token[] {
  const span = expressionSpan(source, claim);
  if (span === null) return [];
  const inside = source.tokens.filter((t) => t.start >= span.start && t.end <= span.end);
  return inside.filter((token, i) => {
    const before = inside[i - 1];
    return (
      token.kind === "operator" &&
      token.end > token.start &&
      WRONG_OPERATIONS.has(token.text) &&
      before !== undefined &&
      before.kind !== "operator" &&
      before.kind !== "open"
    );
  });
}

/** The sign that this solution writes for an operation: "x" or "×" where it multiplies so. */
function signFor(source: Source, operation: string): string {
  const same = source.tokens.find((t) => t.kind === "operator" && t.text === operation && t.end > t.start);
  return same === undefined ? operation : textOf(source, same);
}

function otherOperation(source: Source, claim: Claim): Change[] {
  return operators(source, claim).flatMap(({ text, start, end }) =>
    (WRONG_OPERATIONS.get(text) ?? []).map((op) => ({ edits: [{ start, end, text: signFor(source, op) }] })),
  );
}

/** One more or less in the last digit that is written; in a number of two digits or more also in the last but one. */
function offByOne(source: Source, claim: Claim, index: number): Change[] {
  const { result } = claim;
  const written = textOf(source, result);
  const unit = ratio(1, 10 ** placesOf(written));
  const slips = compare(result.value, integer(20)) >= 0 ? [integer(1), integer(10)] : [integer(1)];
  return slips.flatMap((slip) => {
    const by = multiply(slip, unit);
    const values = by === null ? [] : [add(result.value, by), subtract(result.value, by)];
    return values.flatMap((value) =>
      value === null ? [] : [{ edits: [], forced: { claim: index, value } }],
    );
  });
}

/** The expression stands, but its result is that of plus in place of minus, or of minus in place of plus. */
function flippedSign(source: Source, claim: Claim, index: number): Change[] {
  const span = expressionSpan(source, claim);
  if (span === null) return [];
  return operators(source, claim)
    .filter((t) => t.text === "+" || t.text === "-")
    .flatMap(({ text, start, end }) => {
      const edit = { start, end, text: text === "+" ? "-" : "+" };
      const value = computed(rewrite(source.solution, [edit], span.start, span.end));
      return value === null ? [] : [{ edits: [], forced: { claim: index, value } }];
    });
}

/** Digits change places (48 for 84), or one of them is read as its neighbour; wherever the given number stands. */
function misreadGivens(source: Source): Change[] {
  const { claims, givens } = source.trace;
  const operands = claims.flatMap((c) => figures(source, c)).filter((o) => o.origin === "given");
  const seen = operands.filter((o, i) => operands.findIndex((p) => equal(p.value, o.value)) === i);
  return (
    seen
      // A value that the problem states twice is two givens, and one misreading changes one of them.
      .filter((o) => givens.filter((g) => equal(g.value, o.value)).length === 1)
      .filter((o) => isInteger(o.value) && !claims.some((c) => equal(c.result.value, o.value)))
      .flatMap((o) => {
        const places = source.numbers.filter((n) => equal(n.value, o.value));
        return misreadings(show(o.value))
          .map((text) => ({ n: BigInt(text), d: 1n }))
          .filter((value) => !isGiven(value, givens) && !claims.some((c) => equal(c.result.value, value)))
          .map((value) => ({
            edits: places.flatMap((at) => {
              const text = writeLike(value, textOf(source, at));
              return text === null ? [] : [{ start: at.start, end: at.end, text }];
            }),
          }));
      })
  );
}

function misreadings(digits: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < digits.length; i++) {
    const [a = "", b = ""] = [digits[i], digits[i + 1]];
    if (b !== "" && a !== b) out.push(digits.slice(0, i) + b + a + digits.slice(i + 2));
    // The zeros of a round number are seldom misread: 1,200 is not read as 1,201.
    if (a !== "0")
      for (const d of [Number(a) - 1, Number(a) + 1]) out.push(digits.slice(0, i) + d + digits.slice(i + 1));
  }
  return [...new Set(out)].filter(
    (text) => /^[1-9]\d*$/.test(text) && text.length === digits.length && text !== digits,
  );
}

/** The line of a computation is missing, and what it was made from stands in for its result. */
function dropStep(source: Source, claim: Claim, index: number): Change[] {
  const { claims, steps } = source.trace;
  if (claims.some((c, i) => i !== index && c.step === claim.step) || claim.step === steps.length - 1)
    return [];
  return figures(source, claim)
    .filter((o) => o.origin === "derived" || o.origin === "given")
    .map((o) => ({ edits: [], removed: claim.step, forced: { claim: index, value: o.value } }));
}

/** Factors that people confuse: minutes and hundredths of an hour, a week and its working days, a dozen and ten. */
const UNIT_SLIPS: ReadonlyMap<string, readonly number[]> = new Map([
  ["60", [100, 24, 30]],
  ["3600", [60, 100]],
  ["100", [10, 1000]],
  ["1000", [100]],
  ["12", [10, 24]],
  ["16", [12, 10]],
  ["24", [12, 60]],
  ["36", [12, 10]],
  ["52", [50, 48, 12]],
  ["7", [5, 10]],
  ["30", [28, 7]],
  ["365", [360, 52]],
  ["5280", [3600, 1000]],
]);

/** A conversion factor that the problem does not state is mistaken, or a percentage is moved by one place. */
function slipUnit(source: Source, claim: Claim): Change[] {
  if (claim.operation !== "*" && claim.operation !== "/") return [];
  const percentages = source.trace.givens.filter((g) => g.percent);
  return figures(source, claim).flatMap((o) => {
    const slips =
      o.origin === "constant" ? (UNIT_SLIPS.get(show(o.value)) ?? []).map((factor) => integer(factor)) : [];
    const asShare = percentages.some((g) => equal(multiply(g.value, ratio(1, 100)) ?? g.value, o.value));
    const moved = asShare ? multiply(o.value, integer(10)) : null;
    if (moved !== null && compare(moved, integer(1)) < 0) slips.push(moved);
    return slips.map((value) => ({ edits: put(source, o, value) }));
  });
}

/** The last line states an earlier result. */
function concludeEarly(source: Source): Change[] {
  const { numbers, trace } = source;
  const answer = numbers.at(-1);
  if (answer === undefined) return [];
  const results = trace.claims.map((c) => c.result.value).filter((v) => !equal(v, answer.value));
  return results.flatMap((value) => {
    const text = writeLike(value, textOf(source, answer));
    return text === null || isConstant(value)
      ? []
      : [{ edits: [{ start: answer.start, end: answer.end, text }] }];
  });
}
