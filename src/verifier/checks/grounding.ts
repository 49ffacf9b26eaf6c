/** Does every number come from somewhere? Givens copied right, none invented, none that matter left unused. */
import type { Finding } from "../../data/records.js";
import { equal, show } from "../expression/rational.js";
import { type Given, phraseOf } from "../givens.js";
import type { Operand, Trace } from "../trace.js";
import { type Check, type CheckInput, finding } from "./check.js";
import { wrongFacts } from "./facts.js";

export const grounding: Check = (input) => [...invented(input), ...unused(input), ...facts(input)];

/** Operands that neither the problem nor the solution accounts for. */
function invented(input: CheckInput): Finding[] {
  const { trace } = input;
  const out: Finding[] = [];
  const seen = new Set<string>();
  for (const claim of trace.claims) {
    for (const operand of claim.operands) {
      const key = show(operand.value);
      if (operand.origin !== "ungrounded" || seen.has(key)) continue;
      const twin = misread(operand, trace);
      if (twin === null && statedBefore(trace, operand)) continue;
      seen.add(key);
      const place = { step: claim.step, start: operand.start, end: operand.end };
      if (twin !== null) {
        const message = `uses ${key} where the problem says ${show(twin.value)}`;
        out.push(finding("grounding", 0.7, place, message, { expected: show(twin.value), found: key }));
      } else
        out.push(
          finding("grounding", 0.3, place, `${key} is neither in the problem nor derived`, { found: key }),
        );
    }
  }
  return out;
}

/** Whether the solution wrote the number down earlier, as a definition or a fact. */
function statedBefore(trace: Trace, operand: Operand): boolean {
  for (const step of trace.steps) {
    for (const token of step.tokens) {
      if (token.start >= operand.start) return false;
      if (token.value !== undefined && equal(token.value, operand.value)) return true;
    }
  }
  return false;
}

/**
 * A given that the solution never writes and that looks like the operand: the same digits in another order (48 read as
 * 84), or one digit, of two or more, taken for its neighbour (48 read as 58).
 */
function misread(operand: Operand, trace: Trace): Given | null {
  const { value } = operand;
  if (value.d !== 1n || value.n <= 9n) return null;
  const own = value.n.toString();
  return (
    trace.givens.find(
      (given) =>
        given.value.d === 1n &&
        given.value.n !== value.n &&
        looksLike(own, given.value.n.toString()) &&
        !trace.steps.some((step) =>
          step.tokens.some((t) => t.value !== undefined && equal(t.value, given.value)),
        ),
    ) ?? null
  );
}

function looksLike(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  if ([...a].sort().join("") === [...b].sort().join("")) return true;
  const apart = [...a].flatMap((digit, i) =>
    digit === b[i] ? [] : [Math.abs(Number(digit) - Number(b[i]))],
  );
  return apart.length === 1 && apart[0] === 1;
}

/** Givens that no computation and no sentence of the solution uses: a hint, placed at the end. */
function unused({ question, trace, computations, ledger }: CheckInput): Finding[] {
  const last = trace.steps.at(-1);
  if (last === undefined || computations.length === 0) return [];
  const place = { step: last.index, start: last.start, end: last.start + last.text.length };
  return ledger.unused
    .slice(0, 3)
    .map((given) =>
      finding("grounding", 0.25, place, `"${phraseOf(given, question)}" of the problem is never used`),
    );
}

/** "5 days in a week", "3 times a year" for quarterly: facts that everyone knows, stated wrongly. */
function facts(input: CheckInput): Finding[] {
  const out: Finding[] = [];
  for (const { index, text, start: offset } of input.trace.steps) {
    for (const { words, start, stated, values, says } of wrongFacts(text)) {
      if (input.question.includes(words)) continue;
      const place = { step: index, start: offset + start, end: offset + start + words.length };
      const message = `says "${words}"; ${says}`;
      out.push(finding("grounding", 0.7, place, message, { expected: values[0] ?? "", found: stated }));
    }
  }
  return out;
}
