/** The guard between training and test problems: what both sides share is taken from training. */
import type { Problem } from "../records.js";
import { shingles } from "../similarity.js";

export interface Removed<T> {
  problem: T;
  /** The test problem that it is too much like. */
  test: Problem;
  /** Share of common token triples (Jaccard), 1 for the same question. */
  similarity: number;
}

/**
 * Training problems whose question no test question resembles, and those removed with the reason.
 *
 * Two questions are alike where the Jaccard index of their runs of three tokens is at least `threshold`; case, layout
 * and punctuation do not count, numbers do. Through an index of the test side, so that its cost grows with what is
 * shared, not with train times test.
 */
export function dropNearDuplicates<T extends Problem>(
  train: readonly T[],
  test: readonly Problem[],
  threshold = 0.8,
): { kept: T[]; removed: Removed<T>[] } {
  const index = new Map<string, number[]>();
  const sizes = test.map((problem, at) => {
    const own = shingles(problem.question);
    for (const shingle of own) {
      const places = index.get(shingle);
      if (places === undefined) index.set(shingle, [at]);
      else places.push(at);
    }
    return own.size;
  });
  const kept: T[] = [];
  const removed: Removed<T>[] = [];
  for (const problem of train) {
    const own = shingles(problem.question);
    const common = new Map<number, number>();
    for (const shingle of own)
      for (const at of index.get(shingle) ?? []) common.set(at, (common.get(at) ?? 0) + 1);
    let closest: Removed<T> | undefined;
    for (const [at, shared] of common) {
      const similarity = shared / (own.size + (sizes[at] ?? 0) - shared);
      const other = test[at];
      if (other !== undefined && similarity >= threshold && similarity > (closest?.similarity ?? 0)) {
        closest = { problem, test: other, similarity };
      }
    }
    if (closest === undefined) kept.push(problem);
    else removed.push(closest);
  }
  return { kept, removed };
}
