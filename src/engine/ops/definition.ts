/** What the table holds for each operation. All fields are required: an operation without a gradient does not compile. */
import type { Dim, DType, Shape, Value } from "../graph.js";
import type { OnnxWriter } from "../onnx.js";
import type { Tensor64 } from "../tensor.js";

export interface OpDefinition<Attrs> {
  /** The types of operands that are not float32, by position. */
  readonly types: Readonly<Record<number, DType>>;
  /** The output's shape. Throws with the reason when the inputs do not fit. */
  infer(shapes: readonly Shape[], attrs: Attrs): Shape;
  /** Writes ONNX nodes that compute `output` (a name) from `inputs` (names). */
  onnx(writer: OnnxWriter, inputs: readonly string[], output: string, node: NodeShapes<Attrs>): void;
  /**
   * The plain float64 meaning of the operation: what every other backend is tested against. `sizes` holds the named
   * sizes that the fed tensors have fixed.
   */
  reference(inputs: readonly Tensor64[], attrs: Attrs, sizes: ReadonlyMap<string, number>): Tensor64;
  /**
   * The gradient of a scalar loss with respect to each input, given `dy`, that with respect to the output; null for an
   * input that has none (indices).
   */
  gradient(node: GradientNode<Attrs>): readonly (Value | null)[];
}

export interface NodeShapes<Attrs> {
  readonly shapes: readonly Shape[];
  readonly shape: Shape;
  readonly attrs: Attrs;
}

interface GradientNode<Attrs> {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly dy: Value;
  readonly attrs: Attrs;
}

/** A size that an operation needs as a number when the graph is built. */
export const known = (dim: Dim, what: string): number => {
  if (typeof dim !== "number") throw new Error(`${what} must be known when the graph is built, not "${dim}"`);
  return dim;
};
