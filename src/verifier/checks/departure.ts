/**
 * Where a wrong solution leaves the reference solution. The step is chosen by weighing signs (`signs/guided.ts`): mostly
 * the one with the first computation that leads to none of the reference's values. What that computation shares with
 * the reference's shows what is wrong with it: its operation, or one of its operands.
 */
import type { Finding } from "../../data/records.js";
import type { Aligned } from "../alignment/align.js";
import type { Computation } from "../alignment/computations.js";
import { add, equal, integer, ONE, type Rational, show } from "../expression/rational.js";
import { isConstant, isGiven } from "../givens.js";
import { largest, utility } from "../signs/choice.js";
import { type GuidedSteps, guidedSigns } from "../signs/guided.js";
import type { Trace } from "../trace.js";
import { WEIGHTS } from "../weights.js";
import { type CheckInput, ERROR_SEVERITY, finding, spoken } from "./check.js";
import { misreading } from "./misreading.js";

const SEVERITY = 0.75;
/** Where a number does not stand for what it is used as, that is the cause: it comes before the relation that breaks. */
const MISREAD_SEVERITY = 0.76;
const HUNDRED = integer(100);

export interface Departure {
  readonly step: number;
  /** Empty where a false computation or a wrong equation of the step says what is wrong with it already. */
  readonly findings: readonly Finding[];
}

/**
 * The step where a wrong solution leaves its reference; null for a solution without steps.
 *
 * @param findings what the other checks found
 */
export function departure(
  input: CheckInput,
  reference: Trace,
  findings: readonly Finding[],
): Departure | null {
  const { trace } = input;
  const signs = guidedSigns(input, reference, findings);
  if (signs.steps.length === 0) return null;
  const chosen = largest(signs.steps.map((step) => utility(step, WEIGHTS.place.guided)));
  const told = findings.some(
    (f) =>
      f.step === chosen &&
      f.severity >= ERROR_SEVERITY &&
      (f.dimension === "arithmetic" || f.dimension === "algebra"),
  );
  if (told) return { step: chosen, findings: [] };
  const left = describe(trace, chosen, signs);
  const misread = left.dimension === "grounding" ? null : misreading(input, reference, signs);
  if (misread === null) return { step: chosen, findings: [left] };
  return { step: chosen, findings: [left, finding("grounding", MISREAD_SEVERITY, left, misread)] };
}

function describe(trace: Trace, chosen: number, { cause, missing, steps }: GuidedSteps): Finding {
  const step = trace.steps[chosen];
  const start = step?.start ?? 0;
  const whole = { step: chosen, start, end: start + (step?.text.length ?? 0) };
  if (cause !== null && cause.computation.step === chosen) {
    const { dimension, message, values } = compare(cause, trace);
    return finding(dimension, SEVERITY, cause.computation, message, values);
  }
  const dimension = steps[chosen]?.foreign === 1 || steps[chosen]?.introduces === 1 ? "grounding" : "logic";
  if (cause !== null) {
    const { message, values } = compare(cause, trace);
    const where = cause.computation.step > chosen ? "a later step" : "an earlier step";
    return finding(dimension, SEVERITY, whole, `leaves the reference solution: ${where} ${message}`, values);
  }
  if (missing === null) return finding(dimension, SEVERITY, whole, "leaves the reference solution");
  const message = `stops before ${equation(missing)}, which the reference solution computes`;
  return finding(dimension, SEVERITY, whole, message, { expected: show(missing.value) });
}

interface Difference {
  readonly dimension: "logic" | "grounding";
  readonly message: string;
  readonly values: { readonly expected?: string; readonly found: string };
}

/** What is wrong with a computation, beside the one of the reference's that it nearly is. */
function compare({ computation, match, twin, changed, source }: Aligned, trace: Trace): Difference {
  const own = show(computation.stated ?? computation.value);
  const nowhere = (value: Rational) => !isGiven(value, trace.givens) && !isConstant(value);
  if (twin !== undefined && match === "operation") {
    const message = `computes ${equation(computation)} where the reference computes ${equation(twin)}`;
    return { dimension: "logic", message, values: { expected: show(twin.value), found: own } };
  }
  if (twin !== undefined && changed !== undefined) {
    const { found, expected } = changed;
    const never = source === undefined ? "" : `, and never computes ${equation(source)}`;
    const message = `uses ${spoken(found)} where the reference uses ${spoken(expected)}${never}`;
    const invented =
      !isGiven(found, trace.givens) &&
      !completes(found, expected) &&
      computation.fresh.some((value) => equal(value, found));
    const values = { expected: show(twin.value), found: own };
    return { dimension: invented ? "grounding" : "logic", message, values };
  }
  const message = `derives ${spoken(computation.stated ?? computation.value)}, which the reference solution never reaches`;
  const dimension = computation.fresh.some(nowhere) ? "grounding" : "logic";
  return { dimension, message, values: { found: own } };
}

/** Whether two shares make a whole: 20 % taken for 80 % is no number from nowhere. */
function completes(a: Rational, b: Rational): boolean {
  const sum = add(a, b);
  return sum !== null && (equal(sum, ONE) || equal(sum, HUNDRED));
}

/** `48 / 2 = 24`, or the value alone where more than two numbers meet. */
function equation({ forms: [form], value, stated }: Computation): string {
  const result = spoken(stated ?? value);
  if (form?.written.length !== 2) return result;
  const sign = form.operation === undefined ? " and " : ` ${form.operation} `;
  return `${form.written.map(spoken).join(sign)} = ${result}`;
}
