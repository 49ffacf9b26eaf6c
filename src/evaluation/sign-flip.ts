/**
 * The exact sign-flip test, two-sided (Fisher's randomisation test of paired differences): under the null each problem's
 * difference is as likely to have come out the other way round, so p is the share of all 2^n ways to choose the signs
 * whose sum is at least as far from 0 as the one observed. The distribution of the sum is built by convolution, since
 * the differences are whole numbers.
 *
 * For one run, where differences are -1, 0 and 1, this is McNemar's exact test. Over several seeds a problem's differences
 * are added up first: they stem from one question and are not independent, which McNemar's test on all of them assumes.
 *
 * @param differences whole numbers, one a problem: how many runs only the first arm solves it in, less those of the second
 * @returns p in (0, 1]; 1 when nothing differs
 * @throws RangeError for a difference that is not a whole number
 */
export function signFlipExact(differences: readonly number[]): number {
  const broken = differences.find((d) => !Number.isInteger(d));
  if (broken !== undefined) throw new RangeError(`signFlipExact: ${broken} is not a whole number`);
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const reach = sizes.reduce((sum, size) => sum + size, 0);
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  // chances[s + reach] is the chance that the sum so far is s.
  let chances = new Float64Array(2 * reach + 1);
  chances[reach] = 1;
  for (const size of sizes) {
    const next = new Float64Array(chances.length);
    for (let s = size; s < chances.length - size; s++) {
      const half = (chances[s] ?? 0) / 2;
      next[s - size] = (next[s - size] ?? 0) + half;
      next[s + size] = (next[s + size] ?? 0) + half;
    }
    chances = next;
  }
  let p = 0;
  for (let s = observed; s <= reach; s++) p += chances[reach + s] ?? 0;
  // Both tails: the distribution is symmetric, and 0 is in both.
  return observed === 0 ? 1 : Math.min(1, 2 * p);
}
