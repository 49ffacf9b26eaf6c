/**
 * Signs, step by step, that a wrong solution leaves its reference at a step. The two are aligned as graphs of
 * quantities; the first computation that leads nowhere in the reference departs. People often put the error before it,
 * where a number or a relation was misread, or behind it, so no sign decides alone: `choice.ts` weighs them.
 */

import type { Finding } from "../../data/records.js";
import { type Aligned, align, type Match } from "../alignment/align.js";
import { type Computation, close, computationsOf, ground } from "../alignment/computations.js";
import type { CheckInput } from "../checks/check.js";
import { equal, keyOf, type Rational } from "../expression/rational.js";
import { type Given, isConstant, isGiven } from "../givens.js";
import { ledgerOf } from "../ledger.js";
import type { Trace, TracedStep } from "../trace.js";
import { byStep } from "./by-step.js";
import type { Signs } from "./choice.js";

/** What each sign says of a step. `departing`: the first computation that leaves every way to the reference's values. */
export const GUIDED_SIGNS = {
  departs: "it holds the departing computation, or, with none, concludes",
  answers: "it departs by the answer alone",
  misstated: "the departing computation states another value than its own",
  operation: "the departing computation is one of the reference's with another operation",
  operand: "the departing computation is one of the reference's with another operand",
  alone: "the departing computation is like none of the reference's",
  chance: "the departing computation has a value of the reference's from other givens",
  derived: "the departing computation uses a derived value",
  rate: "the departing computation is a division",
  before: "the departing step is the next one",
  silent: "before it departs: numbers are stated, nothing is computed",
  empty: "before it departs: no number at all",
  sound: "before it departs: all computations are the reference's",
  introduces: "before it departs: it first writes the operand that makes the departing computation differ",
  second: "the next computation that departs is here",
  after: "behind the departing step",
  foreign: "a number that is neither in the problem, nor in the reference, nor derived, nor common knowledge",
  fault: "a finding that is nearly certain",
  hint: "a finding that accuses",
  beyond: "behind a finding that is nearly certain",
  last: "it is the last step",
} as const;
export type GuidedSign = keyof typeof GUIDED_SIGNS;

export interface GuidedSteps {
  readonly steps: readonly Signs<GuidedSign>[];
  /** The departing computation, where there is one. */
  readonly cause: Aligned | null;
  /** The reference's last computation, where the solution makes none like it. */
  readonly missing: Computation | null;
  /** Givens that the reference uses and the solution does not. */
  readonly unused: readonly Given[];
}

const DEPARTS: ReadonlySet<Match> = new Set<Match>(["operation", "operand", "alone", "chance", "known"]);
/** Units of work that a comparison up to rounding and percent takes: four products of fractions. */
const CLOSE = 4;
/** Severity from which a finding is nearly certain, and from which it accuses. */
const [CERTAIN, ACCUSES] = [0.8, 0.5];

/** @param findings what the checks found without looking at the reference solution */
export function guidedSigns(
  { question, trace, computations: own, ledger, answer: found, budget }: CheckInput,
  reference: Trace,
  findings: readonly Finding[],
): GuidedSteps {
  const answer = found?.value ?? null;
  const theirs = computationsOf(reference, budget);
  const known = [...reference.givens.map((given) => given.value), ...numbersOf(reference)];
  const aligned = align(own, theirs, known, budget);
  const departing = departures(own, aligned, answer);
  const [cause = null] = departing;
  const answering = answer === null ? undefined : own.find((c) => gives(c, answer));
  const end = theirs.at(-1);
  const reached = end === undefined || aligned.some((a) => a.twin === end && !DEPARTS.has(a.match));
  // All of the reference was computed: the conclusion alone is wrong.
  const concluding = reached ? undefined : concludes(trace, own, answering, found?.start ?? 0);
  const place = cause?.computation.step ?? concluding ?? trace.steps.length - 1;
  const second = departing.find((a) => a.computation.step > place)?.computation.step;
  const certain = findings.find((f) => judges(f) && f.severity >= CERTAIN)?.step ?? Number.POSITIVE_INFINITY;
  const writes = firstWritten(trace);
  const foreign = (value: Rational) =>
    budget.spend(CLOSE * (trace.givens.length + known.length + own.length)) &&
    !isGiven(value, trace.givens) &&
    !isConstant(value) &&
    !known.some((k) => close(k, value)) &&
    !own.some((c) => gives(c, value));
  const sayings = byStep(trace.steps, findings.filter(judges), (f) => f.step);
  const alignments = byStep(trace.steps, aligned, (a) => a.computation.step);
  const steps = trace.steps.map((step, i): Signs<GuidedSign> => {
    const says = sayings[i] ?? [];
    const fault = says.some((f) => f.severity >= CERTAIN);
    const here = alignments[i] ?? [];
    return {
      ...(i === place ? departingSigns(cause) : i < place ? earlier(step, here) : { after: 1 }),
      ...when("before", i === place - 1),
      ...when("second", i === second && i > place),
      ...when("introduces", i < place && introduces(cause, own, trace, writes.get(step) ?? [])),
      ...when("foreign", (writes.get(step) ?? []).some(foreign)),
      ...when("fault", fault),
      ...when("hint", !fault && says.some((f) => f.severity >= ACCUSES)),
      ...when("beyond", i > certain),
      ...when("last", i === trace.steps.length - 1),
    };
  });
  const theirUnused = ledgerOf(question, reference, theirs, budget).unused;
  const unused = ledger.unused.filter(({ start }) => !theirUnused.some((given) => given.start === start));
  return { steps, cause, missing: reached ? null : end, unused };
}

