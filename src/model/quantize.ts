/** Frozen weights in 8 bits: per output channel, symmetric, W = bytes * scale. */
import type { Tensor } from "../engine/index.js";
import { LINEARS } from "./block.js";

/**
 * Steps that the largest sum of two neighbours' magnitudes in a row is divided into: rounded, the two are 128 at most
 * together. Then unsigned by signed bytes are exact where a processor adds the products of two neighbours in 16 bits
 * (255 * 128 < 2^15: x86 without VNNI), at the price of a coarser scale: 1.36 times in the median row.
 */
const STEPS = 127;

const QUANTIZED = new RegExp(
  `^model\\.layers\\.\\d+\\.(${LINEARS.join("|").replaceAll(".", "\\.")})\\.weight$`,
);

/** Whether a tensor of a weight file is one that {@link quantize} is for: the linear maps of the layers. */
export const quantizable = (name: string): boolean => QUANTIZED.test(name);

/** The name of the scales beside an 8-bit weight's. */
export const scaleName = (weightName: string): string => weightName.replace(/weight$/, "scale");

/** Whether weights were loaded in 8 bits. */
export const isQuantized = (weights: ReadonlyMap<string, Tensor>): boolean =>
  weights.has("model.layers.0.self_attn.q_proj.scale");

/**
 * Rounds each row of a matrix to whole multiples of a 127th of the largest sum of two neighbours' magnitudes. Neighbours
 * are the entries 2j and 2j + 1.
 *
 * @param weight [out, in]
 * @returns bytes [out, in], -127 to 127, and scales [out]; a row of zeros has scale 0
 */
export function quantize({ data, shape }: Tensor & { readonly data: Float32Array }): {
  bytes: Tensor;
  scale: Tensor;
} {
  const [out = 0, inner = 0] = shape;
  const bytes = new Int8Array(data.length);
  const scale = new Float32Array(out);
  for (let o = 0; o < out; o++) {
    const row = data.subarray(o * inner, (o + 1) * inner);
    let largest = 0;
    for (let i = 0; i < inner; i += 2)
      largest = Math.max(largest, Math.abs(row[i] ?? 0) + Math.abs(row[i + 1] ?? 0));
    scale[o] = largest / STEPS;
    const steps = largest === 0 ? 0 : STEPS / largest;
    for (let i = 0; i < inner; i++) bytes[o * inner + i] = Math.round((row[i] ?? 0) * steps);
  }
  return { bytes: { data: bytes, shape }, scale: { data: scale, shape: [out] } };
}
