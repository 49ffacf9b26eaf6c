/** Rows of wrong solutions chosen for labelling, and the labels that a reader gave them (bench/labels/README.md). */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { DIMENSIONS } from "../src/data/records.js";
import type { SolutionRow } from "./verifier-data.js";

/** Where the labels lie, from the project's root. */
export const LABEL_FILE = "bench/labels/gsm8k-6b.jsonl";
/** Rows that are labelled. */
export const LABEL_COUNT = 100;
/** Fixes the choice: another tag would choose other rows. */
const CHOICE_TAG = "label-v1:";

export const LabelRow = z.strictObject({
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

/** Labels of a JSONL file. Throws where a line is no label. */
export function readLabels(file: string = LABEL_FILE): LabelRow[] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => LabelRow.parse(JSON.parse(line)));
}
