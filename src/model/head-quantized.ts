/**
 * The vocabulary head of an 8-bit base: logits of 8 bits, in chunks of rows. In memory are its bytes, as they are and packed,
 * and nothing of it in float32.
 */
import {
  compile,
  Graph,
  gradients,
  largest,
  type Program,
  pick,
  quantizedMatmul,
  rmsNorm,
  softmax,
  type Tensor,
  type Value,
} from "../engine/index.js";
import type { ModelConfig } from "./config.js";
import type { FrozenMatrix } from "./frozen.js";
import { chunkOf, floats, type Head, halves, type Scored, scored } from "./head.js";
import type { Quantized } from "./quantize.js";
import type { Likeliest } from "./types.js";

/** Likeliest tokens whose rows a gradient takes one by one; the others are taken at the vocabulary's mean. */
const LIKELIEST = 256;
/** Less likely ones are among the others in any case. */
const UNLIKELY = 1e-6;

interface QuantizedGraph extends Scored {
  readonly x: Value;
  /** [R, hidden] d logp / d normed, fed */
  readonly dNormed: Value;
}

function quantizedGraph({ hiddenSize, vocabSize, rmsNormEps }: ModelConfig): QuantizedGraph {
  const graph = new Graph();
  const x = graph.input("x", ["R", hiddenSize]);
  const labels = graph.input("labels", ["R"], "int32");
  const dNormed = graph.input("dNormed", ["R", hiddenSize]);
  const normed = rmsNorm(x, graph.input("norm", [hiddenSize]), rmsNormEps);
  const bytes = graph.input("bytes", [vocabSize, hiddenSize], "int8");
  const logits = quantizedMatmul(normed, bytes, graph.input("scale", [vocabSize]));
  // The label's logit is one of those that are added up, rounded as they are: with its unrounded row instead, training
  // finds the directions in which the two differ, and drives "probabilities" above 1 (docs/LOG.md).
  return { x, dNormed, ...scored(normed, logits, pick(logits, labels)) };
}

/** What each program computes, and whether it has the vocabulary inside. */
const PROGRAMS = {
  logits: { vocabulary: true, outputs: ({ logits, logSumExp }) => ({ logits, logSumExp }) },
  likeliest: {
    vocabulary: true,
    outputs: ({ logits }, count) => ({ likeliest: largest(softmax(logits), count) }),
  },
  score: {
    vocabulary: true,
    outputs: ({ logp, logSumExp, logits }, count) => ({ logp, logSumExp, likeliest: largest(logits, count) }),
  },
  normBackward: {
    vocabulary: false,
    outputs: ({ x, normed, dNormed }) => ({ dHidden: gradients(normed, dNormed, [x])[0] as Value }),
  },
} satisfies Record<
  string,
  { vocabulary: boolean; outputs: (graph: QuantizedGraph, count: number) => Record<string, Value> }
>;

export class QuantizedHead implements Head {
  private readonly programs = new Map<string, Promise<Program>>();
  private readonly chunk: number;
  /** Likeliest tokens that a gradient looks at. */
  private readonly count: number;
  private quantized: Promise<Quantized> | undefined;
  private mean: Float32Array | undefined;

  constructor(
    private readonly config: ModelConfig,
    private readonly norm: Tensor,
    private readonly vocabulary: FrozenMatrix,
  ) {
    this.chunk = chunkOf(config.vocabSize);
    this.count = Math.min(LIKELIEST, config.vocabSize);
  }

  async likeliest(hidden: Tensor, count: number): Promise<Likeliest> {
    const program = await this.program("likeliest", count);
    const { likeliest } = await program.run({ x: hidden, norm: this.norm });
    return halves(floats(likeliest), count);
  }

  async logits(hidden: Tensor): Promise<{ logits: Float32Array; logSumExp: Float32Array }> {
    const program = await this.program("logits", 0);
    const out = await program.run({ x: hidden, norm: this.norm });
    return { logits: floats(out.logits), logSumExp: floats(out.logSumExp) };
  }

