/** Texts of models and data sets, cut to what a person can look at. Pure. */
import type { Problem } from "../data/records.js";
import type { ProblemView, Text } from "./schema.js";

/** Characters of one text that a page is given: twenty times the longest solution that anybody reads. */
const SHOWN = 20_000;
const PREVIEW = 160;

export function cutText(text: string): Text {
  return { text: text.length <= SHOWN ? text : text.slice(0, SHOWN), length: text.length };
}

/** The first characters, on one line. */
export function preview(text: string): string {
  const line = text
    .slice(0, 2 * PREVIEW)
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= PREVIEW ? line : `${line.slice(0, PREVIEW - 1)}…`;
}

export function problemView({ id, answer, source, type, question, solution }: Problem): ProblemView {
  return {
    id,
    answer: cutText(answer).text,
    source,
    ...(type === undefined ? {} : { type }),
    question: cutText(question),
    solution: solution === undefined ? null : cutText(solution),
  };
}
