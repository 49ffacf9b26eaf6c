/** The 97.5 % quantile of the standard normal distribution. */
const Z95 = 1.959963984540054;

export type Interval = [lo: number, hi: number];

/**
 * The Wilson score interval, 95 %, of a proportion (Wilson 1927; recommended by Brown, Cai and DasGupta 2001 for its
 * coverage near 0 and 1, where the textbook interval leaves [0, 1]).
 *
 * @param correct successes, 0 to `total`
 * @param total trials; 0 gives [0, 1], which is all that no trial can say
 * @returns bounds in [0, 1]
 */
export function wilson(correct: number, total: number): Interval {
  if (!Number.isInteger(correct) || !Number.isInteger(total) || correct < 0 || correct > total)
    throw new RangeError(`wilson(${correct}, ${total}): needs whole numbers with 0 <= correct <= total`);
  if (total === 0) return [0, 1];
  const p = correct / total;
  const z2 = Z95 * Z95;
  const centre = p + z2 / (2 * total);
  const spread = Z95 * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total));
  const scale = 1 + z2 / total;
  // At 0 and at `total` one bound is exactly 0 or 1; rounding would leave 1e-17 beside it.
  const lo = correct === 0 ? 0 : (centre - spread) / scale;
  const hi = correct === total ? 1 : (centre + spread) / scale;
  return [lo, hi];
}
