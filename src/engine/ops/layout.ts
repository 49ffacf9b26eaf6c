/** Operations that move numbers without changing them. */
import { reshape, slice, transpose } from "../functions.js";
import type { Dim, Shape } from "../graph.js";
import type { OnnxWriter } from "../onnx.js";
import { at, sizeOf, stridesOf, type Tensor64 } from "../tensor.js";
import { known, type OpDefinition } from "./definition.js";

export interface LayoutAttrs {
  Reshape: { readonly shape: Shape };
  Transpose: { readonly perm: readonly number[] };
  /** `end` null: to the end of the axis, whose size is then `size`. */
  Slice: { readonly axis: number; readonly start: number; readonly end: number | null; readonly size: Dim };
  PadZero: { readonly axis: number; readonly before: number; readonly after: number };
  Concat: { readonly axis: number };
}

const axisOf = (shape: Shape, axis: number): Dim => {
  const dim = shape[axis];
  if (dim === undefined) throw new Error(`there is no axis ${axis}`);
  return dim;
};

/**
 * The axes of a reshape's target whose size neither the target nor the input tells by a number or a name. One at most
 * can be worked out.
 */
const openAxes = (from: Shape, to: Shape): number[] =>
  [...to.keys()].filter((i) => typeof to[i] === "string" && !from.includes(at(to, i)));

/**
 * The target of ONNX Reshape as a constant: 0 copies the input's size at the same place, -1 is what remains. Null when
 * that cannot say it: two names have moved, or a size is 0 by number. With -1, no other size may be 0 at run time.
 */
function constantTarget(from: Shape, to: Shape): number[] | null {
  const moved = [...to.keys()].filter((i) => typeof to[i] === "string" && from[i] !== to[i]);
  if (moved.length > 1 || to.includes(0)) return null;
  return to.map((dim, i) => (typeof dim === "number" ? dim : moved.includes(i) ? -1 : 0));
}

/** The target put together at run time from the input's shape. */
function computedTarget(writer: OnnxWriter, input: string, from: Shape, to: Shape): string {
  const parts = to.map((dim) => {
    if (typeof dim === "number") return writer.intConstant([dim]);
    const axis = from.indexOf(dim);
    if (axis < 0) return writer.intConstant([-1]);
    return writer.node("Shape", [input], undefined, { start: { int: axis }, end: { int: axis + 1 } });
  });
  return parts.length === 0
    ? writer.intConstant([])
    : writer.node("Concat", parts, undefined, { axis: { int: 0 } });
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

export const LAYOUT: { readonly [K in keyof LayoutAttrs]: OpDefinition<LayoutAttrs[K]> } = {
  Reshape: {
    types: {},
    infer: ([from = []], { shape }) => {
      const [a, b] = [from, shape].map((s) =>
        s.every((d) => typeof d === "number") ? sizeOf(s.map(Number)) : null,
      );
      if (a !== null && b !== null && a !== b) throw new Error(`${a} numbers do not fill [${shape.join()}]`);
      const open = openAxes(from, shape);
      if (open.length > 1 || (open.length === 1 && shape.includes(0)))
        throw new Error(
          `[${shape.join()}] leaves the size of ${open.map((i) => shape[i]).join(" and ")} open`,
        );
      return shape;
    },
    onnx: (writer, inputs, output, { shapes, attrs }) => {
      const [x, from] = [at(inputs, 0), at(shapes, 0)];
      const constant = constantTarget(from, attrs.shape);
      if (constant !== null) writer.node("Reshape", [x, writer.intConstant(constant)], [output]);
      else
        writer.node("Reshape", [x, computedTarget(writer, x, from, attrs.shape)], [output], {
          allowzero: { int: Number(openAxes(from, attrs.shape).length === 0) },
        });
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
    types: {},
    infer: ([shape = []], { perm }) => {
      if (perm.length !== shape.length || shape.some((_, axis) => !perm.includes(axis)))
        throw new Error(`[${perm.join()}] is not an order of ${shape.length} axes`);
      return perm.map((axis) => at(shape, axis));
    },
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
    types: {},
    infer: ([shape = []], { axis, start, end, size }) => {
      const full = axisOf(shape, axis);
      const last = end ?? (typeof full === "number" ? full : start);
      if (start < 0 || last < start || (typeof full === "number" && last > full))
        throw new Error(`${start} to ${end ?? "the end"} is not a range in an axis of size ${full}`);
      if (end === null && typeof full === "number" && size !== full - start)
        throw new Error(`${full - start} numbers remain from ${start} on, not ${size}`);
      return shape.map((dim, i) => (i === axis ? size : dim));
    },
    onnx: (writer, inputs, output, { attrs: { axis, start, end } }) => {
      const bounds = [start, end ?? Number.MAX_SAFE_INTEGER, axis].map((bound) =>
        writer.intConstant([bound]),
      );
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
        data.set(
          x.data.subarray((o * full + start) * inner, (o * full + end) * inner),
          o * (end - start) * inner,
        );
      return { data, shape };
    },
    gradient: ({ inputs, dy, attrs: { axis, start, end } }) => {
      const after = end === null ? 0 : known(at(at(inputs, 0).shape, axis), "the sliced axis") - end;
      return [dy.graph.apply("PadZero", [dy], { axis, before: start, after })];
    },
  },

  PadZero: {
    types: {},
    infer: ([shape = []], { axis, before, after }) => {
      if (before < 0 || after < 0) throw new Error(`cannot pad by ${before} and ${after}`);
      const size = known(axisOf(shape, axis), "the padded axis") + before + after;
      return shape.map((dim, i) => (i === axis ? size : dim));
    },
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
    types: {},
    infer: (shapes, { axis }) => {
      const sizes = shapes.map((shape) => axisOf(shape, axis));
      const others = (shape: Shape) => shape.toSpliced(axis, 1).join();
      if (shapes.some((shape) => others(shape) !== others(at(shapes, 0))))
        throw new Error(`sizes differ along another axis than ${axis}`);
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
};
