/** What this machine's processor does with bytes, found out by trying. */
import ort from "#ort";
import { quantizedMatmul } from "./functions.js";
import { Graph } from "./graph.js";
import { outputName, toOnnx } from "./onnx.js";

const INNER = 64;
const LARGEST = 127;

/**
 * How many threads run at once. Asked without an import of `node:os`, which a browser lacks, and without `navigator`,
 * which Node 20 lacks. In a page the answer has no effect: ONNX Runtime goes by `env.wasm.numThreads` there.
 */
export const cores = (): number =>
  globalThis.process?.getBuiltinModule?.("node:os").availableParallelism() ?? 1;

let known: Promise<boolean> | undefined;

/**
 * Whether products of unsigned with signed bytes are exact here. Without VNNI or its like, x86 processors add pairs of
 * them in 16 bits, which overflow; tried once, with all numbers at their largest.
 */
export function signedBytesAreExact(): Promise<boolean> {
  known ??= tryBytes(true);
  return known;
}

/** Whether a row of largest numbers times a row of largest bytes is what it should be. */
export async function tryBytes(signedBytes: boolean): Promise<boolean> {
  const graph = new Graph();
  const [w, s] = [graph.input("w", [1, INNER], "int8"), graph.input("s", [1])];
  const y = quantizedMatmul(graph.input("x", ["N", INNER]), w, s);
  const { bytes } = toOnnx({ y }, { constants: new Set(["w", "s"]), signedBytes });
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    externalData: [
      { path: "w", data: new Uint8Array(INNER).fill(LARGEST) },
      { path: "s", data: new Uint8Array(Float32Array.of(1).buffer) },
    ],
  });
  const x = new ort.Tensor("float32", new Float32Array(INNER).fill(1), [1, INNER]);
  const { data } = (await session.run({ x }))[outputName("y")] ?? { data: [] };
  await session.release();
  return Math.abs(Number(data[0]) - INNER * LARGEST) < 1;
}