const NONE: Signs<GuidedSign> = {};
const when = (sign: GuidedSign, on: boolean): Signs<GuidedSign> => (on ? { [sign]: 1 } : NONE);
const judges = (f: Finding) => f.dimension !== "form" && f.dimension !== "answer";
const gives = (c: Computation, value: Rational) =>
  close(c.value, value) || (c.stated !== null && close(c.stated, value));

/** Computations on the way to the answer that do not lead back to the reference, and those that misstate their value. */
function departures(
  own: readonly Computation[],
  aligned: readonly Aligned[],
  answer: Rational | null,
): Aligned[] {
  const shared = aligned.filter((a) => a.match === "same" || a.match === "reached");
  const back = ground(
    shared.map((a) => a.computation.index),
    own,
  );
  const last = own.at(-1);
  const end = answer === null ? undefined : own.findLast((c) => gives(c, answer));
  const path = ground(
    [last, end].flatMap((c) => (c === undefined ? [] : [c.index])),
    own,
  );
  return aligned.filter(
    ({ computation, match }) =>
      misstated(computation) ||
      (DEPARTS.has(match) && !back.has(computation.index) && path.has(computation.index)),
  );
}

/**
 * The step in which a solution ends too early: a line of its own behind all computations that takes a value for the
 * answer, or else the step that computes it.
 */
function concludes(
  { steps }: Trace,
  own: readonly Computation[],
  answering: Computation | undefined,
  at: number,
): number | undefined {
  const line = steps.findLast((step) => step.start <= at)?.index;
  return line !== undefined && line > (own.at(-1)?.step ?? line) ? line : answering?.step;
}

function misstated({ value, stated }: Computation): boolean {
  return stated !== null && !close(value, stated);
}

function departingSigns(cause: Aligned | null): Signs<GuidedSign> {
  if (cause === null) return { departs: 1, answers: 1 };
  const { computation, match } = cause;
  const kind = misstated(computation)
    ? "misstated"
    : match === "operation" || match === "operand" || match === "chance"
      ? match
      : "alone";
  return {
    departs: 1,
    [kind]: 1,
    ...when("derived", computation.from.length > 0),
    ...when("rate", computation.forms[0]?.operation === "/"),
  };
}

function earlier(step: TracedStep, here: readonly Aligned[]): Signs<GuidedSign> {
  if (here.length > 0)
    return when(
      "sound",
      here.every((a) => a.match === "same" || a.match === "reached"),
    );
  return step.tokens.some((token) => token.kind === "number") ? { silent: 1 } : { empty: 1 };
}

/** Whether the operand that makes the departing computation differ is written here first, out of nothing. */
function introduces(
  cause: Aligned | null,
  own: readonly Computation[],
  trace: Trace,
  written: readonly Rational[],
): boolean {
  const found = cause?.changed?.found;
  if (found === undefined || isGiven(found, trace.givens)) return false;
  return written.some((value) => equal(value, found)) && !own.some((c) => gives(c, found));
}

/** The numbers that each step is the first to write. */
function firstWritten(trace: Trace): ReadonlyMap<TracedStep, readonly Rational[]> {
  const seen = new Set<string>();
  return new Map(
    trace.steps.map((step) => {
      const fresh = step.tokens.flatMap(({ kind, value }) => {
        const key = value === undefined ? "" : keyOf(value);
        if (kind !== "number" || value === undefined || seen.has(key)) return [];
        seen.add(key);
        return [value];
      });
      return [step, fresh];
    }),
  );
}

function numbersOf(trace: Trace): Rational[] {
  return trace.steps.flatMap((step) =>
    step.tokens.flatMap(({ value }) => (value === undefined ? [] : [value])),
  );
}
