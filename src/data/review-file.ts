/** Reads and writes `review.jsonl`. */
import { existsSync } from "node:fs";
import { openAppender, readJsonlAll } from "./jsonl.js";
import { Review, Reviews } from "./review.js";

/** In the run folder. */
export const REVIEW_FILE = "review.jsonl";

/**
 * What a person has said. Nothing where there is no such file, unless it must exist.
 * @throws NearmissError naming file, line, field and cure
 */
export async function readReviews(
  path: string,
  { mustExist = false }: { mustExist?: boolean } = {},
): Promise<Reviews> {
  return new Reviews(mustExist || existsSync(path) ? await readJsonlAll(path, Review) : []);
}

/** Adds a line; when it returns, a kill loses nothing. */
export function appendReview(path: string, review: Review): void {
  const file = openAppender(path);
  try {
    file.append(review);
  } finally {
    file.close();
  }
}
