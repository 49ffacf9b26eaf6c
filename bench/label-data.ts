/** Wrong solutions whose first error a reader labelled: how rows are chosen, named and joined (bench/labels/README.md). */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DIMENSIONS } from "../src/data/records.js";
import { DATA_FOLDER, type ProcessRow, type SolutionRow, type VerifierData } from "./verifier-data.js";

/** Where the labels lie, from the project's root. */
const LABEL_FILE = "bench/labels/gsm8k-6b.jsonl";
/** Rows that are labelled. */
const LABEL_COUNT = 100;
/** Fixes the choice: another tag would choose other rows. */
const CHOICE_TAG = "label-v1:";

const LabelRow = z.strictObject({
  /** `rowHash` of the row. */
  hash: z.string().regex(/^[0-9a-f]{16}$/),
  /** 0-based first wrong step, as `splitSteps` numbers them. */
  step: z.int().nonnegative(),
  dimension: z.enum(DIMENSIONS),
  /** False where two dimensions are defensible. */
  clear: z.boolean(),
  /** The kind of error in the reader's words. */
  class: z.string().min(1),
});
export type LabelRow = z.infer<typeof LabelRow>;

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

/** Names a row without its text: the first 16 hex digits of SHA-256 of question, newline, solution. */
export function rowHash(question: string, solution: string): string {
  return sha256(`${question}\n${solution}`).slice(0, 16);
}

/** The wrong rows of least SHA-256 of tag, question and solution, least first; equal texts count once. */
export function chooseRows(rows: readonly SolutionRow[], count: number = LABEL_COUNT): SolutionRow[] {
  const byKey = new Map<string, SolutionRow>();
  for (const row of rows) {
    if (!row.is_correct) byKey.set(sha256(CHOICE_TAG + row.question + row.solution), row);
  }
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, count)
    .map(([, row]) => row);
}

/** A label of the development data's own readers (processbench/ERRORS.md). */
const ErrorRow = z.object({
  id: z.string(),
  step: z.int().nonnegative(),
  dimension: z.enum(DIMENSIONS),
  kind: z.string(),
});

/** A wrong solution with the label of its first error. */
export interface Labelled {
  readonly question: string;
  readonly solution: string | readonly string[];
  /** Null where none is known. */
  readonly referenceSolution: string | null;
  /** `clear` is null where the reader did not say. */
  readonly label: Pick<LabelRow, "step" | "dimension" | "class"> & { readonly clear: boolean | null };
}

function readRows<T>(schema: z.ZodType<T>, file: string): T[] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => schema.parse(JSON.parse(line)));
}

/** Labels of a JSONL file. Throws where a line is no label. */
export function readLabels(file: string = LABEL_FILE): LabelRow[] {
  return readRows(LabelRow, file);
}

/** The rows of bench/labels with their texts. Throws where the data holds no row of a label's hash. */
export function labelledSolutions(
  data: VerifierData,
  labels: readonly LabelRow[] = readLabels(),
): Labelled[] {
  const byHash = new Map(data.solutions.map((row) => [rowHash(row.question, row.solution), row]));
  return labels.map((label) => {
    const row = byHash.get(label.hash);
    if (row === undefined) {
      throw new Error(
        `${LABEL_FILE}: the data has no row ${label.hash}; labels and data are of different versions`,
      );
    }
    const { question, solution } = row;
    return { question, solution, referenceSolution: data.gold.get(question.trim()) ?? null, label };
  });
}

/**
 * ProcessBench rows with the labels of `processbench/NAME_dev_errors.jsonl`, which do not say what is beyond doubt. Rows
 * without a label are left out.
 */
export function labelledErrors(
  rows: readonly ProcessRow[],
  name: "gsm8k" | "math",
  gold: VerifierData["gold"],
  folder: string = DATA_FOLDER,
): Labelled[] {
  const errors = readRows(ErrorRow, join(folder, "processbench", `${name}_dev_errors.jsonl`));
  const byId = new Map(errors.map((error) => [error.id, error]));
  return rows.flatMap(({ id, problem, steps }) => {
    const error = byId.get(id);
    if (error === undefined) return [];
    const label = { step: error.step, dimension: error.dimension, clear: null, class: error.kind };
    return [
      { question: problem, solution: steps, referenceSolution: gold.get(problem.trim()) ?? null, label },
    ];
  });
}
