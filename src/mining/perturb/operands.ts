/** Errors in what a computation is made of: its operands. Each rule gives every place where the error can be made. */
import {
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
import { type Claim, isGiven } from "../../verifier/trace.js";
import type { Change } from "./carry.js";
import { figures, put, type Source } from "./source.js";

const HUNDRED = integer(100);
/** Nobody turns 1/2 or 20/100 upside down. */
const UPRIGHT = new Set(["1", "100"]);

/** 12 / 60 becomes 60 / 12; where order does not matter the answer does not change, and `carry` refuses it. */
export function swapOperands(source: Source, claim: Claim): Change[] {
  const operands = figures(source, claim).filter((o) => !UPRIGHT.has(show(o.value)));
  return operands.flatMap((left, i) =>
    operands
      .slice(i + 1)
      .filter((right) => !equal(left.value, right.value))
      .map((right) => ({ edits: [...put(source, left, right.value), ...put(source, right, left.value)] })),
  );
}

/** An operand is taken from another place: another given number or an earlier result. */
export function otherOperand(source: Source, claim: Claim, index: number): Change[] {
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

/** Digits change places (48 for 84), or one of them is read as its neighbour; wherever the given number stands. */
export function misreadGivens(source: Source): Change[] {
  const { claims, givens } = source.trace;
  const operands = claims.flatMap((c) => figures(source, c)).filter((o) => o.origin === "given");
  const seen = operands.filter((o, i) => operands.findIndex((p) => equal(p.value, o.value)) === i);
  return (
    seen
      // A value that the problem states twice is two givens, and one misreading changes one of them.
      .filter((o) => givens.filter((g) => equal(g.value, o.value)).length === 1)
      .filter((o) => isInteger(o.value) && !claims.some((c) => statesResult(source, c, o.value)))
      .flatMap((o) => {
        const places = source.numbers.filter((n) => equal(n.value, o.value));
        return misreadings(show(o.value))
          .map((text) => ({ n: BigInt(text), d: 1n }))
          .filter((value) => !isGiven(value, givens) && !claims.some((c) => equal(c.result.value, value)))
          .map((value) => ({
            edits: places.flatMap((at) => put(source, at, value)),
          }));
      })
  );
}

/** Whether a claim's result is a value, as it is written (60 percent is written 60) or as it counts (0.6). */
function statesResult({ numbers }: Source, { result }: Claim, value: Rational): boolean {
  const written = numbers.find((n) => n.start === result.start)?.value ?? result.value;
  return equal(result.value, value) || equal(written, value);
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
export function slipUnit(source: Source, claim: Claim): Change[] {
  if (claim.operation !== "*" && claim.operation !== "/") return [];
  const percentages = source.trace.givens.filter((g) => g.percent);
  return figures(source, claim).flatMap((o) => {
    // The 100 of 20/100 belongs to the percentage; it converts nothing.
    const converts = percentages.length === 0 || show(o.value) !== "100";
    const slips =
      converts && o.origin === "constant"
        ? (UNIT_SLIPS.get(show(o.value)) ?? []).map((factor) => integer(factor))
        : [];
    const asShare = percentages.some((g) => equal(multiply(g.value, ratio(1, 100)) ?? g.value, o.value));
    const moved = asShare ? multiply(o.value, integer(10)) : null;
    if (moved !== null && compare(moved, integer(1)) < 0) slips.push(moved);
    return slips.map((value) => ({ edits: put(source, o, value) }));
  });
}

/** 20% off becomes 20% of: a share of a percentage that the problem states is taken for the rest, or the rest for it. */
export function takeComplement(source: Source, claim: Claim): Change[] {
  const percentages = source.trace.givens.filter((g) => g.percent && compare(g.value, HUNDRED) < 0);
  return figures(source, claim).flatMap((o) =>
    [integer(1), HUNDRED].flatMap((whole) => {
      const stated = percentages.some(({ value }) => {
        const share = multiply(multiply(value, whole) ?? value, ratio(1, 100)) ?? value;
        const rest = subtract(whole, share);
        return equal(o.value, share) || (rest !== null && o.origin !== "given" && equal(o.value, rest));
      });
      const outOf = equal(whole, HUNDRED) && claim.operands.some((other) => equal(other.value, HUNDRED));
      const rest = stated && (outOf || !equal(whole, HUNDRED)) ? subtract(whole, o.value) : null;
      return rest === null || claim.operation === "-" ? [] : [{ edits: put(source, o, rest) }];
    }),
  );
}
