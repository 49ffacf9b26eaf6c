/** Operations that work number by number, with NumPy's broadcasting. */
import { add, mul, neg, scalar, sigmoid, sub, sumTo } from "../functions.js";
import type { Dim, Shape } from "../graph.js";
import { at, sizeOf, stridesOf, type Tensor64 } from "../tensor.js";
import type { OpDefinition } from "./definition.js";

type None = Record<string, never>;

export interface ElementwiseAttrs {
  Add: None;
  Sub: None;
  Mul: None;
  Neg: None;
  Sigmoid: None;
  Silu: None;
  Scalar: { readonly value: number };
}

/** NumPy's rule: align at the right, sizes equal or 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i): Dim => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`sizes ${x} and ${y} do not broadcast`);
    return x === 1 ? y : x;
  });
}

/** Where the number at a flat place of `shape` lies in a tensor that broadcasts to it. */
export function broadcastOffset(t: Tensor64, shape: readonly number[]): (flat: number) => number {
  const [own, strides] = [stridesOf(t.shape), stridesOf(shape)];
  const lead = shape.length - t.shape.length;
  return (flat) => {
    let offset = 0;
    for (let i = 0; i < t.shape.length; i++)
      if (t.shape[i] !== 1)
        offset += (Math.floor(flat / at(strides, lead + i)) % at(shape, lead + i)) * at(own, i);
    return offset;
  };
}

function binary64(a: Tensor64, b: Tensor64, f: (x: number, y: number) => number): Tensor64 {
  const shape = broadcastShapes(a.shape, b.shape).map(Number);
  const data = new Float64Array(sizeOf(shape));
  const [inA, inB] = [broadcastOffset(a, shape), broadcastOffset(b, shape)];
  for (let i = 0; i < data.length; i++) data[i] = f(at(a.data, inA(i)), at(b.data, inB(i)));
  return { data, shape };
}

type Part = Pick<OpDefinition<None>, "gradient"> & { readonly f: (x: number, y: number) => number };

const binary = (onnxName: string, { f, gradient }: Part): OpDefinition<None> => ({
  types: {},
  infer: ([a, b]) => broadcastShapes(a ?? [], b ?? []),
  onnx: (writer, inputs, output) => writer.node(onnxName, inputs, [output]),
  reference: (inputs) => binary64(at(inputs, 0), at(inputs, 1), f),
  gradient,
});

const unary = (
  f: (x: number) => number,
  rest: Pick<OpDefinition<None>, "onnx" | "gradient">,
): OpDefinition<None> => ({
  types: {},
  infer: (shapes) => at(shapes, 0),
  reference: (inputs) => ({ data: at(inputs, 0).data.map(f), shape: at(inputs, 0).shape }),
  ...rest,
});

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export const ELEMENTWISE: { readonly [K in keyof ElementwiseAttrs]: OpDefinition<ElementwiseAttrs[K]> } = {
  Add: binary("Add", {
    f: (x, y) => x + y,
    gradient: ({ inputs, dy }) => inputs.map((x) => sumTo(dy, x.shape)),
  }),

  Sub: binary("Sub", {
    f: (x, y) => x - y,
    gradient: ({ inputs, dy }) => [sumTo(dy, at(inputs, 0).shape), neg(sumTo(dy, at(inputs, 1).shape))],
  }),

  Mul: binary("Mul", {
    f: (x, y) => x * y,
    gradient: ({ inputs, dy }) => {
      const [a, b] = [at(inputs, 0), at(inputs, 1)];
      return [sumTo(mul(dy, b), a.shape), sumTo(mul(dy, a), b.shape)];
    },
  }),

  Neg: unary((x) => -x, {
    onnx: (writer, inputs, output) => writer.node("Neg", inputs, [output]),
    gradient: ({ dy }) => [neg(dy)],
  }),

  // s' = s (1 - s)
  Sigmoid: unary(logistic, {
    onnx: (writer, inputs, output) => writer.node("Sigmoid", inputs, [output]),
    gradient: ({ output, dy }) => [mul(dy, mul(output, sub(scalar(dy.graph, 1), output)))],
  }),

  // y = x s(x), so y' = s + x s (1 - s) = s + y (1 - s)
  Silu: unary((x) => x * logistic(x), {
    onnx: (writer, inputs, output) => writer.contrib("QuickGelu", inputs, [output], { alpha: { float: 1 } }),
    gradient: ({ inputs, output, dy }) => {
      const s = sigmoid(at(inputs, 0));
      return [mul(dy, add(s, mul(output, sub(scalar(dy.graph, 1), s))))];
    },
  }),

  Scalar: {
    types: {},
    infer: () => [],
    onnx: (writer, _inputs, output, { attrs }) => writer.namedScalar(output, "float32", attrs.value),
    reference: (_inputs, attrs) => ({ data: Float64Array.of(attrs.value), shape: [] }),
    gradient: () => [],
  },
};
