/** One token from one row of logits. */

export interface DrawOptions {
  /** 0 takes the likeliest token; above, logits are divided by it. */
  readonly temperature: number;
  /** Only the `topK` likeliest tokens are drawn from (Fan et al. 2018). */
  readonly topK: number;
  /** Of those, the fewest whose probabilities sum to `topP` (Holtzman et al. 2020). */
  readonly topP: number;
}

/**
 * Draws a token id.
 *
 * @param logits one row, of any length above 0
 * @param uniform a number in [0, 1): where in the cumulated probabilities to look. Not read at temperature 0.
 */
export function draw(logits: Float32Array, options: DrawOptions, uniform: number): number {
  if (options.temperature === 0) return argmax(logits);
  const ids = largest(logits, options.topK);
  const best = logits[ids[0] ?? 0] ?? 0;
  const weights = ids.map((id) => Math.exp(((logits[id] ?? 0) - best) / options.temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  // The nucleus: the first ids, in falling order, that reach topP of the mass.
  let nucleus = 0;
  let mass = 0;
  while (nucleus < ids.length && (nucleus === 0 || mass < options.topP * total)) {
    mass += weights[nucleus] ?? 0;
    nucleus++;
  }
  let left = uniform * mass;
  for (let i = 0; i < nucleus; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) return ids[i] ?? 0;
  }
  return ids[nucleus - 1] ?? 0;
}

/** The place of the largest value, the first of equals. */
function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** The places of the k largest values in falling order, equals by place. One pass: most values lose to the k-th at once. */
function largest(values: Float32Array, k: number): number[] {
  const kept: number[] = [];
  let floor = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (kept.length === k && value <= floor) continue;
    let place = kept.length;
    while (place > 0 && (values[kept[place - 1] as number] as number) < value) place--;
    kept.splice(place, 0, i);
    if (kept.length > k) kept.pop();
    floor = values[kept[kept.length - 1] as number] as number;
  }
  return kept;
}
