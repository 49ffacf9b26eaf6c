import { expect, it } from "vitest";
import { gather, mul, reshape } from "./functions.js";
import { Graph } from "./graph.js";
import { evaluate } from "./reference.js";

const vector = (...data: number[]) => ({ data: Float64Array.from(data), shape: [data.length] });

it("evaluates several values at once and works out an open size", () => {
  const graph = new Graph();
  const x = graph.input("x", ["N"]);
  const found = evaluate([mul(x, x), reshape(x, ["M", 2])], { x: vector(1, 2, 3, 4) });
  expect(found).toEqual([vector(1, 4, 9, 16), { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] }]);
});

it("names the input that is missing or does not fit", () => {
  const graph = new Graph();
  const y = mul(graph.input("a", ["N"]), graph.input("b", ["N"]));
  expect(() => evaluate([y], { a: vector(1) })).toThrow('input "b" is not fed');
  expect(() => evaluate([y], { a: vector(1), b: vector(1, 2) })).toThrow(
    'input "b" has shape [2], not [N] with N = 1',
  );
});

it("refuses rows that do not exist, where the runtime would count from the end", () => {
  const graph = new Graph();
  const y = gather(graph.input("x", [2, 1]), graph.input("ids", ["M"], "int32"));
  const x = { data: Float64Array.of(1, 2), shape: [2, 1] };
  expect(() => evaluate([y], { x, ids: vector(-1) })).toThrow("there is no row -1 among 2");
  expect(() => evaluate([y], { x, ids: vector(2) })).toThrow("there is no row 2 among 2");
});
