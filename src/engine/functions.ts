/** The operations as functions on values: the vocabulary in which models and gradient rules are written. */
import type { Dim, Graph, Shape, Value } from "./graph.js";

export const add = (a: Value, b: Value): Value => a.graph.apply("Add", [a, b], {});
export const sub = (a: Value, b: Value): Value => a.graph.apply("Sub", [a, b], {});
export const mul = (a: Value, b: Value): Value => a.graph.apply("Mul", [a, b], {});
export const neg = (x: Value): Value => x.graph.apply("Neg", [x], {});
export const sigmoid = (x: Value): Value => x.graph.apply("Sigmoid", [x], {});
/** x * sigmoid(x). */
export const silu = (x: Value): Value => x.graph.apply("Silu", [x], {});
export const scalar = (graph: Graph, value: number): Value => graph.apply("Scalar", [], { value });
export const scale = (x: Value, by: number): Value => mul(x, scalar(x.graph, by));

export interface MatMulOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
}
/**
 * alpha * op(a) . op(b) over the last two axes, the others broadcast; op transposes where asked. The inner size must not
 * be 0 at run time when there are other axes: ONNX Runtime's FusedMatMul would leave the result unset.
 */
export const matmul = (a: Value, b: Value, options: MatMulOptions = {}): Value =>
  a.graph.apply("MatMul", [a, b], {
    transA: options.transA ?? false,
    transB: options.transB ?? false,
    alpha: options.alpha ?? 1,
  });

/**
 * x W^T, or x W with `transposed: false`, for a frozen matrix W = bytes * scale with a scale for each of its
 * rows. Rows of x (times `scale` in the second case) are rounded to 8 bits on the way in, each by its own largest
 * magnitude, so that a row's result does not depend on the rows beside it.
 *
 * @param x [N, in], or [N, out] where W is not transposed
 * @param bytes [out, in], int8, -127 to 127. Where the magnitudes of entries 2j and 2j + 1 of a row add up to 128 at most,
 *   x W^T is faster on processors without VNNI; it is exact in any case.
 * @param scale [out]
 */
export const quantizedMatmul = (x: Value, bytes: Value, scale: Value, transposed = true): Value =>
  x.graph.apply("QuantizedMatMul", [x, bytes, scale], { transposed });

export const reshape = (x: Value, shape: Shape): Value => x.graph.apply("Reshape", [x], { shape });
export const transpose = (x: Value, perm: readonly number[]): Value =>
  x.graph.apply("Transpose", [x], { perm });
/** x[..., start:end, ...] along `axis`; x itself where that is all of it. */
export const slice = (x: Value, axis: number, start: number, end: number): Value =>
  start === 0 && end === x.shape[axis]
    ? x
    : x.graph.apply("Slice", [x], { axis, start, end, size: end - start });
/** x[..., start:, ...] along `axis`, of which `size` remain. */
export const sliceFrom = (x: Value, axis: number, start: number, size: Dim): Value =>
  x.graph.apply("Slice", [x], { axis, start, end: null, size });
/** Joined along `axis`; one value is itself. */
export const concat = (xs: readonly [Value, ...Value[]], axis: number): Value =>
  xs.length === 1 ? xs[0] : xs[0].graph.apply("Concat", xs, { axis });
/** Rows of `x` [N, d] by `index` of any shape: [...index, d]. Rows may repeat. */
export const gather = (x: Value, index: Value): Value => x.graph.apply("Gather", [x, index], {});
/** The entry of each row of `x` [R, C] that `index` [R] names: [R, 1]. */
export const pick = (x: Value, index: Value): Value => x.graph.apply("Pick", [x, index], {});
/** Rows of zeros but for the entries of `x` [R, 1], each where `index` [R] says: [R, size]. The way back of `pick`. */
export const place = (x: Value, index: Value, size: number): Value =>
  x.graph.apply("Place", [x, index], { size });
/**
 * Rows (of the last axis) of `x` [..., d], the leading axes counted as one, by `index` of any shape: [...index, d]. No row
 * is taken twice; -1 gives a row of zeros. `inverse` [...] is the way back: the place in `index` of each row of `x`, or
 * -1. It packs and pads without arithmetic, and its gradient is itself, turned round.
 */
export const takeRows = (x: Value, index: Value, inverse: Value): Value =>
  x.graph.apply("TakeRows", [x, index, inverse], {});
/**
 * Rows of heads [N, heads * 2 * half], each head's first and second half turned into each other by angles whose cosines and
 * sines [N, half] are given (rotary position embedding, Su et al. 2021, eq. 34, with halves as in the published weights).
 */
export const rotate = (x: Value, cos: Value, sin: Value): Value => x.graph.apply("Rotate", [x, cos, sin], {});
/** Sum over axes, which stay with size 1. */
export const sum = (x: Value, axes: readonly number[]): Value => x.graph.apply("Sum", [x], { axes });
/** Softmax over the last axis. */
export const softmax = (x: Value): Value => x.graph.apply("Softmax", [x], {});
/** log(sum(exp(x))) over the last axis, which stays with size 1. */
export const logSumExp = (x: Value): Value => x.graph.apply("LogSumExp", [x], {});
/**
 * The `count` largest numbers of each row of the last axis, in falling order, equals by place: [2, ..., count], the
 * numbers and then their places in the row. It has no gradient.
 */
export const largest = (x: Value, count: number): Value => x.graph.apply("Largest", [x], { count });
/** x / sqrt(mean(x^2) + eps) * weight over the last axis (Zhang and Sennrich 2019, eq. 4). */
export const rmsNorm = (x: Value, weight: Value, eps: number): Value =>
  x.graph.apply("RmsNorm", [x, weight], { eps });
/** 1 / sqrt(mean(x^2) + eps) over the last axis, which stays with size 1. */
export const inverseRms = (x: Value, eps: number): Value => x.graph.apply("InverseRms", [x], { eps });

/** Sums a gradient back to the shape of an operand that was broadcast. */
export function sumTo(x: Value, shape: Shape): Value {
  const extra = x.shape.length - shape.length;
  const axes = x.shape
    .map((dim, axis) => (axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? axis : -1))
    .filter((axis) => axis >= 0);
  const summed = axes.length === 0 ? x : sum(x, axes);
  return extra === 0 ? summed : reshape(summed, shape);
}
