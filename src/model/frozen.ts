/** Matrices of an 8-bit base, which nothing trains: each is asked for as it is needed, and nobody keeps it whole in float32. */
import type { Tensor } from "../engine/index.js";
import { type Quantized, quantize } from "./quantize.js";

export interface FrozenMatrix {
  /** [out, in] */
  readonly shape: readonly number[];
  /** All of it in 8 bits, made anew at each call: a program packs its own copy, and this one can go. */
  quantized(): Promise<Quantized>;
  /** Rows by number, unrounded: [ids.length, in]. */
  rows(ids: Int32Array): Promise<Tensor>;
}

export const isFrozen = (weight: Tensor | FrozenMatrix): weight is FrozenMatrix => "quantized" in weight;

/** Whether weights are those of an 8-bit base. */
export const isQuantized = (weights: ReadonlyMap<string, Tensor | FrozenMatrix>): boolean =>
  [...weights.values()].some(isFrozen);

/** An 8-bit base of float32 weights that are in memory: where there are no files, as in a page. */
export function inEightBits(weights: ReadonlyMap<string, Tensor>): Map<string, Tensor | FrozenMatrix> {
  return new Map(
    [...weights].map(([name, tensor]) => [name, tensor.shape.length === 2 ? frozen(tensor) : tensor]),
  );
}

function frozen({ data, shape }: Tensor): FrozenMatrix {
  if (!(data instanceof Float32Array)) throw new Error("only float32 weights can be rounded to 8 bits");
  return {
    shape,
    quantized: async () => quantize({ data, shape }),
    rows: async (ids) => takeRows({ data, shape }, ids),
  };
}

/** Copies rows of the last axis: [ids.length, width]. */
export function takeRows(x: Tensor, ids: Int32Array): Tensor {
  const width = x.shape.at(-1) ?? 0;
  const data = new Float32Array(ids.length * width);
  ids.forEach((id, i) => {
    data.set(x.data.subarray(id * width, (id + 1) * width), i * width);
  });
  return { data, shape: [ids.length, width] };
}