  /**
   * The gradient of a log-probability with respect to the normed row is the label's row less the rows' mean under the
   * softmax. The {@link LIKELIEST} tokens stand for themselves there and the others for the vocabulary's mean: on GSM8K
   * solutions that is 0.3 % of the gradient, and it saves a product as long as the logits' own, in float32, and the
   * vocabulary in float32 (docs/LOG.md).
   */
  async score(hidden: Tensor, labels: Int32Array, coefficients: Float32Array | null) {
    const { norm } = this;
    const width = this.config.hiddenSize;
    const program = await this.program("score", this.count);
    const logps = new Float32Array(labels.length);
    const dHidden = new Float32Array(coefficients === null ? 0 : hidden.data.length);
    for (let start = 0; start < labels.length; start += this.chunk) {
      const end = Math.min(labels.length, start + this.chunk);
      const x = { data: hidden.data.subarray(start * width, end * width), shape: [end - start, width] };
      const own = { data: labels.subarray(start, end), shape: [end - start] };
      const wanted = coefficients === null ? ["logp"] : ["logp", "logSumExp", "likeliest"];
      const out = await program.run({ x, norm, labels: own }, wanted);
      logps.set(floats(out.logp), start);
      if (coefficients === null) continue;
      const expected = await this.expected(floats(out.likeliest), floats(out.logSumExp));
      const { bytes, scale } = await this.bytes();
      const data = expected.map((value, i) => {
        const row = Math.floor(i / width);
        const label = own.data[row] ?? 0;
        const entry = (bytes.data[label * width + (i % width)] ?? 0) * (scale.data[label] ?? 0);
        return (entry - value) * (coefficients[start + row] ?? 0);
      });
      const backward = await this.program("normBackward", 0);
      const back = await backward.run({ x, norm, dNormed: { data, shape: x.shape } });
      dHidden.set(floats(back.dHidden), start * width);
    }
    return { logps, dHidden };
  }

  async release(): Promise<void> {
    for (const program of this.programs.values()) await (await program).release();
    this.programs.clear();
    this.quantized = undefined;
  }

  /** The mean under the softmax of the vocabulary's rows [R * hidden]. */
  private async expected(largestLogits: Float32Array, logSumExp: Float32Array): Promise<Float32Array> {
    const quantized = await this.bytes();
    this.mean ??= meanRow(quantized);
    const { probabilities: logits, ids } = halves(largestLogits, this.count);
    const probabilities = logits.map((logit, i) =>
      Math.exp(logit - (logSumExp[Math.floor(i / this.count)] ?? 0)),
    );
    return expectedRows({ count: this.count, probabilities, ids }, quantized, this.mean);
  }

  private bytes(): Promise<Quantized> {
    this.quantized ??= this.vocabulary.quantized();
    return this.quantized;
  }

  /** @param count of the likeliest, where the program returns any */
  private program(kind: keyof typeof PROGRAMS, count: number): Promise<Program> {
    const key = `${kind} ${count}`;
    const existing = this.programs.get(key);
    if (existing !== undefined) return existing;
    const { outputs, vocabulary } = PROGRAMS[kind];
    const constants = vocabulary ? this.bytes() : Promise.resolve({});
    const program = constants.then((inside) =>
      compile<string>(outputs(quantizedGraph(this.config), count), { constants: { ...inside } }),
    );
    this.programs.set(key, program);
    return program;
  }
}

/** The mean of a matrix's rows: [in]. */
function meanRow({ bytes, scale }: Quantized): Float32Array {
  const [out = 0, inner = 0] = bytes.shape;
  const sums = new Float64Array(inner);
  for (let o = 0; o < out; o++) {
    const unit = scale.data[o] as number;
    for (let i = 0; i < inner; i++)
      sums[i] = (sums[i] as number) + unit * (bytes.data[o * inner + i] as number);
  }
  return Float32Array.from(sums, (value) => value / out);
}

/**
 * The mean of a matrix's rows by probabilities [R, count] of those with `ids` [R, count], which fall along a row; what is left
 * of 1 goes to `rest` [in]. Returns [R * in].
 */
export function expectedRows(
  { count, probabilities, ids }: Likeliest,
  { bytes, scale }: Quantized,
  rest: Float32Array,
): Float32Array {
  const width = rest.length;
  const rows = probabilities.length / count;
  const expected = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const to = expected.subarray(r * width, (r + 1) * width);
    let left = 1;
    for (let k = r * count; k < (r + 1) * count; k++) {
      const probability = probabilities[k] as number;
      if (probability < UNLIKELY) break;
      left -= probability;
      const id = ids[k] as number;
      const weight = probability * (scale.data[id] as number);
      const from = id * width;
      for (let i = 0; i < width; i++) to[i] = (to[i] as number) + weight * (bytes.data[from + i] as number);
    }
    for (let i = 0; i < width; i++) to[i] = (to[i] as number) + left * (rest[i] as number);
  }
  return expected;
}
