/**
 * Doubt: how much the signs of a solution, each too weak to accuse, speak against it together, and which step they point
 * at. Asked only of problems in prose, where the signs were weighed.
 */
import type { Dimension, Finding } from "../../data/records.js";
import { largest, probabilities, type Signs, utility } from "../signs/choice.js";
import {
  type FreeSigns,
  freeSigns,
  STEP_SIGNS,
  type StepSign,
  WHOLE_SIGNS,
  type WholeSign,
} from "../signs/free.js";
import { WEIGHTS } from "../weights.js";
import { type CheckInput, ERROR_SEVERITY, finding } from "./check.js";

/** Problems in formal notation: in their solutions the words of the signs mean something else. */
export const FORMAL =
  /\\frac|\\sqrt|\\\(|\$[^$\d\s.,;:?!)]|\$[\d.]{1,9}\$|\^|polynomial|triangle|integer|function|equation/;

const SEVERITY = 0.55;
/** Signs that speak of where a number comes from; the others speak of how the chain holds together. */
const OF_GROUNDING: ReadonlySet<string> = new Set<StepSign | WholeSign>([
  "foreign",
  "constant",
  "assume",
  "renamed",
  "unused",
]);
/** Signs that say where a step stands, what it looks like or how hard the problem is: no reason that a person could follow. */
const NO_REASON: ReadonlySet<string> = new Set<StepSign | WholeSign>([
  "base",
  "hints",
  "long",
  "words",
  "empty",
  "prose",
  "first",
  "answer",
  "after",
  "last",
]);

export interface Doubt {
  /** In [0, 1]: 0 for a solution that shows no more signs than nearly all right ones do. */
  readonly doubt: number;
  /** Names the step, where the doubt accuses and nothing else does. */
  readonly finding: Finding | null;
}

export interface DoubtWeights {
  /** Probability of an error from which a step is named. */
  readonly threshold: number;
  /** Probability of an error below which there is no doubt. */
  readonly floor: number;
  readonly whole: Readonly<Record<WholeSign, number>>;
  readonly step: Readonly<Record<StepSign, number>>;
}

/** @param findings what the checks found */
export function doubtOf(
  input: CheckInput,
  findings: readonly Finding[],
  weights: DoubtWeights = WEIGHTS.place.free,
): Doubt {
  const { question, trace } = input;
  if (FORMAL.test(question) || trace.steps.length === 0) return { doubt: 0, finding: null };
  const signs = freeSigns(input, findings);
  const { floor, threshold } = weights;
  // The first alternative is that nothing is wrong; the others, that a step is the first wrong one.
  const [right = 1, ...steps] = probabilities([
    utility(signs.whole, weights.whole),
    ...signs.steps.map((step) => utility(step, weights.step)),
  ]);
  const doubt = Math.max(0, (1 - right - floor) / (1 - floor));
  const accused = findings.some((f) => f.severity >= ERROR_SEVERITY && f.dimension !== "form");
  const step = trace.steps[largest(steps)];
  if (accused || 1 - right < threshold || step === undefined) return { doubt, finding: null };
  const { dimension, message } = leading(signs, step.index, weights);
  const place = { step: step.index, start: step.start, end: step.start + step.text.length };
  return { doubt, finding: finding(dimension, SEVERITY, place, message) };
}

/** The sign that weighs most against a step or against the whole, as the reason. */
function leading(
  { whole, steps }: FreeSigns,
  step: number,
  weights: DoubtWeights,
): { dimension: Dimension; message: string } {
  const reasons = [
    ...reasonsOf(STEP_SIGNS, weights.step, steps[step] ?? {}, 1),
    // The signs of the whole weigh for "nothing is wrong".
    ...reasonsOf(WHOLE_SIGNS, weights.whole, whole, -1),
  ];
  const telling = reasons.filter(({ name, weight }) => weight > 0 && !NO_REASON.has(name));
  const [top] = telling.sort((a, b) => b.weight - a.weight);
  if (top === undefined) return { dimension: "logic", message: "doubtful: many weak signs, none by itself" };
  return {
    dimension: OF_GROUNDING.has(top.name) ? "grounding" : "logic",
    message: `doubtful: ${top.says}`,
  };
}

function reasonsOf<Name extends string>(
  says: Readonly<Record<Name, string>>,
  weights: Readonly<Record<Name, number>>,
  signs: Signs<Name>,
  side: 1 | -1,
): { name: string; says: string; weight: number }[] {
  const out: { name: string; says: string; weight: number }[] = [];
  for (const name in says)
    out.push({ name, says: says[name], weight: side * weights[name] * (signs[name] ?? 0) });
  return out;
}
