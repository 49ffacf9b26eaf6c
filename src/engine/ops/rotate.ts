/** Rotary position embedding. */
import { neg, rotate } from "../functions.js";
import { at, type Tensor64 } from "../tensor.js";
import { known, type OpDefinition } from "./definition.js";

export interface RotateAttrs {
  Rotate: Record<string, never>;
}

export const ROTATE: { readonly [K in keyof RotateAttrs]: OpDefinition<RotateAttrs[K]> } = {
  Rotate: {
    types: {},
    infer: ([x = [], cos = [], sin = []]) => {
      if (x.length !== 2 || cos.length !== 2)
        throw new Error("rows, and angles for each of them, are needed");
      if (x[0] !== cos[0] || cos.join() !== sin.join())
        throw new Error("a cosine and a sine are needed for each angle");
      const [width, half] = [known(at(x, 1), "the width"), known(at(cos, 1), "half the size of a head")];
      if (width % (2 * half) !== 0)
        throw new Error(`a width of ${width} is not made of heads of ${2 * half}`);
      return x;
    },
    onnx: (writer, [x = "", cos = "", sin = ""], output, { shapes }) => {
      const [width, half] = [Number(at(at(shapes, 0), 1)), Number(at(at(shapes, 1), 1))];
      const batch = writer.node("Reshape", [x, writer.intConstant([1, -1, width])]);
      // The tables are read from their first row on, a row a token: what the positions are stands in them.
      const turned = writer.contrib(
        "RotaryEmbedding",
        [batch, writer.intConstant([0]), cos, sin],
        undefined,
        {
          num_heads: { int: width / (2 * half) },
        },
      );
      writer.node("Reshape", [turned, writer.intConstant([-1, width])], [output]);
    },
    reference: ([x, cos, sin]) => {
      const [rows, cosines, sines] = [x as Tensor64, cos as Tensor64, sin as Tensor64];
      const [width, half] = [at(rows.shape, 1), at(cosines.shape, 1)];
      const data = rows.data.map((own, i) => {
        const [row, column] = [Math.floor(i / width), i % (2 * half)];
        const angle = row * half + (column % half);
        const other = column < half ? -at(rows.data, i + half) : at(rows.data, i - half);
        return own * at(cosines.data, angle) + other * at(sines.data, angle);
      });
      return { data, shape: rows.shape };
    },
    // A turn back by the same angle.
    gradient: ({ inputs, dy }) => [rotate(dy, at(inputs, 1), neg(at(inputs, 2))), null, null],
  },
};
