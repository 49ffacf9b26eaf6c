/** The largest of many numbers. */
import { at, sizeOf, type Tensor64 } from "../tensor.js";
import type { OpDefinition } from "./definition.js";

export interface LargestAttrs {
  Largest: { readonly count: number };
}

export const LARGEST: { readonly [K in keyof LargestAttrs]: OpDefinition<LargestAttrs[K]> } = {
  Largest: {
    types: {},
    infer: ([shape = []], { count }) => {
      const size = shape.at(-1);
      if (size === undefined) throw new Error("a scalar has no last axis");
      if (count < 1 || (typeof size === "number" && count > size))
        throw new Error(`the ${count} largest of ${size} do not exist`);
      return [2, ...shape.slice(0, -1), count];
    },
    // Places as float32, in which whole numbers are exact up to 2^24: a graph computes nothing else.
    onnx: (writer, inputs, output, { attrs }) => {
      const [values, places] = [`${output}.values`, `${output}.places`];
      writer.node("TopK", [at(inputs, 0), writer.intConstant([attrs.count])], [values, places]);
      const first = writer.intConstant([0]);
      const parts = [values, writer.cast(places, "float32")];
      writer.node(
        "Concat",
        parts.map((part) => writer.node("Unsqueeze", [part, first])),
        [output],
        { axis: { int: 0 } },
      );
    },
    reference: ([input], { count }) => {
      const { data, shape } = input as Tensor64;
      const size = at(shape, -1);
      const rows = sizeOf(shape.slice(0, -1));
      const out = new Float64Array(2 * rows * count);
      for (let r = 0; r < rows; r++) {
        const row = data.subarray(r * size, (r + 1) * size);
        const places = [...row.keys()].sort((a, b) => at(row, b) - at(row, a) || a - b).slice(0, count);
        places.forEach((place, i) => {
          out[r * count + i] = at(row, place);
          out[(rows + r) * count + i] = place;
        });
      }
      return { data: out, shape: [2, ...shape.slice(0, -1), count] };
    },
    gradient: () => [null],
  },
};
