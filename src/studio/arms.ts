/** The view of arms: what they score, how they differ, and which problems changed. */
import type { Records } from "./records.js";
import type { ArmsView } from "./schema.js";
import { preview } from "./text.js";

/** Null before the arms are scored. */
export async function armsView(records: Records): Promise<ArmsView | null> {
  const scores = await records.scores();
  if (scores === null) return null;
  const problems = await records.problems("test-samples");
  const changed = scores.comparisons.flatMap(({ transitions }) => [
    ...transitions.wrongToRight,
    ...transitions.rightToWrong,
  ]);
  const questions = [...new Set(changed)].map((id) => [id, preview(problems.get(id)?.question ?? "")]);
  const { arms, comparisons, transfer } = scores;
  return { arms, comparisons, transfer, questions: Object.fromEntries(questions) };
}
