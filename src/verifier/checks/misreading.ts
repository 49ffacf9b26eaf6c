/**
 * What a departure from the reference has to do with the numbers of the problem, not with their relation: a number from
 * nowhere, a given left out, a given that stands for another. What a share or a multiple is taken of is a relation.
 */
import type { Aligned } from "../alignment/align.js";
import { type Computation, close, leafKey } from "../alignment/computations.js";
import { equal, isInteger, type Rational } from "../expression/rational.js";
import { type Given, phraseOf } from "../givens.js";
import type { GuidedSteps } from "../signs/guided.js";
import { calledEach } from "../signs/roles.js";
import type { Trace } from "../trace.js";
import { MULTIPLIERS } from "../words.js";
import { type CheckInput, spoken } from "./check.js";

/** What is misread, to stand behind "it"; null for nothing. */
export function misreading(
  input: CheckInput,
  reference: Trace,
  { cause, missing, unused }: GuidedSteps,
): string | null {
  const { question, ledger } = input;
  const phrase = (given: Given) => `"${phraseOf(given, question)}"`;
  if (cause === null) {
    const given = missing === null ? undefined : leftOut(input, missing);
    return given === undefined ? null : `leaves out ${phrase(given)} of the problem`;
  }
  const { computation, match, twin, changed } = cause;
  const step = input.trace.steps[computation.step];
  const each = step && calledEach(step, ledger.stated, question);
  if (each !== undefined && holds(computation, each))
    return `takes ${phrase(each)} for each, which the problem does not say`;
  if (match === "operation") return null;
  const foreign = computation.fresh.find((value) => fromNowhere(value, input, reference));
  if (foreign !== undefined) return `uses ${spoken(foreign)}, which the problem does not state`;
  if (takesShare(computation, ledger.stated, question)) return null;
  const given = unused.find((u) => belongs(u, cause));
  if (given !== undefined)
    return `never uses ${phrase(given)} of the problem, which the reference solution uses`;
  if (computation.from.length > 0) return null;
  const operation = twin?.forms[0]?.operation;
  if (match !== "operand" || changed === undefined || (operation !== "*" && operation !== "/")) return null;
  return `takes ${spoken(changed.found)} for what is ${spoken(changed.expected)}`;
}

/** A whole number up to which a count may be counted from the words of a problem: its people, its days. */
const SMALL = 4n;

const holds = ({ leaves }: Computation, { value }: Given) => leaves.has(leafKey(value));

/** A given that stands in the reference's last sum and in none of the solution's computations. */
function leftOut({ computations, ledger }: CheckInput, missing: Computation): Given | undefined {
  if (!sums(missing)) return undefined;
  const own = missing.fresh.filter((value) => !computations.some((c) => c.leaves.has(leafKey(value))));
  return ledger.stated.find((given) => own.some((value) => equal(value, given.value)));
}

/** Whether a number is neither of the problem, nor one operation away from it, nor of the reference. */
function fromNowhere(value: Rational, { ledger }: CheckInput, reference: Trace): boolean {
  if (isInteger(value) && (value.n <= SMALL || value.n === 100n)) return false;
  const news = ledger.news.some(({ foreign, constant }) =>
    [...foreign, ...constant].some((x) => equal(x, value)),
  );
  return (
    news &&
    !reference.steps.some(({ tokens }) => tokens.some((t) => t.value !== undefined && close(t.value, value)))
  );
}

/** Whether a product or a quotient takes a percentage, a fraction or a multiple that the problem states of something. */
function takesShare(
  { forms: [form], leaves }: Computation,
  stated: readonly Given[],
  question: string,
): boolean {
  if (form?.operation !== "*" && form?.operation !== "/") return false;
  // "1/5" is one number to the problem, and may be two to a computation.
  const has = ({ n, d }: Rational) =>
    leaves.has(leafKey({ n, d })) ||
    (d > 1n && [n, d].every((x) => form.written.some((v) => v.d === 1n && v.n === x)));
  return stated.some(
    ({ value, percent, noun, start, end }) =>
      (percent ||
        value.n < value.d ||
        noun === "times" ||
        MULTIPLIERS.has(question.slice(start, end).toLowerCase())) &&
      has(value),
  );
}

/**
 * Whether an unused given should have come in where the solution departs: the reference's computation rests on it, or a
 * sum is made without it. A product without it is another relation.
 */
function belongs(given: Given, { computation, twin }: Aligned): boolean {
  return (twin !== undefined && holds(twin, given)) || sums(computation);
}

const sums = ({ forms: [form] }: Computation) => form?.operation === "+" || form?.operation === "-";
