import { describe, expect, it } from "vitest";
import { gradients } from "./differentiate.js";
import { add, gather, matmul, mul, scale, sigmoid, sum } from "./functions.js";
import { Graph, type Value } from "./graph.js";
import { evaluate } from "./reference.js";
import type { Tensor64 } from "./tensor.js";

const vector = (...data: number[]): Tensor64 => ({ data: Float64Array.from(data), shape: [data.length] });
const numbersOf = (values: readonly Value[], feeds: Record<string, Tensor64>): number[][] =>
  evaluate(values, feeds).map(({ data }) => [...data]);

describe("gradients", () => {
  it("sums over all the ways a value is used", () => {
    const graph = new Graph();
    const [x, dy] = [graph.input("x", [2]), graph.input("dy", [2])];
    // y = x^2 + 3x + x^3, so y' = 2x + 3 + 3x^2
    const square = mul(x, x);
    const y = add(add(square, scale(x, 3)), mul(square, x));
    const feeds = { x: vector(2, -1), dy: vector(1, 10) };
    expect(numbersOf(gradients(y, dy, [x]), feeds)).toEqual([[19, 40]]);
  });

  it("differentiates by a computed value, which then stands for itself", () => {
    const graph = new Graph();
    const [x, dy] = [graph.input("x", [1]), graph.input("dy", [1])];
    const h = mul(x, x);
    const y = add(mul(h, h), x);
    // By h alone 2h. By x beside h, only what does not pass through h: 1.
    const feeds = { x: vector(3), dy: vector(1) };
    expect(numbersOf(gradients(y, dy, [h]), feeds)).toEqual([[18]]);
    expect(numbersOf(gradients(y, dy, [h, x]), feeds)).toEqual([[18], [1]]);
    expect(numbersOf(gradients(y, dy, [x]), feeds)).toEqual([[109]]);
  });

  it("gives the cotangent itself for the output itself", () => {
    const graph = new Graph();
    const [x, dy] = [graph.input("x", [1]), graph.input("dy", [1])];
    const y = sigmoid(x);
    expect(gradients(y, dy, [y])).toEqual([dy]);
  });

  it("computes no gradient that no target needs", () => {
    const graph = new Graph();
    const [x, w, dy] = [graph.input("x", ["N", 3]), graph.input("w", [2, 3]), graph.input("dy", ["N", 2])];
    const y = matmul(x, w, { transB: true });
    const [dw] = gradients(y, dy, [w]);
    expect(dw?.producer?.inputs).toEqual([dy, x]);
    expect(dw?.shape).toEqual([2, 3]);
  });

  it("differentiates a gradient again", () => {
    const graph = new Graph();
    const [x, one] = [graph.input("x", [1]), graph.input("one", [1])];
    const [first] = gradients(mul(mul(x, x), x), one, [x]);
    const second = first === undefined ? [] : gradients(first, one, [x]);
    expect(numbersOf(second, { x: vector(5), one: vector(1) })).toEqual([[30]]);
  });

  it("says which value the output does not depend on", () => {
    const graph = new Graph();
    const [x, other] = [graph.input("x", ["N", 2]), graph.input("other", [3])];
    const ids = graph.input("ids", ["M"], "int32");
    const y = gather(sum(x, [0]), ids);
    const dy = graph.input("dy", ["M", 2]);
    expect(() => gradients(y, dy, [other])).toThrow(
      'the result of Gather [M,2] does not depend on input "other" [3]',
    );
    expect(() => gradients(y, dy, [ids])).toThrow('does not depend on input "ids" [M]');
    expect(() => gradients(y, x, [x])).toThrow("the cotangent's shape [N,2] is not the output's, [M,2]");
  });
});
