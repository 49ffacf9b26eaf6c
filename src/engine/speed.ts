/** How fast this machine multiplies: the one figure beside which all other speeds can be read. */
import { matmul, quantizedMatmul } from "./functions.js";
import { Graph, type Value } from "./graph.js";
import { compile } from "./runtime.js";
import type { Tensor } from "./tensor.js";

/** Rows, inner size and columns of the product. */
const SIZE = 1024;
/** The best of several: the first runs warm up, and other processes only ever make it slower. */
const RUNS = 8;

/** Numbers of no pattern, in (-1, 1): a product of equal numbers may be quicker than any other. */
const spread = (i: number): number => Math.sin(i);

const PRODUCTS = {
  fp32: (x: Value): Product => ({
    y: matmul(x, x.graph.input("w", [SIZE, SIZE]), { transB: true }),
    constants: { w: square(Float32Array, 1) },
  }),
  int8: (x: Value): Product => ({
    y: quantizedMatmul(x, x.graph.input("w", [SIZE, SIZE], "int8"), x.graph.input("scale", [SIZE])),
    constants: {
      // Neighbours add up to 128 at most, as in quantised weights: what is faster for those is used here too.
      w: square(Int8Array, 64),
      scale: { data: new Float32Array(SIZE).fill(1 / 64), shape: [SIZE] },
    },
  }),
};

interface Product {
  readonly y: Value;
  readonly constants: Readonly<Record<string, Tensor>>;
}

function square(array: typeof Float32Array | typeof Int8Array, largest: number): Tensor {
  const data = new array(SIZE * SIZE).map((_, i) => largest * spread(i));
  return { data, shape: [SIZE, SIZE] };
}

/**
 * Billions of operations a second (a multiplication and an addition are two) of the product that a frozen linear map is:
 * 1,024 rows of float32 times a constant matrix of 1,024 by 1,024, in float32 or in 8 bits with the rounding of the rows.
 */
export async function matmulSpeed(precision: keyof typeof PRODUCTS): Promise<number> {
  const graph = new Graph();
  const { y, constants } = PRODUCTS[precision](graph.input("x", ["N", SIZE]));
  const program = await compile({ y }, { constants });
  const x = square(Float32Array, 1);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    await program.run({ x });
    best = Math.min(best, performance.now() - begun);
  }
  await program.release();
  return (2 * SIZE ** 3) / (best * 1e6);
}
