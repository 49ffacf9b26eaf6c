/**
 * Doubt: how much the signs of a solution, each too weak to accuse, speak against it together, and which step they point
 * at. Asked only of problems in prose, where the signs were weighed.
 */
import type { Dimension, Finding } from "../../data/records.js";
import { largest, probabilities, type Signs, utility } from "../signs/choice.js";
import { freeSigns, STEP_SIGNS, type StepSign, type WholeSign } from "../signs/free.js";
import { WEIGHTS } from "../weights.js";
import { type CheckInput, ERROR_SEVERITY, finding } from "./check.js";

/** Problems in formal notation: in their solutions the words of the signs mean something else. */
export const FORMAL = /\\frac|\\sqrt|\\\(|\$[^$\d\s]|\^|polynomial|triangle|integer|function|equation/;

const SEVERITY = 0.55;
/** Signs that speak of where a number comes from; the others speak of how the chain holds together. */
const OF_GROUNDING: ReadonlySet<StepSign> = new Set<StepSign>([
  "foreign",
  "constant",
  "assume",
  "renamed",
  "unused",
  "totals",
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
  { question, trace, answer, budget }: CheckInput,
  findings: readonly Finding[],
  weights: DoubtWeights = WEIGHTS.place.free,
): Doubt {
  if (FORMAL.test(question) || trace.steps.length === 0) return { doubt: 0, finding: null };
  const signs = freeSigns(question, trace, answer?.value ?? null, findings, budget);
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
  const { dimension, message } = leading(signs.steps[step.index] ?? {}, weights.step);
  const place = { step: step.index, start: step.start, end: step.start + step.text.length };
  return { doubt, finding: finding(dimension, SEVERITY, place, message) };
}

/** The sign that weighs most at a step, as the reason. */
function leading(
  signs: Signs<StepSign>,
  weights: DoubtWeights["step"],
): { dimension: Dimension; message: string } {
  const names = Object.keys(signs).filter((name): name is StepSign => name in STEP_SIGNS);
  const [top] = names.sort((a, b) => weights[b] * (signs[b] ?? 0) - weights[a] * (signs[a] ?? 0));
  if (top === undefined) return { dimension: "logic", message: "doubtful" };
  return {
    dimension: OF_GROUNDING.has(top) ? "grounding" : "logic",
    message: `doubtful: ${STEP_SIGNS[top]}`,
  };
}
