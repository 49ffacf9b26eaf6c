/** `nearmiss/engine`: graphs that are built, differentiated, and run on ONNX Runtime. */
export { DEVICES, type Device, device, useDevice } from "./device.js";
export { gradients } from "./differentiate.js";
export * from "./functions.js";
export { type Dim, type DType, Graph, type Shape, type Value } from "./graph.js";
export { toOnnx } from "./onnx.js";
export { evaluate } from "./reference.js";
export { type CompileOptions, compile, type Program } from "./runtime.js";
export { startDevice } from "./start.js";
export type { Tensor, Tensor64, TensorData } from "./tensor.js";
