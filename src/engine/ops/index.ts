/**
 * The operator table. To add an operation, give it attributes and a definition in one of the files here; the compiler
 * asks for shape rule, ONNX form, float64 meaning and gradient.
 */
import type { OpDefinition } from "./definition.js";
import { ELEMENTWISE, type ElementwiseAttrs } from "./elementwise.js";
import { LARGEST, type LargestAttrs } from "./largest.js";
import { LAYOUT, type LayoutAttrs } from "./layout.js";
import { PRODUCTS, type ProductAttrs } from "./matmul.js";
import { PICK, type PickAttrs } from "./pick.js";
import { QUANTIZED, type QuantizedAttrs } from "./quantized.js";
import { REDUCE, type ReduceAttrs } from "./reduce.js";
import { ROTATE, type RotateAttrs } from "./rotate.js";
import { ROWS, type RowAttrs } from "./rows.js";

export interface OpAttrs
  extends ElementwiseAttrs,
    ProductAttrs,
    QuantizedAttrs,
    LayoutAttrs,
    RotateAttrs,
    RowAttrs,
    LargestAttrs,
    PickAttrs,
    ReduceAttrs {}

export type OpName = keyof OpAttrs;

export const OPS: { readonly [K in OpName]: OpDefinition<OpAttrs[K]> } = {
  ...ELEMENTWISE,
  ...PRODUCTS,
  ...QUANTIZED,
  ...LAYOUT,
  ...ROTATE,
  ...ROWS,
  ...LARGEST,
  ...PICK,
  ...REDUCE,
};
