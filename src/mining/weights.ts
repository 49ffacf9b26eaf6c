import type { MiningOptions } from "./options.js";

/** What of a negative enters its weight, each in [0, 1]. */
export interface Weighed {
  readonly wrongness: number;
  readonly absurdity: number;
  readonly closeness: number;
}

type WeightOptions = Pick<MiningOptions, "alpha" | "kappa" | "lambda" | "wMin" | "wMax">;

/**
 * clip((1 + alpha W)(1 - A)^kappa (1 + lambda closeness), wMin, wMax). Scaled to mean 1 over the data set, so that the
 * learning rate means the same with and without weights; ratios stay as clipped: at most wMax / wMin.
 */
export function rawWeight({ wrongness, absurdity, closeness }: Weighed, options: WeightOptions): number {
  const { alpha, kappa, lambda, wMin, wMax } = options;
  const weight = (1 + alpha * wrongness) * (1 - absurdity) ** kappa * (1 + lambda * closeness);
  return Math.min(wMax, Math.max(wMin, weight));
}
