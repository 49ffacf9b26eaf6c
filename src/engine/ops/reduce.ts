/** Operations along axes: sums, softmax, norms. */
import { inverseRms, mul, neg, scale, softmax, sub, sum, sumTo } from "../functions.js";
import type { Shape } from "../graph.js";
import type { OnnxWriter } from "../onnx.js";
import { at, sizeOf, stridesOf, type Tensor64 } from "../tensor.js";
import { known, type OpDefinition } from "./definition.js";
import { broadcastOffset, broadcastShapes } from "./elementwise.js";

type None = Record<string, never>;

export interface ReduceAttrs {
  Sum: { readonly axes: readonly number[] };
  Expand: None;
  Softmax: None;
  LogSumExp: None;
  RmsNorm: { readonly eps: number };
  InverseRms: { readonly eps: number };
}

const collapseLast = (shape: Shape): Shape => {
  if (shape.length === 0) throw new Error("a scalar has no last axis");
  return [...shape.slice(0, -1), 1];
};

/** The last axis, counted from the first: of no rows, ONNX Runtime would not collapse the axis -1. */
const lastAxis = (writer: OnnxWriter, shapes: readonly Shape[]): string =>
  writer.intConstant([at(shapes, 0).length - 1]);

/** The size of the last axis, which a mean divides by. */
const widthOf = (shape: Shape): number => known(at(shape, -1), "the last axis");

/** Maps each row of the last axis to a row of `width` numbers. */
function rowwise(x: Tensor64, width: number, f: (row: Float64Array) => ArrayLike<number>): Tensor64 {
  const size = at(x.shape, -1);
  const rows = sizeOf(x.shape.slice(0, -1));
  const data = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++)
    data.set(Array.from(f(x.data.subarray(r * size, (r + 1) * size))), r * width);
  return { data, shape: [...x.shape.slice(0, -1), width] };
}

function softmaxRow(row: Float64Array): Float64Array {
  const max = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const exps = row.map((v) => Math.exp(v - max));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((v) => v / total);
}

const logSumExpRow = (row: Float64Array): number => {
  const max = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return max + Math.log(row.reduce((a, v) => a + Math.exp(v - max), 0));
};

const inverseRmsRow = (row: Float64Array, eps: number): number =>
  1 / Math.sqrt(row.reduce((a, v) => a + v * v, 0) / row.length + eps);

