/** One entry of each row, and its way back. */
import { pick, place } from "../functions.js";
import { at, type Tensor64 } from "../tensor.js";
import { known, type OpDefinition } from "./definition.js";
import { checkRows } from "./rows.js";

export interface PickAttrs {
  Pick: Record<string, never>;
  Place: { readonly size: number };
}

/** The index, a column, as ONNX's operations on single elements want it. */
const COLUMN = [-1, 1];
const ALONG = { axis: { int: 1 } };

export const PICK: { readonly [K in keyof PickAttrs]: OpDefinition<PickAttrs[K]> } = {
  Pick: {
    types: { 1: "int32" },
    infer: ([x = [], index = []]) => {
      if (x.length !== 2 || index.length !== 1 || x[0] !== index[0])
        throw new Error("a matrix and an index for each of its rows are needed");
      return [at(x, 0), 1];
    },
    onnx: (writer, [x, index], output) => {
      const column = writer.node("Reshape", [index as string, writer.intConstant(COLUMN)]);
      writer.node("GatherElements", [x as string, column], [output], ALONG);
    },
    reference: ([x, index]) => {
      const [from, places] = [x as Tensor64, index as Tensor64];
      const size = at(from.shape, 1);
      checkRows(places, size);
      const data = new Float64Array(places.data.length);
      places.data.forEach((place, r) => {
        data[r] = at(from.data, r * size + place);
      });
      return { data, shape: [data.length, 1] };
    },
    gradient: ({ inputs, dy }) => [
      place(dy, at(inputs, 1), known(at(at(inputs, 0).shape, 1), "the width of what is picked from")),
      null,
    ],
  },

  Place: {
    types: { 1: "int32" },
    infer: ([x = [], index = []], { size }) => {
      if (x.length !== 2 || x[1] !== 1 || index.length !== 1 || x[0] !== index[0])
        throw new Error("a column and an index for each of its entries are needed");
      return [at(x, 0), size];
    },
    onnx: (writer, [x, index], output, { attrs: { size } }) => {
      const shape = writer.node("Mul", [writer.node("Shape", [x as string]), writer.intConstant([1, size])]);
      const column = writer.node("Reshape", [index as string, writer.intConstant(COLUMN)]);
      const zeros = writer.node("ConstantOfShape", [shape]);
      writer.node("ScatterElements", [zeros, column, x as string], [output], ALONG);
    },
    reference: ([x, index], { size }) => {
      const [from, places] = [x as Tensor64, index as Tensor64];
      checkRows(places, size);
      const data = new Float64Array(places.data.length * size);
      places.data.forEach((place, r) => {
        data[r * size + place] = at(from.data, r);
      });
      return { data, shape: [places.data.length, size] };
    },
    gradient: ({ inputs, dy }) => [pick(dy, at(inputs, 1)), null],
  },
};
