/** How much two texts share: the Jaccard index of their runs of three tokens (Broder 1997, "resemblance"). */

const SHINGLE = 3;

/** Runs of three tokens, lower-case: words, numbers and operators; layout and punctuation do not count. */
export function shingles(text: string): Set<string> {
  const tokens = text.toLowerCase().match(/\p{L}+|\d+(?:[.,]\d+)*|[-+*/=<>^%$]/gu) ?? [];
  if (tokens.length <= SHINGLE) return new Set([tokens.join(" ")]);
  return new Set(tokens.slice(SHINGLE - 1).map((_, i) => tokens.slice(i, i + SHINGLE).join(" ")));
}

/** |x and y| / |x or y|, in [0, 1]; 1 for two empty sets. */
export function jaccard(x: ReadonlySet<string>, y: ReadonlySet<string>): number {
  let common = 0;
  for (const item of x) if (y.has(item)) common++;
  const union = x.size + y.size - common;
  return union === 0 ? 1 : common / union;
}
