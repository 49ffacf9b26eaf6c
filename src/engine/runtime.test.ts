import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "./differentiate.js";
import { add, gather, matmul, mul, silu, sliceFrom, sum } from "./functions.js";
import { Graph } from "./graph.js";
import { evaluate } from "./reference.js";
import { compile } from "./runtime.js";

const floats = (shape: readonly number[], ...data: number[]) => ({ data: Float32Array.from(data), shape });

describe("compile", () => {
  it("runs one program at several sizes", async () => {
    const graph = new Graph();
    const x = graph.input("x", ["N", 2]);
    const program = await compile({ total: sum(x, [0]) });
    expect(program.inputs).toEqual(["x"]);
    expect(await program.run({ x: floats([2, 2], 1, 2, 3, 4) })).toEqual({ total: floats([1, 2], 4, 6) });
    expect(await program.run({ x: floats([1, 2], 1, 2) })).toEqual({ total: floats([1, 2], 1, 2) });
    expect(await program.run({ x: floats([0, 2]) })).toEqual({ total: floats([1, 2], 0, 0) });
    await program.release();
  });

  it("returns an input that is an output, one value under two names, and a name that is an input's", async () => {
    const graph = new Graph();
    const x = graph.input("x", [2]);
    const y = mul(x, x);
    const program = await compile({ same: x, x: y, again: y });
    const fed = floats([2], 2, 3);
    const out = await program.run({ x: fed });
    await program.release();
    expect(out).toEqual({ same: fed, x: floats([2], 4, 9), again: floats([2], 4, 9) });
    // An output is not the memory that was fed: it outlives what the caller does to that.
    fed.data[0] = 7;
    expect([...out.same.data]).toEqual([2, 3]);
  });

  it("does not write into what it is fed", async () => {
    const graph = new Graph();
    const x = graph.input("x", [2]);
    const program = await compile({ y: silu(add(x, x)) });
    const fed = floats([2], 1, -1);
    await program.run({ x: fed });
    await program.release();
    expect([...fed.data]).toEqual([1, -1]);
  });

  it("takes given values instead of computing them", async () => {
    const graph = new Graph();
    const [x, dy] = [graph.input("x", [2]), graph.input("dy", [2])];
    const h = mul(x, x);
    const [dh] = gradients(mul(h, h), dy, [h]);
    if (dh === undefined) throw new Error("no gradient");
    const program = await compile({ dh }, { given: { h } });
    expect(program.inputs).toEqual(["dy", "h"]);
    const out = await program.run({ dy: floats([2], 1, 1), h: floats([2], 5, -1) });
    await program.release();
    expect([...out.dh.data]).toEqual([10, -2]);
  });

  it("holds constants, which later changes to their memory do not reach", async () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", ["N", 2]), graph.input("w", [3, 2])];
    const constants = { w: floats([3, 2], 1, 2, 3, 4, 5, 6) };
    const program = await compile({ y: matmul(x, w, { transB: true }), sameW: w }, { constants });
    expect(program.inputs).toEqual(["x"]);
    constants.w.data.fill(0);
    const out = await program.run({ x: floats([1, 2], 1, 10) });
    await program.release();
    expect(out).toEqual({ y: floats([1, 3], 21, 43, 65), sameW: floats([3, 2], 1, 2, 3, 4, 5, 6) });
  });

  it("refuses constants that do not fit", async () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", ["N", 2]), graph.input("w", [2])];
    const y = mul(x, w);
    await expect(compile({ y }, { constants: { w: floats([1], 1) } })).rejects.toThrow(
      'constant "w" has shape [1], not [2]',
    );
    await expect(compile({ y }, { constants: { x: floats([1, 2], 1, 1) } })).rejects.toThrow(
      'constant "x" has no fixed shape: [N,2]',
    );
  });

  it("slices to the end of an axis whose size is a name, as the evaluator does", async () => {
    const graph = new Graph();
    const x = graph.input("x", [2, "C+1"]);
    const y = sliceFrom(x, 1, 1, "C");
    const program = await compile({ y });
    const out = await program.run({ x: floats([2, 3], 1, 2, 3, 4, 5, 6) });
    await program.release();
    const [expected] = evaluate([y], { x: { data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] } });
    expect(out.y).toEqual(floats([2, 2], 2, 3, 5, 6));
    expect([...(expected?.data ?? [])]).toEqual([2, 3, 5, 6]);
  });
});

describe("a feed that does not fit", async () => {
  const graph = new Graph();
  const [x, y] = [graph.input("x", ["N", 2]), graph.input("y", ["N", "M"])];
  const ids = graph.input("ids", ["K"], "int32");
  const program = await compile({
    z: matmul(gather(x, ids), x, { transB: true }),
    w: matmul(x, y, { transA: true }),
  });
  afterAll(() => program.release());
  const good = {
    x: floats([3, 2], 1, 2, 3, 4, 5, 6),
    y: floats([3, 1], 1, 2, 3),
    ids: { data: Int32Array.of(2), shape: [1] },
  };

  it("runs when all fit", async () => {
    expect((await program.run(good)).z.shape).toEqual([1, 3]);
  });

  it.each([
    ['input "y" is not fed', { x: good.x, ids: good.ids }],
    ['input "x" has shape [6], not [N,2]', { ...good, x: floats([6], 1, 2, 3, 4, 5, 6) }],
    ['input "x" has shape [2,3], not [N,2]', { ...good, x: floats([2, 3], 1, 2, 3, 4, 5, 6) }],
    ['input "y" has shape [2,1], not [N,M] with N = 3', { ...good, y: floats([2, 1], 1, 2) }],
    ['input "x" has 5 numbers, but shape [3,2] holds 6', { ...good, x: floats([3, 2], 1, 2, 3, 4, 5) }],
    ['input "x" has shape [-3,-2], not [N,2]', { ...good, x: floats([-3, -2], 1, 2, 3, 4, 5, 6) }],
    ['input "ids" is int32: it needs an Int32Array, not a Float32Array', { ...good, ids: floats([1], 2) }],
    [
      'input "x" is float32: it needs a Float32Array, not an Int32Array',
      { ...good, x: { data: new Int32Array(6), shape: [3, 2] } },
    ],
  ])("%s", async (message, feeds) => {
    await expect(program.run(feeds)).rejects.toThrow(new Error(message));
  });
});
