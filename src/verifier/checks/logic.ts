/**
 * Does the chain hold together? A quantity that changes its value without a reason, a conclusion that is not what was
 * derived, a step that takes itself back.
 */
import type { Finding } from "../../data/records.js";
import { type Chain, nounOf } from "../claims.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import { divide, equal, integer, isInteger, type Rational, show } from "../expression/rational.js";
import { type Check, type CheckInput, finding, spoken } from "./check.js";
import { conclusion } from "./conclusion.js";
import { FORMAL } from "./doubt.js";

export const logic: Check = (input) => [
  ...changedLabels(input),
  ...conclusion(input),
  ...selfRepair(input),
  ...brokenCounts(input),
];

/** Words with which a text takes back or doubts what it said. */
const REPAIR: readonly (readonly [RegExp, number])[] = [
  [
    /\b(?:I|we) made (?:a|an) (?:mistake|error)\b|\brecalculat|\bre-?evaluat|\blet'?s re-?(?:check|consider|examine|think)|\bwait\b[,!]/i,
    0.6,
  ],
  [/\bhowever\b|\bbut (?:wait|since|we|this|the question|that)\b/i, 0.55],
  [
    /\b(?:likely|presumably|it seems|seems to|it appears|not (?:provided|specified|given|stated|mentioned)|doesn't (?:say|specify))\b/i,
    0.55,
  ],
];
/** In formal mathematics "however" is part of an argument. */
function selfRepair(input: CheckInput): Finding[] {
  if (FORMAL.test(input.question)) return [];
  const out: Finding[] = [];
  for (const step of input.trace.steps) {
    for (const [pattern, severity] of REPAIR) {
      const match = pattern.exec(step.text);
      if (match === null) continue;
      const start = step.start + match.index;
      const place = { step: step.index, start, end: start + match[0].length };
      out.push(
        finding("logic", severity, place, `"${match[0]}": the text doubts or takes back what it derived`),
      );
      break;
    }
  }
  return out;
}

/** The same named quantity with two values: "total cost = 15" and later "total cost = 20". */
function changedLabels(input: CheckInput): Finding[] {
  const seen = new Map<string, { value: Rational; step: number }>();
  const out: Finding[] = [];
  for (const chain of input.trace.chains) {
    const label = labelOf(chain);
    const value = finalValue(chain, input);
    if (label === null || value === null) continue;
    const before = seen.get(label);
    if (before === undefined) seen.set(label, { value, step: chain.step });
    else if (!equal(before.value, value) && !scaleOf(before.value, value)) {
      const message = `${label} was ${spoken(before.value)}, now ${spoken(value)}`;
      out.push(
        finding("logic", before.step === chain.step ? 0.3 : 0.6, chain, message, {
          expected: show(before.value),
          found: show(value),
        }),
      );
      seen.set(label, { value, step: chain.step });
    }
  }
  return out;
}

function labelOf(chain: Chain): string | null {
  const label = chain.sides[0]?.label ?? null;
  if (label === null) return null;
  const words = label
    .split(" ")
    .filter(
      (word) => !["the", "a", "so", "of", "therefore", "then", "now", "is", "was", "are"].includes(word),
    );
  return words.length >= 3 ? words.join(" ") : null;
}

function finalValue(chain: Chain, input: CheckInput): Rational | null {
  const last = chain.sides.at(-1)?.node;
  const value = last ? evaluate(last, { budget: input.budget }) : null;
  return value !== null && isExact(value) && chain.relations.every((r) => r === "=") ? value : null;
}

/** Factors by which the same quantity may be written in another unit. */
const SCALES = [100, 60, 12, 7, 1000, 24, 3600, 16, 3, 52, 4, 2].map(integer);

function scaleOf(a: Rational, b: Rational): boolean {
  const quotient = divide(a, b);
  if (quotient === null) return true;
  return SCALES.some((scale) => {
    const inverse = divide(integer(1), scale);
    return equal(quotient, scale) || (inverse !== null && equal(quotient, inverse));
  });
}

const COUNTED =
  /^(?:people|persons?|students?|children|kids?|boys?|girls?|men|women|guests?|friends?|players?|passengers?|workers?|teachers?|dogs?|cats?|cows?|chickens?|birds?|fish|animals?|cars?|bus(?:es)?|trucks?|books?|shirts?|tickets?|coins?|chairs?|tables?|houses?|balls?|marbles?|toys?|eggs?)$/;

/** A count of people or things that is negative or broken. */
function brokenCounts(input: CheckInput): Finding[] {
  const out: Finding[] = [];
  for (const chain of input.trace.chains) {
    const noun = nounOf(chain);
    const value = COUNTED.test(noun) && chain.trail[1] !== "per" ? finalValue(chain, input) : null;
    // A share, "1/12 of the cats", is no count.
    if (value === null || (value.n >= 0n && (isInteger(value) || value.n < value.d))) continue;
    const message =
      value.n < 0n
        ? `a negative number of ${noun}: ${spoken(value)}`
        : `a broken number of ${noun}: ${spoken(value)}`;
    out.push(finding("logic", 0.6, chain, message, { found: show(value) }));
  }
  return out;
}
