/**
 * McNemar's exact test, two-sided (McNemar 1947; the binomial form): under the null, of the n = b + c problems on which
 * two arms differ each is as likely to favour one as the other, so p = min(1, 2 P(X <= min(b, c))), X ~ Bin(n, 1/2).
 *
 * The tail's largest term is taken in logarithms, so that n in the millions neither overflows nor loses the p value
 * before 1e-300; the smaller terms follow by their ratio i / (n - i + 1).
 *
 * @param b problems that only the first arm solves
 * @param c problems that only the second arm solves
 * @returns p in [0, 1]; 1 when the arms never differ
 */
export function mcnemarExact(b: number, c: number): number {
  if (!Number.isInteger(b) || !Number.isInteger(c) || b < 0 || c < 0)
    throw new RangeError(`mcnemarExact(${b}, ${c}): needs two whole numbers, not negative`);
  const n = b + c;
  const k = Math.min(b, c);
  if (2 * k === n) return 1;
  let logTerm = -n * Math.LN2;
  for (let i = 1; i <= k; i++) logTerm += Math.log((n - k + i) / i);
  let ratio = 1;
  let sum = 1;
  for (let i = k; i > 0 && ratio > Number.EPSILON * sum; i--) {
    ratio *= i / (n - i + 1);
    sum += ratio;
  }
  return Math.min(1, 2 * Math.exp(logTerm + Math.log(sum)));
}
