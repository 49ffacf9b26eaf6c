/** Products with a frozen matrix of 8-bit numbers. */
import { quantizedMatmul } from "../functions.js";
import { at, type Tensor64 } from "../tensor.js";
import { known, type OpDefinition } from "./definition.js";

export interface QuantizedAttrs {
  QuantizedMatMul: { readonly transposed: boolean };
}

/** Steps on either side of zero that a row's largest magnitude is divided into. */
const STEPS = 127;
/** The unsigned byte that stands for zero. */
const MIDDLE = 128;
/** Below it a row counts as zeros: it keeps the quotient of an empty row a number. */
const TINY = 1e-30;

export const QUANTIZED: { readonly [K in keyof QuantizedAttrs]: OpDefinition<QuantizedAttrs[K]> } = {
  QuantizedMatMul: {
    types: { 1: "int8" },
    infer: ([x = [], bytes = [], scale = []], { transposed }) => {
      if (x.length !== 2 || bytes.length !== 2) throw new Error("two matrices are needed");
      const [out, inner] = bytes.map((dim) => known(dim, "a size of the quantised matrix"));
      if (scale.length !== 1 || scale[0] !== out) throw new Error(`[${out}] scales are needed`);
      const [taken, given] = transposed ? [inner, out] : [out, inner];
      if (x[1] !== taken) throw new Error(`inner sizes ${x[1]} and ${taken} differ`);
      return [at(x, 0), given ?? 0];
    },
    onnx: (writer, inputs, output, { shapes, attrs: { transposed } }) => {
      const [x, bytes, scale] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
      const rows = transposed ? x : writer.node("Mul", [x, scale]);
      const largest = writer.node(
        "ReduceMax",
        [writer.node("Abs", [rows]), writer.intConstant([1])],
        undefined,
        { keepdims: { int: 1 } },
      );
      const unit = writer.node("Max", [largest, writer.scalar("float32", TINY)]);
      const [step, zero] = [writer.scalar("float32", 1 / STEPS), writer.scalar("uint8", MIDDLE)];
      const quantized = writer.node("QuantizeLinear", [writer.node("Div", [rows, unit]), step, zero]);
      // Neighbours in a row of W meet in the product with x, but not in the one with W as it stands.
      const signed =
        writer.options.signedBytes === "all" || (writer.options.signedBytes === "paired" && transposed);
      // A matrix that the processor does not take signed is shifted: without VNNI it adds pairs of products in 16 bits, and
      // may overflow.
      const [out, inner] = at(shapes, 1).map((dim) => known(dim, "a size of the quantised matrix"));
      const arrangement = { unsigned: !signed, turned: transposed };
      const right = writer.arrange(bytes, [out ?? 0, inner ?? 0], arrangement);
      const rightZero = signed ? writer.scalar("int8", 0) : zero;
      const rightScale = transposed ? scale : writer.scalar("float32", 1);
      const product = writer.contrib("MatMulIntegerToFloat", [
        quantized,
        right,
        step,
        rightScale,
        zero,
        rightZero,
      ]);
      writer.node("Mul", [product, unit], [output]);
    },
    // The product without the rounding of x, which no derivative would see.
    reference: ([x, bytes, scale], { transposed }) => {
      const [rows, w, s] = [x as Tensor64, bytes as Tensor64, scale as Tensor64];
      const [out, inner] = [at(w.shape, 0), at(w.shape, 1)];
      const [taken, given] = transposed ? [inner, out] : [out, inner];
      const count = at(rows.shape, 0);
      const data = new Float64Array(count * given);
      for (let n = 0; n < count; n++)
        for (let o = 0; o < out; o++)
          for (let i = 0; i < inner; i++) {
            const [from, to] = transposed ? [i, o] : [o, i];
            const weight = at(w.data, o * inner + i) * at(s.data, o);
            const place = n * given + to;
            data[place] = at(data, place) + at(rows.data, n * taken + from) * weight;
          }
      return { data, shape: [count, given] };
    },
    gradient: ({ inputs, dy, attrs: { transposed } }) => [
      quantizedMatmul(dy, at(inputs, 1), at(inputs, 2), !transposed),
      null,
      null,
    ],
  },
};
