/** Tensors at run time. */

export type TensorData = Float32Array | Int32Array | Int8Array;

export interface Tensor {
  readonly data: TensorData;
  readonly shape: readonly number[];
}

/** A float64 tensor of the reference evaluator. */
export interface Tensor64 {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
}

/** The entry of a list that must be there. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index < 0 ? list.length + index : index];
  if (value === undefined) throw new RangeError(`no element ${index} in a list of ${list.length}`);
  return value;
}
