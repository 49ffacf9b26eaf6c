/** What this machine's processor does with bytes, found out by trying. */
import ort from "#ort";
import { externalData } from "./fed.js";
import { quantizedMatmul } from "./functions.js";
import { Graph } from "./graph.js";
import { outputName, type SignedBytes, toOnnx } from "./onnx.js";
import type { Tensor } from "./tensor.js";

const INNER = 64;
/** What two neighbours may add up to where their products are added in 16 bits: 255 * 128 < 2^15. */
const PAIR = 128;

/**
 * How many threads run at once. Asked without an import of `node:os`, which a browser lacks, and without `navigator`,
 * which Node 20 lacks. In a page the answer has no effect: ONNX Runtime goes by `env.wasm.numThreads` there.
 */
export const cores = (): number =>
  globalThis.process?.getBuiltinModule?.("node:os").availableParallelism() ?? 1;

/** Rows of repeated neighbours, each the hardest of its kind: all at their largest, and those that add up to 128. */
const HARDEST = {
  all: [[127, 127]],
  paired: [
    [64, 64],
    [127, 1],
    [1, 127],
  ],
} as const;

let known: Promise<SignedBytes> | undefined;

/** Which matrices of bytes the processor multiplies unsigned by signed without overflow; tried once. */
function signedBytes(): Promise<SignedBytes> {
  known ??= (async () => {
    for (const kind of ["all", "paired"] as const) if (await tryBytes(kind, HARDEST[kind])) return kind;
    return "none";
  })();
  return known;
}

/** How a graph with these constants may multiply its bytes. */
export async function signedBytesFor(constants: readonly Tensor[]): Promise<SignedBytes> {
  const matrices = constants.filter(({ data }) => data instanceof Int8Array);
  if (matrices.length === 0) return "none";
  const able = await signedBytes();
  return able === "paired" && !matrices.every(arePaired) ? "none" : able;
}

/** Whether the magnitudes of entries 2j and 2j + 1 of each row add up to 128 at most. */
export function arePaired({ data, shape }: Tensor): boolean {
  const inner = shape[1] ?? 0;
  for (let start = 0; start < data.length; start += inner)
    for (let i = start; i + 1 < start + inner; i += 2)
      if (Math.abs(data[i] as number) + Math.abs(data[i + 1] as number) > PAIR) return false;
  return true;
}

/**
 * Whether products with rows of repeated neighbours come out exactly when all of x is at its largest and at its smallest.
 *
 * @param kind how the graph is written
 */
export async function tryBytes(
  kind: SignedBytes,
  rows: readonly (readonly [number, number])[],
): Promise<boolean> {
  const graph = new Graph();
  const [w, s] = [graph.input("w", [rows.length, INNER], "int8"), graph.input("s", [rows.length])];
  const y = quantizedMatmul(graph.input("x", ["N", INNER]), w, s);
  const { bytes, constants } = toOnnx({ y }, { constants: new Set(["w", "s"]), signedBytes: kind });
  const w8 = Int8Array.from(
    { length: rows.length * INNER },
    (_, i) => rows[Math.floor(i / INNER)]?.[i % 2] ?? 0,
  );
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    externalData: externalData(constants, {
      w: { data: w8, shape: [rows.length, INNER] },
      s: { data: Float32Array.from(rows, () => 1), shape: [rows.length] },
    }),
  });
  // One row and several may take different ways.
  const results = [];
  for (const count of [1, 5]) {
    const signs = Float32Array.from({ length: count * INNER }, (_, i) =>
      Math.floor(i / INNER) % 2 === 0 ? 1 : -1,
    );
    const x = new ort.Tensor("float32", signs, [count, INNER]);
    const { data } = (await session.run({ x }))[outputName("y")] ?? { data: [] };
    for (let n = 0; n < count; n++)
      results.push(
        ...rows.map(([a, b], o) => {
          const expected = ((n % 2 === 0 ? 1 : -1) * INNER * (a + b)) / 2;
          return Math.abs(Number(data[n * rows.length + o]) - expected) < 1;
        }),
      );
  }
  await session.release();
  return results.every(Boolean);
}
