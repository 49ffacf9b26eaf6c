import { quantileSorted, sum } from "simple-statistics";
import { random } from "../random.js";
import type { Interval } from "./wilson.js";

export interface BootstrapOptions {
  readonly seed: number;
  /** Resamples of the problems; 10,000 puts the Monte Carlo error of a bound well below its last shown digit. */
  readonly resamples?: number;
}

export interface Difference {
  /** mean(a) - mean(b). */
  readonly difference: number;
  /** 95 % percentile interval of the difference. */
  readonly ci95: Interval;
}

/**
 * Paired bootstrap of a difference of means (Efron and Tibshirani 1993, chapter 13; percentile interval): problems are
 * drawn with replacement, and both arms keep their outcomes on the problems drawn, so what makes a problem hard for
 * both cancels out.
 *
 * @param a outcomes of arm a, one a problem (1 right, 0 wrong, or any score)
 * @param b outcomes of arm b on the same problems in the same order
 * @returns with no problems, difference 0 and an interval of [-1, 1]
 * @throws RangeError if the lists differ in length
 */
export function pairedBootstrap(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions,
): Difference {
  if (a.length !== b.length)
    throw new RangeError(`pairedBootstrap: ${a.length} outcomes against ${b.length}; they must be paired`);
  return clusteredBootstrap(
    a.map((x, i) => [x - (b[i] ?? 0)]),
    options,
  );
}

/**
 * The same where a problem was asked more than once, as in runs of several seeds: its differences stay together, for
 * they are not independent. The estimate is the mean over all differences.
 *
 * @param clusters the differences of each problem; problems without any do not count
 */
export function clusteredBootstrap(
  clusters: readonly (readonly number[])[],
  { seed, resamples = 10_000 }: BootstrapOptions,
): Difference {
  const filled = clusters.filter(({ length }) => length > 0);
  if (filled.length === 0) return { difference: 0, ci95: [-1, 1] };
  const sums = filled.map(sum);
  const sizes = filled.map(({ length }) => length);
  const stream = random(seed, "paired-bootstrap");
  const last = filled.length - 1;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let total = 0;
    let count = 0;
    for (let i = 0; i <= last; i++) {
      const drawn = stream.int(0, last);
      total += sums[drawn] ?? 0;
      count += sizes[drawn] ?? 0;
    }
    means[r] = total / count;
  }
  const sorted = Array.from(means.sort());
  return {
    difference: sum(sums) / sum(sizes),
    ci95: [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)],
  };
}
