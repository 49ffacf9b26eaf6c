/** Operations that move numbers without changing them. */
import { reshape, slice, takeRows, transpose } from "../functions.js";
import type { Dim, Shape, Value } from "../graph.js";
import { at, sizeOf, stridesOf, type Tensor64 } from "../tensor.js";
import type { OpDefinition } from "./definition.js";

type None = Record<string, never>;

export interface LayoutAttrs {
  Reshape: { readonly shape: Shape };
  Transpose: { readonly perm: readonly number[] };
  /** `end` null: to the end of the axis, whose size is then `size`. */
  Slice: { readonly axis: number; readonly start: number; readonly end: number | null; readonly size: Dim };
  PadZero: { readonly axis: number; readonly before: number; readonly after: number };
  Concat: { readonly axis: number };
  Gather: None;
  ScatterAdd: { readonly rows: Dim };
  TakeRows: None;
}

const known = (dim: Dim, what: string): number => {
  if (typeof dim !== "number") throw new Error(`${what} must be known when the graph is built, not "${dim}"`);
  return dim;
};

/** The shape constant of ONNX Reshape: 0 copies the input's size at the same place, -1 is what remains. */
function reshapeTarget(from: Shape, to: Shape): number[] {
  let inferred = false;
  return to.map((dim, i) => {
    if (typeof dim === "number") return dim;
    if (from[i] === dim) return 0;
    if (inferred) throw new Error(`reshape of [${from.join()}] to [${to.join()}] leaves two sizes open`);
    inferred = true;
    return -1;
  });
}

/** Copies `x` into `out` [shape of x, larger along `axis`] from position `start` of that axis. */
function paste(x: Tensor64, out: Float64Array, outAxisSize: number, axis: number, start: number): void {
  const inner = sizeOf(x.shape.slice(axis + 1));
  const rows = at(x.shape, axis) * inner;
  if (rows === 0) return;
  for (let o = 0; o * rows < x.data.length; o++)
    out.set(x.data.subarray(o * rows, (o + 1) * rows), (o * outAxisSize + start) * inner);
}

const withAxis = (shape: readonly number[], axis: number, size: number): number[] =>
  shape.map((old, i) => (i === axis ? size : old));

