/** What small random shapes do not reach: sizes past the kernels' blocks, threads, and numbers at float32's ends. */
import { describe, expect, it } from "vitest";
import { random } from "../../random.js";
import { gradients } from "../differentiate.js";
import { gather, logSumExp, matmul, rmsNorm, sigmoid, silu, softmax } from "../functions.js";
import { Graph, type Value } from "../graph.js";
import { evaluate } from "../reference.js";
import { compile } from "../runtime.js";
import { at, sizeOf, type Tensor } from "../tensor.js";

const normals = (label: string, shape: readonly number[]): Tensor => {
  const stream = random(1, label);
  return { data: Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()), shape };
};

async function run(value: Value, feeds: Readonly<Record<string, Tensor>>): Promise<number[]> {
  const program = await compile({ value }, { threads: 2 });
  const { value: result } = await program.run(feeds);
  await program.release();
  return [...result.data];
}

describe("MatMul past one block", () => {
  const flags = [false, true];
  const cases = [[], [2]].flatMap((batch) =>
    flags.flatMap((transA) => flags.map((transB) => ({ batch, transA, transB }))),
  );
  it.each(cases)("batch $batch, transA $transA, transB $transB", async ({ batch, transA, transB }) => {
    const [m, k, n] = [67, 130, 49];
    const feeds = {
      a: normals("a", [...batch, ...(transA ? [k, m] : [m, k])]),
      b: normals("b", transB ? [n, k] : [k, n]),
    };
    const graph = new Graph();
    const a = graph.input("a", feeds.a.shape);
    const b = graph.input("b", feeds.b.shape);
    const y = matmul(a, b, { transA, transB, alpha: 0.5 });
    const expected = evaluate([y], {
      a: { ...feeds.a, data: Float64Array.from(feeds.a.data) },
      b: { ...feeds.b, data: Float64Array.from(feeds.b.data) },
    });
    const found = await run(y, feeds);
    const worst = Math.max(...found.map((v, i) => Math.abs(v - at(at(expected, 0).data, i))));
    // Sums of 130 products of about 1: 130 * 2^-24 is 8e-6.
    expect(worst).toBeLessThan(2e-5);
  });
});

it("ScatterAdd loses no sum when many rows of many threads meet in one place", async () => {
  const [rows, count, width] = [3, 20_000, 64];
  const graph = new Graph();
  const table = graph.input("table", [rows, width]);
  const index = graph.input("index", ["M"], "int32");
  const dy = graph.input("dy", ["M", width]);
  const dTable = at(gradients(gather(table, index), dy, [table]), 0);
  const sums = await run(dTable, {
    index: { data: Int32Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0 : 2)), shape: [count] },
    dy: { data: new Float32Array(count * width).fill(1), shape: [count, width] },
  });
  const expected = [count / 2, 0, count / 2].flatMap((total) => new Array<number>(width).fill(total));
  expect(sums).toEqual(expected);
});

describe("numbers at the ends of float32", () => {
  const evaluateRow = (build: (x: Value) => Value, row: readonly number[]) => {
    const graph = new Graph();
    const x = graph.input("x", [1, row.length]);
    return run(build(x), { x: { data: Float32Array.from(row), shape: [1, row.length] } });
  };

  it("LogSumExp neither overflows nor loses a term that is alone", async () => {
    expect(await evaluateRow(logSumExp, [1e4, -1e4, 0])).toEqual([1e4]);
    expect(await evaluateRow(logSumExp, [-1e4, -1e4])).toEqual([Math.fround(-1e4 + Math.LN2)]);
    expect(await evaluateRow(logSumExp, [Number.NEGATIVE_INFINITY, 3])).toEqual([3]);
  });

  it("LogSumExp of a wide vocabulary of equal logits is log(width)", async () => {
    const width = 150_000;
    const [value] = await evaluateRow(logSumExp, new Array<number>(width).fill(7));
    expect(value).toBeCloseTo(7 + Math.log(width), 4);
  });

  it("Softmax gives what -Infinity masks no share at all", async () => {
    expect(await evaluateRow(softmax, [1, Number.NEGATIVE_INFINITY, 1])).toEqual([0.5, 0, 0.5]);
    expect(await evaluateRow(softmax, [1e5, 0])).toEqual([1, 0]);
  });

  it("Sigmoid and Silu saturate", async () => {
    expect(await evaluateRow(sigmoid, [-1e3, 1e3])).toEqual([0, 1]);
    const [low, high] = await evaluateRow(silu, [-1e3, 1e3]);
    expect(low).toBeCloseTo(0, 12);
    expect(high).toBe(1e3);
  });

  it("RmsNorm of a row of zeros is a row of zeros", async () => {
    const graph = new Graph();
    const x = graph.input("x", [1, 2]);
    const weight = graph.input("weight", [2]);
    const ones = { data: Float32Array.of(1, 1), shape: [2] };
    const zeros = { data: new Float32Array(2), shape: [1, 2] };
    expect(await run(rmsNorm(x, weight, 1e-6), { x: zeros, weight: ones })).toEqual([0, 0]);
  });
});
