/** Tensors on their way into ONNX Runtime, held against what a model declares. */
import { arrange } from "./arrange.js";
import type { OnnxConstant, OnnxInput } from "./onnx.js";
import { checkTensor } from "./shapes.js";
import type { Tensor } from "./tensor.js";

const ARRAYS = { float32: Float32Array, int32: Int32Array, int8: Int8Array } as const;

const article = (name: string): string => `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;

/**
 * A tensor that is fed, held against what the model declares.
 *
 * @throws Error naming the tensor and what does not fit
 */
export function checked(
  kind: string,
  { name, dtype, shape }: OnnxInput,
  fed: Tensor | undefined,
  sizes: Map<string, number>,
): Tensor {
  const what = `${kind} "${name}"`;
  if (fed === undefined) throw new Error(`${what} is not fed`);
  checkTensor(what, shape, fed, sizes);
  const array = ARRAYS[dtype];
  if (!(fed.data instanceof array))
    throw new Error(
      `${what} is ${dtype}: it needs ${article(array.name)}, not ${article(fed.data.constructor.name)}`,
    );
  return fed;
}

/** The files that a model's constants lie in: one each, of its name. @throws Error for a tensor that does not fit */
export function externalData(
  constants: readonly OnnxConstant[],
  tensors: Readonly<Record<string, Tensor>>,
): { path: string; data: Uint8Array }[] {
  return constants.map(({ name, from, arrangement }) => {
    const { data, shape } = checked("constant", from, tensors[from.name], new Map());
    if (arrangement === null)
      return { path: name, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
    return { path: name, data: arrange(data, shape, arrangement) };
  });
}
