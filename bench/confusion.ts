/** How verdicts on first errors agree with labels that a reader gave: a confusion matrix over dimensions. */
import { DIMENSIONS, type Dimension, type Judgement } from "../src/data/records.js";
import { ERROR_SEVERITY } from "../src/verifier/checks/check.js";

/** One labelled row with what the verifier says of it. */
export interface Compared {
  readonly label: Dimension;
  /** Dimension of the first accusation; "none" where no step is accused. */
  readonly verdict: Dimension | "none";
  /** The first accused step is the labelled one. */
  readonly stepFound: boolean;
  /** The label's dimension is beyond doubt; null where the reader did not say. */
  readonly clear: boolean | null;
  /** Kind of error, as the reader names it. */
  readonly class: string;
}

export const VERDICTS = [...DIMENSIONS, "none"] as const;

/** Rows by label, then by verdict. */
export type Matrix = Record<Dimension, Record<(typeof VERDICTS)[number], number>>;

/** Rows that agree of rows that could. */
export interface Share {
  readonly agreed: number;
  readonly of: number;
}

/**
 * The dimension in which a judgement accuses its first wrong step: the gravest finding that names the step as wrong, the
 * first of equals. A wrong answer is a symptom and counts only where nothing else accuses that step.
 */
export function accusation({ findings, firstErrorStep }: Judgement): Dimension | "none" {
  const accusing = findings.filter(
    (f) => f.step === firstErrorStep && f.severity >= ERROR_SEVERITY && f.dimension !== "form",
  );
  const causes = accusing.filter((f) => f.dimension !== "answer");
  const [gravest] = (causes.length > 0 ? causes : accusing).sort((a, b) => b.severity - a.severity);
  return gravest?.dimension ?? "none";
}

/** Counts of rows by label and verdict. */
export function confusion(rows: readonly Compared[]): Matrix {
  const counts = () => ({ answer: 0, arithmetic: 0, algebra: 0, logic: 0, grounding: 0, form: 0, none: 0 });
  const matrix: Matrix = {
    answer: counts(),
    arithmetic: counts(),
    algebra: counts(),
    logic: counts(),
    grounding: counts(),
    form: counts(),
  };
  for (const { label, verdict } of rows) matrix[label][verdict]++;
  return matrix;
}

/** Rows whose verdict names the label's dimension. */
export function agreement(rows: readonly Compared[]): Share {
  return { agreed: rows.filter((row) => row.label === row.verdict).length, of: rows.length };
}

/** Rows where the verdict names another dimension or none, by label, verdict and class, the most frequent first. */
export function disagreements(
  rows: readonly Compared[],
): { label: string; verdict: string; class: string; rows: number }[] {
  const counts = new Map<string, { label: string; verdict: string; class: string; rows: number }>();
  for (const { label, verdict, class: kind } of rows) {
    if (label === verdict) continue;
    const key = JSON.stringify([label, verdict, kind]);
    const entry = counts.get(key) ?? { label, verdict, class: kind, rows: 0 };
    entry.rows++;
    counts.set(key, entry);
  }
  return [...counts.values()].sort((a, b) => b.rows - a.rows || (a.class < b.class ? -1 : 1));
}
