/** Rotary position embedding tables. */
import type { Tensor } from "../engine/index.js";
import type { ModelConfig } from "./config.js";

/**
 * Angular frequencies [headDim / 2] (Su et al. 2021, eq. 15), stretched by Llama 3's rule where the config asks for it:
 * long wavelengths divided by `factor`, short ones kept, those between blended.
 */
export function ropeFrequencies(config: ModelConfig): Float64Array {
  const half = config.headDim / 2;
  const frequencies = Float64Array.from({ length: half }, (_, i) => config.ropeTheta ** (-i / half));
  const scaling = config.ropeScaling;
  if (scaling === null) return frequencies;
  return frequencies.map((frequency) => {
    const turns = (scaling.originalMaxPositions * frequency) / (2 * Math.PI);
    const blend = (turns - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
    const keep = Math.min(1, Math.max(0, blend));
    return (1 - keep) * (frequency / scaling.factor) + keep * frequency;
  });
}

/** Cosines and sines [N, headDim / 2] of the angles at the positions given. */
export function ropeTables(
  frequencies: Float64Array,
  positions: ArrayLike<number>,
): { cos: Tensor; sin: Tensor } {
  const half = frequencies.length;
  const shape = [positions.length, half];
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  for (let n = 0; n < positions.length; n++) {
    for (let i = 0; i < half; i++) {
      // The published models compute the angle in float32; so do we, to agree with their logits at far positions.
      const angle = Math.fround(Math.fround(frequencies[i] ?? 0) * (positions[n] ?? 0));
      cos[n * half + i] = Math.cos(angle);
      sin[n * half + i] = Math.sin(angle);
    }
  }
  return { cos: { data: cos, shape }, sin: { data: sin, shape } };
}
