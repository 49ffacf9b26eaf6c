/** Tensors held against the shapes that a graph declares. */
import type { Shape } from "./graph.js";
import { sizeOf } from "./tensor.js";

/**
 * Holds a tensor against its declared shape. A name takes its size from the first tensor that has it.
 *
 * @param what the tensor's name in the error, such as `input "x"`
 * @param sizes the named sizes known so far, to which new ones are added
 * @throws Error naming the tensor and both shapes, or the count of numbers that does not fill the shape
 */
export function checkTensor(
  what: string,
  declared: Shape,
  { data, shape }: { readonly data: { readonly length: number }; readonly shape: readonly number[] },
  sizes: Map<string, number>,
): void {
  const known = declared.flatMap((dim) =>
    typeof dim === "string" && sizes.has(dim) ? [`${dim} = ${sizes.get(dim)}`] : [],
  );
  const fits =
    shape.length === declared.length &&
    shape.every((size, axis) => {
      const dim = declared[axis];
      const expected = typeof dim === "string" ? (sizes.get(dim) ?? size) : dim;
      if (typeof dim === "string" && !sizes.has(dim)) sizes.set(dim, size);
      return size === expected && Number.isInteger(size) && size >= 0;
    });
  if (!fits) {
    const where = known.length === 0 ? "" : ` with ${known.join(", ")}`;
    throw new Error(`${what} has shape [${shape.join()}], not [${declared.join()}]${where}`);
  }
  if (data.length !== sizeOf(shape))
    throw new Error(`${what} has ${data.length} numbers, but shape [${shape.join()}] holds ${sizeOf(shape)}`);
}
