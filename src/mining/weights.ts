import type { MiningOptions } from "./options.js";

/** What of a negative enters its weight, each in [0, 1]. */
export interface Weighed {
  readonly wrongness: number;
  readonly absurdity: number;
  readonly closeness: number;
}

type WeightOptions = Pick<MiningOptions, "alpha" | "kappa" | "lambda" | "wMin" | "wMax">;

/** (1 + alpha W), (1 - A)^kappa and (1 + lambda closeness). */
export function weightFactors(
  { wrongness, absurdity, closeness }: Weighed,
  { alpha, kappa, lambda }: WeightOptions,
): [number, number, number] {
  return [1 + alpha * wrongness, (1 - absurdity) ** kappa, 1 + lambda * closeness];
}

/**
 * clip((1 + alpha W)(1 - A)^kappa (1 + lambda closeness), wMin, wMax). Scaled to mean 1 over the data set, so that the
 * learning rate means the same with and without weights; ratios stay as clipped: at most wMax / wMin.
 */
export function rawWeight(weighed: Weighed, options: WeightOptions): number {
  const [wrong, plausible, near] = weightFactors(weighed, options);
  return Math.min(options.wMax, Math.max(options.wMin, wrong * plausible * near));
}
