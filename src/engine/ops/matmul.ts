/** Matrix products. */
import { matmul, sumTo } from "../functions.js";
import type { Shape } from "../graph.js";
import { at, sizeOf, type Tensor64 } from "../tensor.js";
import type { OpDefinition } from "./definition.js";
import { broadcastShapes } from "./elementwise.js";

interface MatMulAttrs {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
}

export interface ProductAttrs {
  MatMul: MatMulAttrs;
}

/** The last two sizes, after the transposition that the attribute asks for. */
const matrix = (shape: Shape, transposed: boolean): [rows: Shape[number], columns: Shape[number]] => {
  if (shape.length < 2) throw new Error("a matrix product needs two axes at least");
  const [rows, columns] = [at(shape, -2), at(shape, -1)];
  return transposed ? [columns, rows] : [rows, columns];
};

const infer = ([a = [], b = []]: readonly Shape[], { transA, transB }: MatMulAttrs): Shape => {
  const [m, k] = matrix(a, transA);
  const [k2, n] = matrix(b, transB);
  if (k !== k2) throw new Error(`inner sizes ${k} and ${k2} differ`);
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), m, n];
};

function product64([a, b]: readonly [Tensor64, Tensor64], attrs: MatMulAttrs): Tensor64 {
  const shape = infer([a.shape, b.shape], attrs).map(Number);
  const [m, n] = [at(shape, -2), at(shape, -1)];
  const k = Number(matrix(a.shape, attrs.transA)[1]);
  const data = new Float64Array(sizeOf(shape));
  const batch = shape.slice(0, -2);
  /** Where the matrix of the flat batch index begins in an operand whose leading axes may be 1 or missing. */
  const start = (t: Tensor64, flat: number): number => {
    let offset = 0;
    let stride = at(t.shape, -1) * at(t.shape, -2);
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const size = at(batch, axis);
      const own = t.shape[t.shape.length - 2 - batch.length + axis] ?? 1;
      if (own !== 1) offset += (flat % size) * stride;
      flat = Math.floor(flat / size);
      stride *= own;
    }
    return offset;
  };
  const [aRow, aColumn] = attrs.transA ? [1, m] : [k, 1];
  const [bRow, bColumn] = attrs.transB ? [1, k] : [n, 1];
  for (let flat = 0; flat < sizeOf(batch); flat++) {
    const [startA, startB] = [start(a, flat), start(b, flat)];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let p = 0; p < k; p++)
          total += at(a.data, startA + i * aRow + p * aColumn) * at(b.data, startB + p * bRow + j * bColumn);
        data[(flat * m + i) * n + j] = attrs.alpha * total;
      }
  }
  return { data, shape };
}

export const PRODUCTS: { readonly [K in keyof ProductAttrs]: OpDefinition<ProductAttrs[K]> } = {
  MatMul: {
    types: {},
    infer,
    onnx: (writer, inputs, output, { shapes, attrs }) => {
      const { transA, transB, alpha } = attrs;
      const flags = {
        transA: { int: Number(transA) },
        transB: { int: Number(transB) },
        alpha: { float: alpha },
      };
      // Gemm transposes while it packs, so that a weight kept as [out, in] serves both passes without a copy.
      if (shapes.every((shape) => shape.length === 2)) writer.node("Gemm", inputs, [output], flags);
      else if (!transA && !transB && alpha === 1) writer.node("MatMul", inputs, [output]);
      else if (writer.options.fusedProducts) writer.contrib("FusedMatMul", inputs, [output], flags);
      else {
        const turned = (i: 0 | 1): string => {
          const axes = at(shapes, i).map((_, axis) => axis);
          const perm = [...axes.slice(0, -2), at(axes, -1), at(axes, -2)];
          return writer.node("Transpose", [at(inputs, i)], undefined, { perm: { ints: perm } });
        };
        const [a, b] = [transA ? turned(0) : at(inputs, 0), transB ? turned(1) : at(inputs, 1)];
        writer.node("Mul", [writer.node("MatMul", [a, b]), writer.scalar("float32", alpha)], [output]);
      }
    },
    reference: (inputs, attrs) => product64([at(inputs, 0), at(inputs, 1)], attrs),
    // C = alpha A' B' where ' transposes or not. With dA' = alpha dC B'^T and dB' = alpha A'^T dC:
    //   A' = A:   dA = alpha dC B'^T          A' = A^T: dA = alpha B' dC^T
    //   B' = B:   dB = alpha A'^T dC          B' = B^T: dB = alpha dC^T A'
    gradient: ({ inputs, dy, attrs: { transA, transB, alpha } }) => {
      const [a, b] = [at(inputs, 0), at(inputs, 1)];
      const da = transA
        ? matmul(b, dy, { transA: transB, transB: true, alpha })
        : matmul(dy, b, { transB: !transB, alpha });
      const db = transB
        ? matmul(dy, a, { transA: true, transB: transA, alpha })
        : matmul(a, dy, { transA: !transA, alpha });
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
  },
};
