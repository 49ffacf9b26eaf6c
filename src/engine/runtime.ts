/** Runs graphs on ONNX Runtime. */
import { availableParallelism } from "node:os";
import ort from "onnxruntime-node";
import type { Value } from "./graph.js";
import { outputName, toOnnx } from "./onnx.js";
import { checkTensor } from "./shapes.js";
import type { Tensor } from "./tensor.js";

export interface CompileOptions {
  /** Threads inside one operator; all cores unless said otherwise. */
  readonly threads?: number;
  /** Values that are fed instead of computed, by the names they are fed under. */
  readonly given?: Readonly<Record<string, Value>>;
}

const ARRAYS = { float32: Float32Array, int32: Int32Array } as const;

const article = (name: string): string => `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;

/** A compiled graph. Feeds are read where they lie, without a copy; outputs are fresh arrays. */
export interface Program<Output extends string = string> {
  readonly inputs: readonly string[];
  /** @throws Error naming the input that is not fed, or whose type, shape or length is not the one declared. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<Output, Tensor>>;
  release(): Promise<void>;
}

/**
 * Compiles the graph behind `outputs`.
 *
 * @param outputs values of one graph by the names under which `run` returns them
 */
export async function compile<Output extends string>(
  outputs: Readonly<Record<Output, Value>>,
  options: CompileOptions = {},
): Promise<Program<Output>> {
  const { bytes, inputs } = toOnnx(outputs, options.given);
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: options.threads ?? availableParallelism(),
    graphOptimizationLevel: "all",
    // Batches differ in size from run to run: a plan of one run's memory would not fit the next.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  return {
    inputs: inputs.map(({ name }) => name),
    async run(feeds) {
      const tensors: Record<string, ort.Tensor> = {};
      const sizes = new Map<string, number>();
      for (const { name, dtype, shape } of inputs) {
        const fed = feeds[name];
        if (fed === undefined) throw new Error(`input "${name}" is not fed`);
        checkTensor(`input "${name}"`, shape, fed, sizes);
        const array = ARRAYS[dtype];
        if (!(fed.data instanceof array))
          throw new Error(
            `input "${name}" is ${dtype}: it needs ${article(array.name)}, not ${article(fed.data.constructor.name)}`,
          );
        tensors[name] = new ort.Tensor(dtype, fed.data, fed.shape);
      }
      const results = await session.run(tensors);
      const named = {} as Record<Output, Tensor>;
      for (const name of Object.keys(outputs) as Output[]) {
        const result = results[outputName(name)];
        if (!(result?.data instanceof Float32Array)) throw new Error(`output "${name}" is not float32`);
        named[name] = { data: result.data, shape: result.dims };
      }
      return named;
    },
    release: () => session.release(),
  };
}
