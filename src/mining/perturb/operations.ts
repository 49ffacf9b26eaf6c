/** Errors in what a computation does: its operation, its result, its place in the chain. */

import type { Token } from "../../verifier/expression/lexer.js";
import {
  add,
  compare,
  equal,
  integer,
  multiply,
  ratio,
  subtract,
} from "../../verifier/expression/rational.js";
import type { Claim } from "../../verifier/trace.js";
import type { Change } from "./carry.js";
import { believable, placesOf } from "./numerals.js";
import { computed, expressionSpan, figures, put, rewrite, type Source, textOf } from "./source.js";

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

export function otherOperation(source: Source, claim: Claim): Change[] {
  return operators(source, claim).flatMap(({ text, start, end }) =>
    (WRONG_OPERATIONS.get(text) ?? []).map((op) => ({ edits: [{ start, end, text: signFor(source, op) }] })),
  );
}

/** One more or less in the last digit that is written; in a number of two digits or more also in the last but one. */
export function offByOne(source: Source, claim: Claim, index: number): Change[] {
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
export function flippedSign(source: Source, claim: Claim, index: number): Change[] {
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

/** The line of a computation is missing, and what it was made from stands in for its result. */
export function dropStep(source: Source, claim: Claim, index: number): Change[] {
  const { claims, steps } = source.trace;
  if (claims.some((c, i) => i !== index && c.step === claim.step) || claim.step === steps.length - 1)
    return [];
  // 100 - 40 = 60 percent counts as 0.6 further on, and 40 would not be of its kind.
  const written = source.numbers.find((n) => n.start === claim.result.start);
  if (written === undefined || !equal(written.value, claim.result.value)) return [];
  return figures(source, claim)
    .filter((o) => o.origin === "derived" || o.origin === "given")
    .map((o) => ({ edits: [], removed: claim.step, forced: { claim: index, value: o.value } }));
}

/** The last line states an earlier result. */
export function concludeEarly(source: Source): Change[] {
  const { numbers, trace } = source;
  const answer = numbers.at(-1);
  if (answer === undefined) return [];
  const places = placesOf(textOf(source, answer));
  return trace.claims
    .map((c) => c.result.value)
    .filter((value) => !equal(value, answer.value) && believable(value, answer.value, places, false))
    .map((value) => ({ edits: put(source, answer, value) }));
}
