import type { MiningOptions } from "./options.js";

/** What of a negative enters its weight, each in [0, 1]. */
export interface Weighed {
  readonly wrongness: number;
  readonly absurdity: number;
  readonly closeness: number;
}

type WeightOptions = Pick<MiningOptions, "alpha" | "kappa" | "lambda" | "wMin" | "wMax">;

/** clip((1 + alpha W)(1 - A)^kappa (1 + lambda closeness), wMin, wMax), before scaling. */
export function rawWeight({ wrongness, absurdity, closeness }: Weighed, options: WeightOptions): number {
  const { alpha, kappa, lambda, wMin, wMax } = options;
  const weight = (1 + alpha * wrongness) * (1 - absurdity) ** kappa * (1 + lambda * closeness);
  return Math.min(wMax, Math.max(wMin, weight));
}

/**
 * Weights of a data set, scaled to mean 1, so that the learning rate means the same with and without them. Ratios
 * between weights stay as clipped: at most wMax / wMin.
 */
export function pairWeights(negatives: readonly Weighed[], options: WeightOptions): number[] {
  const raw = negatives.map((negative) => rawWeight(negative, options));
  const mean = raw.reduce((sum, w) => sum + w, 0) / raw.length;
  return raw.map((w) => w / mean);
}
