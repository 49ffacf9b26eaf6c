/**
 * Signs, step by step, that a solution goes wrong at a step, and of the whole that it is right, without a reference. Each
 * is weak: right solutions show them too. `choice.ts` weighs them against each other.
 */

import type { Finding } from "../../data/records.js";
import { type Computation, close, ground } from "../alignment/computations.js";
import type { CheckInput } from "../checks/check.js";
import { equal, isInteger, type Rational, toNumber } from "../expression/rational.js";
import { isGiven, type Trace, type TracedStep } from "../trace.js";
import { byStep } from "./by-step.js";
import type { Signs } from "./choice.js";
import { addsAgain, contradicts, takesBack } from "./relations.js";
import { renames, unusedSteps } from "./roles.js";

/** What each sign says of a step. */
export const STEP_SIGNS = {
  foreign: "a number that is neither in the problem, nor derived, nor common knowledge",
  inHead: "a number that is one operation away from known ones, which is not shown",
  constant: "a number of common knowledge that the problem does not state",
  fraction: "a broken value above one that is no half, quarter or amount of cents",
  assume: "an assumption",
  round: "a value is rounded before the end",
  hedge: "a word of doubt",
  contradicts: "the operation contradicts the word beside it: 'twice' and a division by 2",
  again: "adds what its operand holds already, or what was just taken from it",
  takesBack: "takes away what its operand was made from",
  renamed: "a given with another noun behind it than in the problem",
  unused: "speaks of what stands beside a given that is never used",
  ignores: "gives the answer though a computed value is not used",
  sum: "adds three numbers or more",
  repeats: "uses a given twice in one computation",
  empty: "no number at all",
  prose: "numbers are stated, nothing is computed",
  first: "the first step that computes",
  answer: "the first step that gives the answer",
  after: "behind the first step that gives the answer",
  last: "the last step",
} as const;
export type StepSign = keyof typeof STEP_SIGNS;

/** What each sign says of the whole solution. Counts of things found are in thirds, at most 1. */
export const WHOLE_SIGNS = {
  base: "always 1",
  brokenAnswer: "a broken answer to 'how many', or one that is no amount of cents",
  negativeAnswer: "a negative answer",
  noAnswer: "no answer that is a number",
  deadEnds: "computed values are never used",
  hints: "the checks found something",
  long: "steps, in tens, at most 1",
  unused: "numbers of the problem are never used",
  uncomputed: "no computation gives the answer",
  words: "words of the problem, in hundreds, at most 2",
} as const;
export type WholeSign = keyof typeof WHOLE_SIGNS;

export interface FreeSigns {
  readonly whole: Signs<WholeSign>;
  readonly steps: readonly Signs<StepSign>[];
}

const ASSUME = /\b(?:assum|standard\b|typical)/i;
const ROUND = /\bround|\bwhole\b|\bfraction of an?\b/i;
const HEDGE =
  /\b(?:however|seems?|mistake|without|interpret\w{0,12}|not (?:provided|specified|given|stated|mentioned|possible))\b/i;
const HOW_MANY = /\bhow many\b/i;

