/** Operations that move whole rows by index. */
import { gather, takeRows } from "../functions.js";
import type { Dim } from "../graph.js";
import { at, sizeOf, type Tensor64 } from "../tensor.js";
import { known, type OpDefinition } from "./definition.js";

type None = Record<string, never>;

export interface RowAttrs {
  Gather: None;
  ScatterAdd: { readonly rows: Dim };
  TakeRows: None;
}

/** ONNX Runtime refuses rows that do not exist, or counts negative ones from the end: neither is meant. */
export function checkRows(index: Tensor64, rows: number): void {
  const wrong = index.data.find((row) => row < 0 || row >= rows);
  if (wrong !== undefined) throw new RangeError(`there is no row ${wrong} among ${rows}`);
}

/** Rows by index; -1 is a row of zeros. */
function rows64([x, index]: readonly [Tensor64, Tensor64]): Tensor64 {
  const width = sizeOf(x.shape.slice(1));
  const data = new Float64Array(index.data.length * width);
  index.data.forEach((row, i) => {
    if (row >= 0) data.set(x.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { data, shape: [...index.shape, ...x.shape.slice(1)] };
}

export const ROWS: { readonly [K in keyof RowAttrs]: OpDefinition<RowAttrs[K]> } = {
  Gather: {
    types: { 1: "int32" },
    infer: ([x = [], index = []]) => {
      if (x.length === 0) throw new Error("a scalar has no rows");
      return [...index, ...x.slice(1)];
    },
    onnx: (writer, inputs, output) => writer.node("Gather", inputs, [output], { axis: { int: 0 } }),
    reference: (inputs) => {
      const [x, index] = [at(inputs, 0), at(inputs, 1)];
      checkRows(index, at(x.shape, 0));
      return rows64([x, index]);
    },
    gradient: ({ inputs, dy }) => [
      dy.graph.apply("ScatterAdd", [dy, at(inputs, 1)], { rows: at(at(inputs, 0).shape, 0) }),
      null,
    ],
  },

  /**
   * Adds the entries of `x` [...index, ...rest], a row for each index, into `rows` rows of zeros. The gradient of Gather,
   * and the other way about.
   */
  ScatterAdd: {
    types: { 1: "int32" },
    infer: ([x = [], index = []], { rows }) => {
      if (x.slice(0, index.length).join() !== index.join()) throw new Error("a row is needed for each index");
      const rest = x.slice(index.length);
      for (const dim of [rows, ...rest]) known(dim, "a scattered axis");
      return [rows, ...rest];
    },
    // Not ScatterND: ONNX Runtime adds its rows in parallel, and two that meet in one place lose each other's sum.
    onnx: (writer, inputs, output, { shape }) => {
      const target = shape.map(Number);
      const width = sizeOf(target.slice(1));
      const zeros = writer.node("ConstantOfShape", [writer.intConstant([at(target, 0), width])]);
      const flat = writer.node("Reshape", [at(inputs, 0), writer.intConstant([-1, width])]);
      const column = writer.node("Reshape", [at(inputs, 1), writer.intConstant([-1, 1])]);
      const places = writer.node("Expand", [column, writer.node("Shape", [flat])]);
      const sums = writer.node("ScatterElements", [zeros, places, flat], undefined, {
        axis: { int: 0 },
        reduction: { string: "add" },
      });
      writer.node("Reshape", [sums, writer.intConstant(target)], [output]);
    },
    reference: ([x, index], attrs) => {
      const [from, places] = [x as Tensor64, index as Tensor64];
      const rows = Number(attrs.rows);
      checkRows(places, rows);
      const tail = from.shape.slice(places.shape.length);
      const width = sizeOf(tail);
      const data = new Float64Array(rows * width);
      places.data.forEach((row, i) => {
        for (let c = 0; c < width; c++)
          data[row * width + c] = at(data, row * width + c) + at(from.data, i * width + c);
      });
      return { data, shape: [rows, ...tail] };
    },
    gradient: ({ inputs, dy }) => [gather(dy, at(inputs, 1)), null],
  },

  TakeRows: {
    types: { 1: "int32", 2: "int32" },
    infer: ([x = [], index = [], inverse = []]) => {
      if (inverse.join() !== x.slice(0, -1).join())
        throw new Error("`inverse` must have an entry for each row");
      return [...index, known(at(x, -1), "the last axis")];
    },
    onnx: (writer, inputs, output, { shapes }) => {
      const [x, index] = [at(inputs, 0), at(inputs, 1)];
      const width = Number(at(at(shapes, 0), -1));
      const flat =
        at(shapes, 0).length === 2 ? x : writer.node("Reshape", [x, writer.intConstant([-1, width])]);
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
