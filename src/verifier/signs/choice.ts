/**
 * A choice among alternatives by their signs: the multinomial logit of discrete choice (McFadden 1974),
 * `P(a) = exp(w . x_a) / sum_b exp(w . x_b)`. The alternatives are the steps of a solution, and "nothing is wrong". The
 * weights are data (weights.ts), fitted by `scripts/fit-verifier.ts` on steps that people judged.
 */

/** Signs of one alternative; absent means 0. */
export type Signs<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/** `w . x`. */
export function utility<Name extends string>(
  signs: Signs<Name>,
  weights: Readonly<Record<Name, number>>,
): number {
  let sum = 0;
  for (const name in signs) sum += (signs[name] ?? 0) * weights[name];
  return sum;
}

/** The probability of each alternative from its utility; they sum to 1. */
export function probabilities(utilities: readonly number[]): number[] {
  const top = utilities.reduce((most, u) => Math.max(most, u), Number.NEGATIVE_INFINITY);
  const odds = utilities.map((u) => Math.exp(u - top));
  const total = odds.reduce((sum, x) => sum + x, 0);
  return odds.map((x) => x / total);
}

/** The index of the largest value; the first of several. */
export function largest(values: readonly number[]): number {
  return values.reduce(
    (best, value, i) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? i : best),
    0,
  );
}