export const REDUCE: { readonly [K in keyof ReduceAttrs]: OpDefinition<ReduceAttrs[K]> } = {
  Sum: {
    types: {},
    infer: ([shape = []], { axes }) => {
      const missing = axes.find((axis) => shape[axis] === undefined);
      if (missing !== undefined) throw new Error(`there is no axis ${missing}`);
      return shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
    },
    onnx: (writer, inputs, output, { attrs }) =>
      writer.node("ReduceSum", [...inputs, writer.intConstant(attrs.axes)], [output], {
        keepdims: { int: 1 },
        // No axes are no axes: ONNX would take them for all.
        noop_with_empty_axes: { int: 1 },
      }),
    reference: ([input], { axes }) => {
      const x = input as Tensor64;
      const shape = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
      const [strides, outStrides] = [stridesOf(x.shape), stridesOf(shape)];
      const data = new Float64Array(sizeOf(shape));
      x.data.forEach((value, i) => {
        let offset = 0;
        for (let axis = 0; axis < shape.length; axis++)
          if (!axes.includes(axis))
            offset += (Math.floor(i / at(strides, axis)) % at(shape, axis)) * at(outStrides, axis);
        data[offset] = at(data, offset) + value;
      });
      return { data, shape };
    },
    gradient: ({ inputs, dy }) => {
      const x = at(inputs, 0);
      return [dy.graph.apply("Expand", [dy, x], {})];
    },
  },

  /** Broadcasts the first input to the shape of the second, whose numbers are not read. */
  Expand: {
    types: {},
    infer: ([shape = [], like = []]) => {
      const wide = broadcastShapes(shape, like);
      if (wide.length !== like.length || wide.some((dim, i) => dim !== like[i]))
        throw new Error("the first does not broadcast to the second");
      return like;
    },
    onnx: (writer, inputs, output) =>
      writer.node("Expand", [at(inputs, 0), writer.node("Shape", [at(inputs, 1)])], [output]),
    reference: ([input, target]) => {
      const [x, { shape }] = [input as Tensor64, target as Tensor64];
      const offset = broadcastOffset(x, shape);
      return { data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => at(x.data, offset(i))), shape };
    },
    gradient: ({ inputs, dy }) => [sumTo(dy, at(inputs, 0).shape), null],
  },

  // dx = y (dy - sum(dy y))
  Softmax: {
    types: {},
    infer: (shapes) => {
      collapseLast(at(shapes, 0));
      return at(shapes, 0);
    },
    onnx: (writer, inputs, output) => writer.node("Softmax", inputs, [output], { axis: { int: -1 } }),
    reference: (inputs) => rowwise(at(inputs, 0), at(at(inputs, 0).shape, -1), softmaxRow),
    gradient: ({ output, dy }) => [mul(output, sub(dy, sum(mul(dy, output), [output.shape.length - 1])))],
  },

  // The largest probability is exp(max - logSumExp) and never below 1 / width, so its logarithm is safe.
  LogSumExp: {
    types: {},
    infer: (shapes) => collapseLast(at(shapes, 0)),
    onnx: (writer, inputs, output, { shapes }) => {
      const last = lastAxis(writer, shapes);
      const keep = { keepdims: { int: 1 } };
      const max = writer.node("ReduceMax", [...inputs, last], undefined, keep);
      const probabilities = writer.node("Softmax", inputs, undefined, { axis: { int: -1 } });
      const largest = writer.node("ReduceMax", [probabilities, last], undefined, keep);
      writer.node("Sub", [max, writer.node("Log", [largest])], [output]);
    },
    reference: (inputs) => rowwise(at(inputs, 0), 1, (row) => [logSumExpRow(row)]),
    gradient: ({ inputs, dy }) => [mul(dy, softmax(at(inputs, 0)))],
  },

  // y = x r w with r = (mean(x^2) + eps)^(-1/2) and dr/dx_j = -r^3 x_j / n. With g = dy w:
  //   dx = r g - r^3 x sum(g x) / n = r (g - x r^2 mean(g x));  dw = sum over rows of dy x r
  RmsNorm: {
    types: {},
    infer: ([x = [], weight = []]) => {
      widthOf(weight);
      if (weight.length !== 1 || at(x, -1) !== weight[0]) throw new Error("the weight must be [last axis]");
      return x;
    },
    onnx: (writer, inputs, output, { attrs }) =>
      writer.node("SimplifiedLayerNormalization", inputs, [output], {
        axis: { int: -1 },
        epsilon: { float: attrs.eps },
        stash_type: { int: 1 },
      }),
    reference: ([x, weight], { eps }) => {
      const w = weight as Tensor64;
      return rowwise(x as Tensor64, w.data.length, (row) => {
        const r = inverseRmsRow(row, eps);
        return row.map((v, i) => v * r * at(w.data, i));
      });
    },
    gradient: ({ inputs, dy, attrs: { eps } }) => {
      const [x, w] = [at(inputs, 0), at(inputs, 1)];
      const width = widthOf(w.shape);
      const r = inverseRms(x, eps);
      const normal = mul(x, r);
      const g = mul(dy, w);
      const mean = scale(sum(mul(g, normal), [x.shape.length - 1]), 1 / width);
      return [mul(r, sub(g, mul(normal, mean))), sumTo(mul(dy, normal), w.shape)];
    },
  },

  // dr/dx = -r^3 x / n
  InverseRms: {
    types: {},
    infer: (shapes) => {
      widthOf(at(shapes, 0));
      return collapseLast(at(shapes, 0));
    },
    onnx: (writer, inputs, output, { shapes, attrs }) => {
      const x = at(inputs, 0);
      const square = writer.node("Mul", [x, x]);
      const mean = writer.node("ReduceMean", [square, lastAxis(writer, shapes)], undefined, {
        keepdims: { int: 1 },
      });
      const shifted = writer.node("Add", [mean, writer.scalar("float32", attrs.eps)]);
      writer.node("Reciprocal", [writer.node("Sqrt", [shifted])], [output]);
    },
    reference: (inputs, { eps }) => rowwise(at(inputs, 0), 1, (row) => [inverseRmsRow(row, eps)]),
    gradient: ({ inputs, output, dy }) => {
      const x = at(inputs, 0);
      const cube = mul(output, mul(output, output));
      return [neg(scale(mul(mul(dy, cube), x), 1 / widthOf(x.shape)))];
    },
  },
};