/** Rows by index; -1 is a row of zeros. */
function rows64([x, index]: readonly [Tensor64, Tensor64]): Tensor64 {
  const width = sizeOf(x.shape.slice(1));
  const data = new Float64Array(index.data.length * width);
  index.data.forEach((row, i) => {
    if (row >= 0) data.set(x.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { data, shape: [...index.shape, ...x.shape.slice(1)] };
}

export const LAYOUT: { readonly [K in keyof LayoutAttrs]: OpDefinition<LayoutAttrs[K]> } = {
  Reshape: {
    infer: ([from = []], { shape }) => {
      const [a, b] = [from, shape].map((s) =>
        s.every((d) => typeof d === "number") ? sizeOf(s.map(Number)) : null,
      );
      if (a !== null && b !== null && a !== b) throw new Error(`${a} numbers do not fill [${shape.join()}]`);
      return shape;
    },
    onnx: (writer, inputs, output, { shapes, attrs }) => {
      const target = writer.intConstant(reshapeTarget(at(shapes, 0), attrs.shape));
      writer.node("Reshape", [...inputs, target], [output]);
    },
    reference: ([x], { shape }, sizes) => {
      const { data } = x as Tensor64;
      const resolved = shape.map((dim) => (typeof dim === "number" ? dim : (sizes.get(dim) ?? null)));
      const rest = sizeOf(resolved.map((size) => size ?? 1));
      return { data, shape: resolved.map((size) => size ?? data.length / rest) };
    },
    gradient: ({ inputs, dy }) => [reshape(dy, at(inputs, 0).shape)],
  },

  Transpose: {
    infer: ([shape = []], { perm }) => perm.map((axis) => at(shape, axis)),
    onnx: (writer, inputs, output, { attrs }) =>
      writer.node("Transpose", inputs, [output], { perm: { ints: attrs.perm } }),
    reference: ([x], { perm }) => {
      const from = x as Tensor64;
      const shape = perm.map((axis) => at(from.shape, axis));
      const [strides, outStrides] = [stridesOf(from.shape), stridesOf(shape)];
      const data = new Float64Array(from.data.length);
      for (let i = 0; i < data.length; i++) {
        let offset = 0;
        for (let axis = 0; axis < shape.length; axis++)
          offset += (Math.floor(i / at(outStrides, axis)) % at(shape, axis)) * at(strides, at(perm, axis));
        data[i] = at(from.data, offset);
      }
      return { data, shape };
    },
    gradient: ({ dy, attrs: { perm } }) => [
      transpose(
        dy,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ],
  },

  Slice: {
    infer: ([shape = []], { axis, size }) => shape.map((dim, i) => (i === axis ? size : dim)),
    onnx: (writer, inputs, output, { attrs: { axis, start, end } }) => {
      const bounds = [start, end ?? Number.MAX_SAFE_INTEGER, axis].map((bound) => writer.intConstant([bound]));
      writer.node("Slice", [...inputs, ...bounds], [output]);
    },
    reference: ([input], attrs) => {
      const x = input as Tensor64;
      const full = at(x.shape, attrs.axis);
      const [start, end] = [attrs.start, attrs.end ?? full];
      const inner = sizeOf(x.shape.slice(attrs.axis + 1));
      const outer = sizeOf(x.shape.slice(0, attrs.axis));
      const shape = withAxis(x.shape, attrs.axis, end - start);
      const data = new Float64Array(sizeOf(shape));
      for (let o = 0; o < outer; o++)
        data.set(x.data.subarray((o * full + start) * inner, (o * full + end) * inner), o * (end - start) * inner);
      return { data, shape };
    },
    gradient: ({ inputs, dy, attrs: { axis, start, end } }) => {
      const after = end === null ? 0 : known(at(at(inputs, 0).shape, axis), "the sliced axis") - end;
      return [dy.graph.apply("PadZero", [dy], { axis, before: start, after })];
    },
  },

  PadZero: {
    infer: ([shape = []], { axis, before, after }) =>
      shape.map((dim, i) => (i === axis ? known(dim, "the padded axis") + before + after : dim)),
    onnx: (writer, inputs, output, { shapes, attrs: { axis, before, after } }) => {
      const pads = [before, after].flatMap((pad) => at(shapes, 0).map((_, i) => (i === axis ? pad : 0)));
      writer.node("Pad", [...inputs, writer.intConstant(pads)], [output]);
    },
    reference: ([input], { axis, before, after }) => {
      const x = input as Tensor64;
      const size = at(x.shape, axis) + before + after;
      const shape = withAxis(x.shape, axis, size);
      const data = new Float64Array(sizeOf(shape));
      paste(x, data, size, axis, before);
      return { data, shape };
    },
    gradient: ({ inputs, dy, attrs: { axis, before } }) => {
      const size = known(at(at(inputs, 0).shape, axis), "the padded axis");
      return [slice(dy, axis, before, before + size)];
    },
  },

  Concat: {
    infer: (shapes, { axis }) => {
      const sizes = shapes.map((shape) => at(shape, axis));
      const total = sizes.every((s) => typeof s === "number")
        ? sizes.reduce<number>((a, b) => a + Number(b), 0)
        : sizes.join("+");
      return at(shapes, 0).map((dim, i) => (i === axis ? total : dim));
    },
    onnx: (writer, inputs, output, { attrs }) =>
      writer.node("Concat", inputs, [output], { axis: { int: attrs.axis } }),
    reference: (xs, { axis }) => {
      const total = xs.reduce((size, x) => size + at(x.shape, axis), 0);
      const shape = withAxis(at(xs, 0).shape, axis, total);
      const data = new Float64Array(sizeOf(shape));
      let start = 0;
      for (const x of xs) {
        paste(x, data, total, axis, start);
        start += at(x.shape, axis);
      }
      return { data, shape };
    },
    gradient: ({ inputs, dy, attrs: { axis } }) => {
      let start = 0;
      return inputs.map((x) => {
        const end = start + known(at(x.shape, axis), "a concatenated axis");
        const part = slice(dy, axis, start, end);
        start = end;
        return part;
      });
    },
  },

  Gather: {
    infer: ([x = [], index = []]) => [...index, ...x.slice(1)],
    onnx: (writer, inputs, output) => writer.node("Gather", inputs, [output], { axis: { int: 0 } }),
    reference: (inputs) => rows64([at(inputs, 0), at(inputs, 1)]),
    gradient: ({ inputs, dy }) => [
      dy.graph.apply("ScatterAdd", [dy, at(inputs, 1)], { rows: at(at(inputs, 0).shape, 0) }),
      null,
    ],
  },

  /** Adds rows of `x` [M, d] into `rows` rows of zeros at `index` [M]. The gradient of Gather, and the other way about. */
  ScatterAdd: {
    infer: ([x = [], index = []], { rows }) => [rows, ...x.slice(index.length)],
    onnx: (writer, inputs, output, { shape }) => {
      const [x, index] = [at(inputs, 0), at(inputs, 1)];
      const zeros = writer.node("ConstantOfShape", [
        writer.intConstant(shape.map((d) => known(d, "a scattered axis"))),
      ]);
      const indices = writer.node("Unsqueeze", [
        writer.node("Cast", [index], undefined, { to: { int: 7 } }),
        writer.intConstant([-1]),
      ]);
      writer.node("ScatterND", [zeros, indices, x], [output], { reduction: { string: "add" } });
    },
    reference: ([x, index], attrs) => {
      const [from, places] = [x as Tensor64, index as Tensor64];
      const rows = known(attrs.rows, "a scattered axis");
      const tail = from.shape.slice(places.shape.length);
      const width = sizeOf(tail);
      const data = new Float64Array(rows * width);
      places.data.forEach((row, i) => {
        for (let c = 0; c < width; c++)
          data[row * width + c] = at(data, row * width + c) + at(from.data, i * width + c);
      });
      return { data, shape: [rows, ...tail] };
    },
    gradient: ({ inputs, dy }): (Value | null)[] => [dy.graph.apply("Gather", [dy, at(inputs, 1)], {}), null],
  },

  TakeRows: {
    infer: ([x = [], index = [], inverse = []]) => {
      if (inverse.join() !== x.slice(0, -1).join()) throw new Error("`inverse` must have an entry for each row");
      return [...index, at(x, -1)];
    },
    onnx: (writer, inputs, output, { shapes }) => {
      const [x, index] = [at(inputs, 0), at(inputs, 1)];
      const width = known(at(at(shapes, 0), -1), "a row");
      const flat = at(shapes, 0).length === 2 ? x : writer.node("Reshape", [x, writer.intConstant([-1, width])]);
      // Gather counts negative indices from the end, where the row of zeros stands.
      const zeros = writer.node("ConstantOfShape", [writer.intConstant([1, width])]);
      const padded = writer.node("Concat", [flat, zeros], undefined, { axis: { int: 0 } });
      writer.node("Gather", [padded, index], [output], { axis: { int: 0 } });
    },
    reference: ([input, index]) => {
      const x = input as Tensor64;
      const width = at(x.shape, -1);
      return rows64([{ data: x.data, shape: [x.data.length / width, width] }, index as Tensor64]);
    },
    gradient: ({ inputs, dy }) => [takeRows(dy, at(inputs, 2), at(inputs, 1)), null, null],
  },
};
