/**
 * Up to `limit` items, going round the strata: the best of each stratum first, then the second best of each, so that no
 * dimension crowds out the others. Strata take their turns in the order of their best items; ties keep the order given.
 */
export function acrossStrata<T>(
  items: readonly T[],
  stratum: (item: T) => string,
  score: (item: T) => number,
  limit: number,
): T[] {
  const strata = new Map<string, T[]>();
  for (const item of [...items].sort((x, y) => score(y) - score(x))) {
    const list = strata.get(stratum(item));
    if (list === undefined) strata.set(stratum(item), [item]);
    else list.push(item);
  }
  const out: T[] = [];
  for (let round = 0; out.length < Math.min(limit, items.length); round++)
    for (const list of strata.values()) {
      const next = list[round];
      if (next !== undefined && out.length < limit) out.push(next);
    }
  return out;
}
