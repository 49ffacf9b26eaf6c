/** The 8-bit product, held to what it says: whole numbers exactly, and each row by itself. */
import { describe, expect, it } from "vitest";
import { random } from "../../random.js";
import { quantizedMatmul } from "../functions.js";
import { Graph } from "../graph.js";
import { arePaired, tryBytes } from "../processor.js";
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

  // The second kind is taken as signed bytes by more processors than the first.
  it.each([
    { kind: "any", matrix: bytes },
    { kind: "paired", matrix: bytes.map((byte) => Math.trunc(byte / 2)) },
  ])("is the product of whole numbers: $kind bytes", async ({ kind, matrix }) => {
    expect(arePaired({ data: matrix, shape: [OUT, IN] })).toBe(kind === "paired");
    const found = await product(matrix, normals);
    expected(matrix, normals).forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 4);
    });
  });

  it.each([
    [127, 127],
    [64, 64],
    [127, 1],
    [1, 127],
    [-64, -64],
  ])("does not overflow where all numbers are at their largest: %i, %i", async (a, b) => {
    const matrix = Int8Array.from({ length: OUT * IN }, (_, i) => (i % 2 === 0 ? a : b));
    const found = await product(matrix, new Float32Array(IN).fill(3));
    found.forEach((value, o) => {
      expect(value / ((3 * IN * (a + b) * (scale[o] ?? 0)) / 2)).toBeCloseTo(1, 6);
    });
  });

  it("is exact without signed bytes on every processor", async () => {
    expect(await tryBytes("none", [[127, 127]])).toBe(true);
  });

  it("knows rows whose neighbours add up to 128 at most, also where their length is odd", () => {
    const paired = (list: readonly number[], inner: number) =>
      arePaired({ data: Int8Array.from(list), shape: [list.length / inner, inner] });
    expect(paired([127, -1, -64, 64], 4)).toBe(true);
    expect(paired([127, -2, 0, 0], 4)).toBe(false);
    expect(paired([0, 0, 127, 127, 0, 127], 3)).toBe(true);
    expect(paired([0, 0, 127, 127, 2, 127], 3)).toBe(false);
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
