import { describe, expect, it } from "vitest";
import { add, concat, gather, matmul, mul, reshape, scalar, slice, sum, transpose } from "./functions.js";
import { dependencies, Graph } from "./graph.js";

describe("Graph", () => {
  it("gives the same value for the same operation on the same values", () => {
    const graph = new Graph();
    const [a, b] = [graph.input("a", ["N", 2]), graph.input("b", ["N", 2])];
    expect(add(a, b)).toBe(add(a, b));
    expect(add(a, b)).not.toBe(add(b, a));
    expect(transpose(a, [1, 0])).not.toBe(transpose(a, [0, 1]));
    expect(sum(a, [0])).not.toBe(sum(a, [1]));
  });

  it("tells apart constants that JSON would write alike", () => {
    const graph = new Graph();
    const values = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, 0, -0];
    expect(new Set(values.map((value) => scalar(graph, value))).size).toBe(values.length);
    expect(scalar(graph, Number.NaN)).toBe(scalar(graph, Number.NaN));
  });

  it("keeps a size's name through operations", () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", ["B", "T", 3]), graph.input("w", [5, 3])];
    expect(matmul(x, w, { transB: true }).shape).toEqual(["B", "T", 5]);
    expect(mul(x, graph.input("bias", [3])).shape).toEqual(["B", "T", 3]);
    expect(sum(x, [1]).shape).toEqual(["B", 1, 3]);
    expect(gather(w, graph.input("ids", ["B", "T"], "int32")).shape).toEqual(["B", "T", 3]);
    expect(concat([x, x], 1).shape).toEqual(["B", "T+T", 3]);
  });

  it.each([
    [
      "Add([2,3], [4]): sizes 3 and 4 do not broadcast",
      (g: Graph) => add(g.input("a", [2, 3]), g.input("b", [4])),
    ],
    [
      "Add([N], [M]): sizes N and M do not broadcast",
      (g: Graph) => add(g.input("a", ["N"]), g.input("b", ["M"])),
    ],
    [
      "MatMul([N,3], [4,5]): inner sizes 3 and 4 differ",
      (g: Graph) => matmul(g.input("a", ["N", 3]), g.input("b", [4, 5])),
    ],
    [
      "MatMul([3], [3]): a matrix product needs two axes at least",
      (g: Graph) => matmul(g.input("a", [3]), g.input("b", [3])),
    ],
    ["Reshape([2,3]): 6 numbers do not fill [4]", (g: Graph) => reshape(g.input("a", [2, 3]), [4])],
    [
      "Reshape([6]): [N,M] leaves the size of N and M open",
      (g: Graph) => reshape(g.input("a", [6]), ["N", "M"]),
    ],
    [
      "Transpose([2,3]): [0,0] is not an order of 2 axes",
      (g: Graph) => transpose(g.input("a", [2, 3]), [0, 0]),
    ],
    [
      "Slice([4]): 3 to 5 is not a range in an axis of size 4",
      (g: Graph) => slice(g.input("a", [4]), 0, 3, 5),
    ],
    ["Slice([4]): there is no axis 1", (g: Graph) => slice(g.input("a", [4]), 1, 0, 1)],
    ["Sum([4]): there is no axis -1", (g: Graph) => sum(g.input("a", [4]), [-1])],
    [
      "Concat([2,3], [3,4]): sizes differ along another axis than 0",
      (g: Graph) => concat([g.input("a", [2, 3]), g.input("b", [3, 4])], 0),
    ],
    [
      "Gather([4,2], [3]): operand 1 is float32, not int32",
      (g: Graph) => gather(g.input("a", [4, 2]), g.input("b", [3])),
    ],
    [
      "Add([3], [3]): operand 1 is int32, not float32",
      (g: Graph) => add(g.input("a", [3]), g.input("b", [3], "int32")),
    ],
  ])("refuses %s", (message, build) => {
    expect(() => build(new Graph())).toThrow(new Error(message));
  });

  it("refuses a value of another graph and a name declared twice", () => {
    const graph = new Graph();
    const a = graph.input("a", [1]);
    expect(() => add(a, new Graph().input("b", [1]))).toThrow("Add: an operand is a value of another graph");
    expect(() => graph.input("a", [2])).toThrow('graph input "a" is declared twice');
  });
});

describe("dependencies", () => {
  it("lists what outputs need in the order of computation and no more", () => {
    const graph = new Graph();
    const [a, b, c] = [graph.input("a", [1]), graph.input("b", [1]), graph.input("c", [1])];
    const ab = add(a, b);
    add(ab, c);
    const y = mul(ab, ab);
    expect(dependencies([y])).toEqual([a, b, ab, y]);
    expect(dependencies([y], new Set([ab]))).toEqual([ab, y]);
  });
});
