/** Labelled solutions for measuring the verifier, read from a folder beside the project that is no part of it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { text } from "../src/cli/flags.js";

/** Where the data lies, from the project's root. */
export const DATA_FOLDER = "../shared/data";

export const DATA = {
  flags: [text("--data <folder>", "the development data (docs/verifier.md)")],
  options: { data: z.string().min(1).default(DATA_FOLDER) },
};

const ProcessRow = z.object({
  id: z.string(),
  problem: z.string(),
  steps: z.array(z.string()),
  /** 0-based first wrong step, -1 for none. */
  label: z.int(),
});
export type ProcessRow = z.infer<typeof ProcessRow>;

const SolutionRow = z.object({ question: z.string(), solution: z.string(), is_correct: z.boolean() });
export type SolutionRow = z.infer<typeof SolutionRow>;

const GoldRow = z.object({ question: z.string(), answer: z.string() });
const CaseRow = z.object({ gold: z.string(), prediction: z.string(), expected: z.boolean() });
export type CaseRow = z.infer<typeof CaseRow>;

export interface VerifierData {
  readonly gsm8k: readonly ProcessRow[];
  readonly math: readonly ProcessRow[];
  readonly solutions: readonly SolutionRow[];
  readonly cases: readonly CaseRow[];
  /** Reference solutions of GSM8K by question. */
  readonly gold: ReadonlyMap<string, string>;
}

/** Reads the development data; null where the folder is absent. */
export function readVerifierData(folder: string = DATA_FOLDER): VerifierData | null {
  if (!existsSync(folder)) return null;
  const rows = <T>(schema: z.ZodType<T>, ...path: string[]): T[] =>
    readFileSync(join(folder, ...path), "utf8")
      .trim()
      .split("\n")
      .map((line) => schema.parse(JSON.parse(line)));
  return {
    gsm8k: rows(ProcessRow, "processbench", "gsm8k_dev.jsonl"),
    math: rows(ProcessRow, "processbench", "math_dev.jsonl"),
    solutions: rows(SolutionRow, "gsm8k", "model_solutions_6b.jsonl"),
    cases: [
      ...rows(CaseRow, "answer-equivalence", "cases_dev.jsonl"),
      ...rows(CaseRow, "answer-equivalence", "reported_failures_dev.jsonl"),
    ],
    gold: new Map(rows(GoldRow, "gsm8k", "test.jsonl").map((row) => [row.question.trim(), row.answer])),
  };
}

/** Area under the ROC curve of a score for a label (Mann-Whitney; ties count half). */
export function auroc(rows: readonly { readonly score: number; readonly positive: boolean }[]): number {
  const sorted = [...rows].sort((a, b) => a.score - b.score);
  let ranks = 0;
  let positives = 0;
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j < sorted.length && sorted[j]?.score === sorted[i]?.score) j++;
    for (let k = i; k < j; k++) {
      if (sorted[k]?.positive) {
        ranks += (i + j + 1) / 2;
        positives++;
      }
    }
    i = j;
  }
  const negatives = sorted.length - positives;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