/** @param findings what the checks found */
export function freeSigns(
  { question, trace, computations: own, ledger, answer: found }: CheckInput,
  findings: readonly Finding[],
): FreeSigns {
  const answer = found?.value ?? null;
  const { givens, steps } = trace;
  const last = steps.length - 1;
  const answering = answer === null ? undefined : own.find((c) => close(c.stated ?? c.value, answer));
  const end = answer === null ? undefined : own.findLast((c) => close(c.stated ?? c.value, answer));
  const dead = deadEnds(own, end, answering?.step ?? last, lastWritten(steps));
  const { unused } = ledger;
  const speaking = unusedSteps(question, trace, unused);
  const working = own[0]?.step;
  const computed = byStep(steps, own, (c) => c.step);
  const equations = new Set(
    trace.chains.flatMap((chain) =>
      chain.sides.some(({ variables }) => variables.length > 0) ? [chain.step] : [],
    ),
  );
  const out = steps.map((step, i): Signs<StepSign> => {
    const signs: Partial<Record<StepSign, number>> = {};
    const on = (sign: StepSign, yes: boolean) => {
      if (yes) signs[sign] = 1;
    };
    const here = computed[i] ?? [];
    const { text } = step;
    const news = ledger.news[i];
    on("foreign", (news?.foreign.length ?? 0) > 0);
    on("inHead", (news?.inHead.length ?? 0) > 0);
    on("constant", (news?.constant.length ?? 0) > 0);
    on(
      "fraction",
      here.some((c) => broken(c.value)),
    );
    on("assume", ASSUME.test(text));
    on("round", i < last && ROUND.test(text));
    on("hedge", HEDGE.test(text));
    on("contradicts", contradicts(text, here));
    on(
      "again",
      here.some((c) => addsAgain(c, own)),
    );
    on(
      "takesBack",
      here.some((c) => takesBack(c, own)),
    );
    on("renamed", renames(step, givens));
    on("unused", speaking.has(i));
    on("ignores", dead.length > 0 && answering?.step === i);
    on(
      "sum",
      here.some((c) => c.forms[0]?.operation === "+" && c.forms[0].written.length > 2),
    );
    on(
      "repeats",
      here.some((c) => repeats(c, trace)),
    );
    const silent = here.length === 0 && !equations.has(i);
    const states = step.tokens.some((token) => token.kind === "number");
    on("empty", silent && !states);
    on("prose", silent && states);
    on("first", i === working);
    on("answer", i === answering?.step);
    on("after", answering !== undefined && i > answering.step);
    on("last", i === last);
    return signs;
  });
  const third = (count: number) => Math.min(3, count) / 3;
  const flag = (sign: WholeSign, yes: boolean): Signs<WholeSign> => (yes ? { [sign]: 1 } : {});
  const whole: Signs<WholeSign> = {
    base: 1,
    ...flag(
      "brokenAnswer",
      answer !== null && !isInteger(answer) && (HOW_MANY.test(question) || !cents(answer)),
    ),
    ...flag("negativeAnswer", answer !== null && answer.n < 0n),
    ...flag("noAnswer", answer === null),
    deadEnds: third(dead.length),
    hints: third(findings.filter((f) => f.dimension !== "form" && f.dimension !== "answer").length),
    long: Math.min(10, steps.length) / 10,
    unused: third(unused.length),
    ...flag("uncomputed", answer !== null && own.length > 0 && answering === undefined),
    words: Math.min(200, question.split(/\s+/).length) / 100,
  };
  return { whole, steps: out };
}

const cents = ({ n, d }: Rational) => (n * 100n) % d === 0n;

function broken(value: Rational): boolean {
  return value.n > value.d && !cents(value);
}

function repeats({ forms: [form] }: Computation, trace: Trace): boolean {
  const written = form?.written ?? [];
  return written.some((v, k) => written.findIndex((w) => equal(w, v)) !== k && isGiven(v, trace.givens));
}

/** Values computed before the answer that lead neither to it nor to anything else, and that no later step mentions. */
function deadEnds(
  own: readonly Computation[],
  end: Computation | undefined,
  before: number,
  written: ReadonlyMap<number, number>,
): Computation[] {
  const path = end === undefined ? new Set<number>() : ground([end.index], own);
  const used = new Set(own.flatMap((c) => c.from));
  return own.filter(
    (c) =>
      c.step < before &&
      !used.has(c.index) &&
      !path.has(c.index) &&
      (end === undefined || !close(c.value, end.value)) &&
      (written.get(toNumber(c.stated ?? c.value)) ?? 0) <= c.step,
  );
}

/** The last step that writes each number. */
function lastWritten(steps: readonly TracedStep[]): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  for (const { index, tokens } of steps)
    for (const { value } of tokens) if (value !== undefined) out.set(toNumber(value), index);
  return out;
}
