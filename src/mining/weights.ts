import type { Graded } from "./hardness.js";
import type { MiningOptions } from "./options.js";

type WeightOptions = Pick<MiningOptions, "alpha" | "kappa" | "lambda" | "mu" | "wMin" | "wMax">;

/** (1 + alpha W), (1 - A)^kappa, (1 + lambda closeness) and (1 + mu frequency), in this order. */
export function weightFactors(
  { wrongness, absurdity, closeness, frequency }: Graded,
  { alpha, kappa, lambda, mu }: WeightOptions,
): [number, number, number, number] {
  return [1 + alpha * wrongness, (1 - absurdity) ** kappa, 1 + lambda * closeness, 1 + mu * frequency];
}

/**
 * The product of the factors, clipped to [wMin, wMax]. Scaled to mean 1 over the data set, so that the learning rate means
 * the same with and without weights; ratios stay as clipped: at most wMax / wMin.
 */
export function rawWeight(graded: Graded, options: WeightOptions): number {
  const product = weightFactors(graded, options).reduce((all, factor) => all * factor, 1);
  return Math.min(options.wMax, Math.max(options.wMin, product));
}
