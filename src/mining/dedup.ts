/** Near-duplicates: texts that share almost all runs of three tokens. */
import { jaccard, shingles } from "../data/similarity.js";

/** The items that are no near-duplicate of one kept before them: the first of a kind stays. */
export function withoutNearDuplicates<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  threshold: number,
): T[] {
  const kept: { item: T; shingles: Set<string> }[] = [];
  for (const item of items) {
    const own = shingles(textOf(item));
    if (kept.every((other) => jaccard(own, other.shingles) < threshold)) kept.push({ item, shingles: own });
  }
  return kept.map(({ item }) => item);
}
