/**
 * Holm's step-down adjustment (Holm 1979): controls the chance of even one false claim among all the tests, whatever
 * their dependence, and is never weaker than Bonferroni.
 *
 * @param pValues in [0, 1]
 * @returns adjusted p values in the order given: the i-th smallest is max over j <= i of min(1, (m - j + 1) p_(j))
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((x, y) => x.p - y.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let floor = 0;
  order.forEach(({ p, index }, rank) => {
    floor = Math.max(floor, Math.min(1, (order.length - rank) * p));
    adjusted[index] = floor;
  });
  return adjusted;
}
