/** The 8-bit product, held to what it says: whole numbers exactly, and each row by itself. */
import { describe, expect, it } from "vitest";
import { random } from "../../random.js";
import { quantizedMatmul } from "../functions.js";
import { Graph } from "../graph.js";
import { tryBytes } from "../processor.js";
import { compile, type Program } from "../runtime.js";

const [N, IN, OUT] = [5, 300, 40];
const scale = Float32Array.from({ length: OUT }, (_, o) => (o + 1) / 1024);

function program(bytes: Int8Array, transposed = true): Promise<Program<"y">> {
  const graph = new Graph();
  const x = graph.input("x", ["N", transposed ? IN : OUT]);
  const y = quantizedMatmul(x, graph.input("w", [OUT, IN], "int8"), graph.input("s", [OUT]), transposed);
  const constants = { w: { data: bytes, shape: [OUT, IN] }, s: { data: scale, shape: [OUT] } };
  return compile({ y }, { constants });
}

async function product(w: Int8Array, x: Float32Array, transposed = true): Promise<Float32Array> {
  const compiled = await program(w, transposed);
  const width = transposed ? IN : OUT;
  const { y } = await compiled.run({ x: { data: x, shape: [x.length / width, width] } });
  await compiled.release();
  return y.data as Float32Array;
}

const roundHalfEven = (v: number): number => {
  const floor = Math.floor(v);
  if (v - floor !== 0.5) return Math.round(v);
  return floor % 2 === 0 ? floor : floor + 1;
};

/** The same in whole numbers. */
function expected(w: Int8Array, x: Float32Array): number[] {
  const out: number[] = [];
  for (let n = 0; n < x.length / IN; n++) {
    const row = x.subarray(n * IN, (n + 1) * IN);
    const largest = row.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const steps = Array.from(row, (v) => (largest === 0 ? 0 : roundHalfEven((v / largest) * 127)));
    for (let o = 0; o < OUT; o++) {
      const total = steps.reduce((sum, q, i) => sum + q * (w[o * IN + i] ?? 0), 0);
      out.push((total * largest * (scale[o] ?? 0)) / 127);
    }
  }
  return out;
}

describe("the product with a quantised matrix", () => {
  const stream = random(1, "quantized");
  const bytes = Int8Array.from({ length: OUT * IN }, () => stream.int(-127, 127));
  const normals = Float32Array.from({ length: N * IN }, () => stream.normal());

  it("is the product of whole numbers", async () => {
    const found = await product(bytes, normals);
    expected(bytes, normals).forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 4);
    });
  });

  it("does not overflow where all numbers are at their largest", async () => {
    const found = await product(new Int8Array(OUT * IN).fill(127), new Float32Array(IN).fill(3));
    found.forEach((value, o) => {
      expect(value).toBeCloseTo(3 * IN * 127 * (scale[o] ?? 0), 2);
    });
  });

  it("is exact without signed bytes on every processor", async () => {
    expect(await tryBytes(false)).toBe(true);
  });

  it("gives a row the same numbers to the bit, whatever stands beside it", async () => {
    const alone = await product(bytes, normals.slice(0, IN));
    const others = normals.map((v, i) => (i < IN ? v : 1000 * v));
    expect((await product(bytes, others)).slice(0, OUT)).toEqual(alone);
  });

  it("takes rows of zeros, and no rows", async () => {
    expect(await product(bytes, new Float32Array(2 * IN))).toEqual(new Float32Array(2 * OUT));
    expect(await product(bytes, new Float32Array(0))).toEqual(new Float32Array(0));
  });

  it("refuses scales that do not belong to the rows, and weights that are not bytes", () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", ["N", 3]), graph.input("w", [4, 3], "int8")];
    const wrong = graph.input("s", [3]);
    expect(() => quantizedMatmul(x, w, wrong)).toThrow("[4] scales are needed");
    expect(() => quantizedMatmul(x, x, wrong)).toThrow("operand 1 is float32, not int8");
  });
});
