/** One token of the likeliest ones. */

export interface DrawOptions {
  /** 0 takes the likeliest token; above, logits are divided by it. */
  readonly temperature: number;
  /** Only the `topK` likeliest tokens are drawn from (Fan et al. 2018). */
  readonly topK: number;
  /** Of those, the fewest whose probabilities sum to `topP` (Holtzman et al. 2020). */
  readonly topP: number;
}

/**
 * Draws from the `topK` likeliest tokens.
 *
 * @param probabilities theirs at temperature 1, in falling order, one at least
 * @param uniform a number in [0, 1): where in the cumulated probabilities to look. Not read at temperature 0.
 * @returns a place in `probabilities`
 */
export function draw(
  probabilities: Float32Array,
  { temperature, topP }: Omit<DrawOptions, "topK">,
  uniform: number,
): number {
  if (temperature === 0) return 0;
  const best = probabilities[0] ?? 0;
  // Logits divided by T are probabilities raised to 1 / T, but for a factor.
  const weights = Array.from(probabilities, (p) => (p / best) ** (1 / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  // The nucleus: the first tokens that reach topP of the mass.
  let nucleus = 0;
  let mass = 0;
  while (nucleus < weights.length && (nucleus === 0 || mass < topP * total)) {
    mass += weights[nucleus] ?? 0;
    nucleus++;
  }
  let left = uniform * mass;
  for (let i = 0; i < nucleus; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return nucleus - 1;
}
