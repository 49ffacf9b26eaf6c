import { fromBinary } from "@bufbuild/protobuf";
import { TensorProto_DataType as DataType, ModelProtoSchema, type ValueInfoProto } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { gradients } from "./differentiate.js";
import { matmul, mul, scale, silu, transpose } from "./functions.js";
import { Graph } from "./graph.js";
import { toOnnx } from "./onnx.js";

const describeInfo = (info: ValueInfoProto) => {
  const tensor = info.type?.value;
  if (tensor?.case !== "tensorType") throw new Error(`${info.name} is no tensor`);
  const { elemType, shape } = tensor.value;
  return { name: info.name, elemType, shape: shape?.dim.map(({ value }) => value.value) };
};

describe("toOnnx", () => {
  it("writes a model that reads back: operators, attributes, named sizes, constants, opsets", () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", ["N", 3]), graph.input("w", [5, 3])];
    const y = scale(silu(matmul(x, w, { transB: true, alpha: 0.5 })), 2);
    const { bytes, inputs } = toOnnx({ y });
    const model = fromBinary(ModelProtoSchema, bytes);

    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ["", 18n],
      ["com.microsoft", 1n],
    ]);
    expect(model.graph?.node.map(({ opType }) => opType)).toEqual(["Gemm", "QuickGelu", "Mul"]);
    const gemm = model.graph?.node[0];
    expect(gemm?.attribute.map(({ name, i, f }) => [name, Number(i), f])).toEqual([
      ["transA", 0, 0],
      ["transB", 1, 0],
      ["alpha", 0, 0.5],
    ]);
    expect(model.graph?.input.map(describeInfo)).toEqual([
      { name: "x", elemType: DataType.FLOAT, shape: ["N", 3n] },
      { name: "w", elemType: DataType.FLOAT, shape: [5n, 3n] },
    ]);
    expect(model.graph?.output.map(describeInfo)).toEqual([
      { name: "out.y", elemType: DataType.FLOAT, shape: ["N", 5n] },
    ]);
    const [two] = model.graph?.initializer ?? [];
    expect(new Float32Array(two?.rawData.slice().buffer ?? new ArrayBuffer(0))).toEqual(Float32Array.of(2));
    expect(inputs).toEqual([
      { name: "x", dtype: "float32", shape: ["N", 3] },
      { name: "w", dtype: "float32", shape: [5, 3] },
    ]);
  });

  it("writes only what the outputs need, each value once", () => {
    const graph = new Graph();
    const [x, unused] = [graph.input("x", [2]), graph.input("unused", [2])];
    mul(x, unused);
    const y = mul(x, x);
    const { bytes, inputs } = toOnnx({ once: y, twice: mul(y, y) });
    const model = fromBinary(ModelProtoSchema, bytes);
    expect(inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(model.graph?.node.map(({ opType }) => opType)).toEqual(["Mul", "Mul"]);
  });

  it("takes given values as inputs and leaves out what leads to them", () => {
    const graph = new Graph();
    const [x, w, dy] = [graph.input("x", ["N", 3]), graph.input("w", [5, 3]), graph.input("dy", ["N", 5])];
    const product = matmul(x, w, { transB: true });
    const [dw] = gradients(silu(product), dy, [w]);
    if (dw === undefined) throw new Error("no gradient");
    const { bytes, inputs } = toOnnx({ dw }, { given: { product } });
    expect(inputs.map(({ name }) => name)).toEqual(["x", "dy", "product"]);
    const products = fromBinary(ModelProtoSchema, bytes).graph?.node.filter(
      ({ opType }) => opType === "Gemm",
    );
    expect(products?.length).toBe(1);
  });

  it("refuses names that would clash", () => {
    const graph = new Graph();
    const x = graph.input("x", [1, 1]);
    const h = transpose(x, [1, 0]);
    expect(() => toOnnx({ y: mul(h, x) }, { given: { x: h } })).toThrow(
      'two values are fed under the name "x"',
    );
    expect(() => toOnnx({ y: graph.input("t0", [1]) })).toThrow('"t0" is a reserved name');
  });
});
