/** Frozen matrices in 8 bits: per output channel, symmetric, W = bytes * scale. */
import type { Tensor } from "../engine/index.js";

/**
 * Steps that the largest sum of two neighbours' magnitudes in a row is divided into: rounded, the two are 128 at most
 * together. Then unsigned by signed bytes are exact where a processor adds the products of two neighbours in 16 bits
 * (255 * 128 < 2^15: x86 without VNNI), at the price of a coarser scale: 1.36 times in the median row.
 */
const STEPS = 127;

/** A matrix [out, in] in 8 bits. */
export interface Quantized {
  /** [out, in], -127 to 127 */
  readonly bytes: Tensor & { readonly data: Int8Array };
  /** [out]; a row of zeros has scale 0 */
  readonly scale: Tensor & { readonly data: Float32Array };
}

/** The name of the scales beside an 8-bit weight's. */
export const scaleName = (weightName: string): string => weightName.replace(/weight$/, "scale");

/** A matrix in 8 bits of whose rows none has been rounded yet: all zeros. */
export function emptyQuantized(shape: readonly number[]): Quantized {
  const [out = 0, inner = 0] = shape;
  return {
    bytes: { data: new Int8Array(out * inner), shape },
    scale: { data: new Float32Array(out), shape: [out] },
  };
}

/**
 * Rounds rows to whole multiples of a 127th of the largest sum of two neighbours' magnitudes. Neighbours are the entries
 * 2j and 2j + 1.
 *
 * @param rows [some of out, in] float32, the first of which is row `first` of the matrix
 */
export function quantizeRows({ bytes, scale }: Quantized, first: number, rows: Float32Array): void {
  const inner = bytes.shape[1] ?? 0;
  const out = bytes.data;
  for (let from = 0; from < rows.length; from += inner) {
    const o = first + from / inner;
    const end = from + inner;
    let largest = inner % 2 === 1 ? Math.abs(rows[end - 1] as number) : 0;
    for (let i = from; i + 1 < end; i += 2) {
      const both = Math.abs(rows[i] as number) + Math.abs(rows[i + 1] as number);
      if (both > largest) largest = both;
    }
    scale.data[o] = largest / STEPS;
    const steps = largest === 0 ? 0 : STEPS / largest;
    const to = o * inner - from;
    // To the nearest: ten times as fast as Math.round.
    for (let i = from; i < end; i++) out[to + i] = Math.floor((rows[i] as number) * steps + 0.5);
  }
}

/** The whole matrix at once. See {@link quantizeRows}. */
export function quantize({ data, shape }: Tensor & { readonly data: Float32Array }): Quantized {
  const quantized = emptyQuantized(shape);
  quantizeRows(quantized, 0, data);
  return quantized;
}
