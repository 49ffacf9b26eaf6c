/** Runs graphs on ONNX Runtime. */
import ort from "#ort";
import { device } from "./device.js";
import { checked, externalData } from "./fed.js";
import type { Value } from "./graph.js";
import { outputName, toOnnx } from "./onnx.js";
import { cores, signedBytesFor } from "./processor.js";
import type { Tensor } from "./tensor.js";

export interface CompileOptions {
  /** Threads inside one operator; all cores unless said otherwise. */
  readonly threads?: number;
  /** Values that are fed instead of computed, by the names they are fed under. */
  readonly given?: Readonly<Record<string, Value>>;
  /**
   * Inputs whose values never change, by name. They are packed for the processor once, here, and not fed again: faster
   * wherever rows are few, at the price of a copy.
   */
  readonly constants?: Readonly<Record<string, Tensor>>;
}

// What goes wrong reaches the caller as an error; the log would say it a second time, in its own words.
ort.env.logLevel = "fatal";

/**
 * A compiled graph. Feeds are read where they lie, without a copy; outputs are fresh arrays, of all the outputs unless
 * `wanted` names some.
 */
export interface Program<Output extends string = string> {
  readonly inputs: readonly string[];
  /** @throws Error naming the input that is not fed, or whose type, shape or length is not the one declared. */
  run<Wanted extends Output = Output>(
    feeds: Readonly<Record<string, Tensor>>,
    wanted?: readonly Wanted[],
  ): Promise<Record<Wanted, Tensor>>;
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
  const { given = {}, constants = {} } = options;
  const {
    bytes,
    inputs,
    constants: outside,
  } = toOnnx(outputs, {
    given,
    constants: new Set(Object.keys(constants)),
    signedBytes: await signedBytesFor(Object.values(constants)),
    fusedProducts: device() !== "webgpu",
  });
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [device()],
    intraOpNumThreads: options.threads ?? cores(),
    graphOptimizationLevel: "all",
    // Batches differ in size from run to run: a plan of one run's memory would not fit the next.
    enableMemPattern: false,
    // With an arena each session keeps its largest run's memory: too much where every layer has a session of its own.
    enableCpuMemArena: outside.length === 0,
    // A session's idle threads must not spin while another's work: a model is many sessions, run in turn.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    logSeverityLevel: 3,
    externalData: externalData(outside, constants),
  });
  return {
    inputs: inputs.map(({ name }) => name),
    async run<Wanted extends Output>(
      feeds: Readonly<Record<string, Tensor>>,
      wanted: readonly Wanted[] = Object.keys(outputs) as Wanted[],
    ) {
      const tensors: Record<string, ort.Tensor> = {};
      const sizes = new Map<string, number>();
      for (const input of inputs) {
        const fed = checked("input", input, feeds[input.name], sizes);
        tensors[input.name] = new ort.Tensor(input.dtype, fed.data, fed.shape);
      }
      const results = await session.run(tensors, wanted.map(outputName));
      const named = {} as Record<Wanted, Tensor>;
      for (const name of wanted) {
        const result = results[outputName(name)];
        if (!(result?.data instanceof Float32Array)) throw new Error(`output "${name}" is not float32`);
        named[name] = { data: result.data, shape: result.dims };
      }
      return named;
    },
    release: () => session.release(),
  };
}
