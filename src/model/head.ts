/**
 * The vocabulary head, in chunks of rows: a vocabulary of 152,000 times a thousand tokens never materialises. That of an
 * 8-bit base is in head-quantized.ts.
 */
import { weightsInside } from "../engine/device.js";
import {
  compile,
  Graph,
  gather,
  gradients,
  largest,
  logSumExp,
  matmul,
  mul,
  type Program,
  rmsNorm,
  softmax,
  sub,
  sum,
  type Tensor,
  type Value,
} from "../engine/index.js";
import type { ModelConfig } from "./config.js";
import type { Likeliest } from "./types.js";

/** Logits in one chunk at the most: 64 MB of float32. */
const CHUNK_LOGITS = 1 << 24;

/** Rows whose logits are computed at once. */
export const chunkOf = (vocabSize: number): number => Math.max(16, Math.floor(CHUNK_LOGITS / vocabSize));

export interface Head {
  /** The `count` likeliest next tokens of rows that are few (decoding): the others never leave the graph. */
  likeliest(hidden: Tensor, count: number): Promise<Likeliest>;
  /** Logits [R * vocabulary] and the log of their summed exponentials [R], for rows that are few. */
  logits(hidden: Tensor): Promise<{ logits: Float32Array; logSumExp: Float32Array }>;
  /**
   * Log-probabilities [R] of the labels and, where coefficients [R] are given, the gradient of
   * sum(coefficient * logp) with respect to the hidden rows [R * hidden]; without them `dHidden` is empty.
   */
  score(
    hidden: Tensor,
    labels: Int32Array,
    coefficients: Float32Array | null,
  ): Promise<{ logps: Float32Array; dHidden: Float32Array }>;
  release(): Promise<void>;
}

/** What a head of either precision makes of its logits. */
export interface Scored {
  readonly normed: Value;
  readonly logits: Value;
  /** [R, 1] */
  readonly logSumExp: Value;
  /** [R, 1] log-probability of the label: its logit less the log of the sum. */
  readonly logp: Value;
}

/** @param labelLogit [R, 1] */
export function scored(normed: Value, logits: Value, labelLogit: Value): Scored {
  const total = logSumExp(logits);
  return { normed, logits, logSumExp: total, logp: sub(labelLogit, total) };
}

interface HeadGraph extends Scored {
  readonly x: Value;
  readonly norm: Value;
  readonly vocabulary: Value;
  /** The label's row of the vocabulary. */
  readonly labelled: Value;
  readonly coefficient: Value;
}

function headGraph({ hiddenSize, vocabSize, rmsNormEps }: ModelConfig): HeadGraph {
  const graph = new Graph();
  const x = graph.input("x", ["R", hiddenSize]);
  const norm = graph.input("norm", [hiddenSize]);
  const vocabulary = graph.input("vocabulary", [vocabSize, hiddenSize]);
  const labels = graph.input("labels", ["R"], "int32");
  const coefficient = graph.input("coefficient", ["R", 1]);
  const normed = rmsNorm(x, norm, rmsNormEps);
  const logits = matmul(normed, vocabulary, { transB: true });
  const labelled = gather(vocabulary, labels);
  return {
    x,
    norm,
    vocabulary,
    labelled,
    coefficient,
    ...scored(normed, logits, sum(mul(normed, labelled), [1])),
  };
}

/** What each program computes from the graph. */
const PROGRAMS = {
  logits: ({ logits, logSumExp }: HeadGraph): Record<string, Value> => ({ logits, logSumExp }),
  score: ({ logp }: HeadGraph): Record<string, Value> => ({ logp }),
  /**
   * d logp / d normed = the label's row - the rows' mean under the softmax. Written out, the coefficient meets rows as wide as
   * the model and not as the vocabulary.
   */
  scoreWithGradient: (head: HeadGraph): Record<string, Value> => {
    const { logp, coefficient, x, normed, labelled, logits, vocabulary } = head;
    const dNormed = mul(sub(labelled, matmul(softmax(logits), vocabulary)), coefficient);
    return { logp, dHidden: gradients(normed, dNormed, [x])[0] as Value };
  },
  trainAll: ({ logp, coefficient, x, norm, vocabulary }: HeadGraph): Record<string, Value> => {
    const [dHidden, dNorm, dVocabulary] = gradients(logp, coefficient, [x, norm, vocabulary]);
    return { dHidden: dHidden as Value, dNorm: dNorm as Value, dVocabulary: dVocabulary as Value };
  },
};

export class FloatHead implements Head {
  private readonly programs = new Map<string, Promise<Program>>();
  private readonly chunk: number;

  constructor(
    private readonly config: ModelConfig,
    private readonly norm: Tensor,
    private readonly vocabulary: Tensor & { readonly data: Float32Array },
    /** Weights that may change are fed; frozen ones are packed beforehand for decoding. */
    private readonly frozen: boolean,
  ) {
    this.chunk = chunkOf(config.vocabSize);
  }

  async likeliest(hidden: Tensor, count: number): Promise<Likeliest> {
    const program = await this.compiled(`likeliest ${count}`, "logits", ({ logits }) => ({
      likeliest: largest(softmax(logits), count),
    }));
    const out = await program.run({ x: hidden, norm: this.norm, vocabulary: this.vocabulary });
    return halves(floats(out.likeliest), count);
  }

  async logits(hidden: Tensor): Promise<{ logits: Float32Array; logSumExp: Float32Array }> {
    const program = await this.program("logits");
    const out = await program.run({ x: hidden, norm: this.norm, vocabulary: this.vocabulary });
    return { logits: floats(out.logits), logSumExp: floats(out.logSumExp) };
  }

  async score(
    hidden: Tensor,
    labels: Int32Array,
    coefficients: Float32Array | null,
  ): Promise<{ logps: Float32Array; dHidden: Float32Array }> {
    const program = await this.program(coefficients === null ? "score" : "scoreWithGradient");
    const logps = new Float32Array(labels.length);
    const dHidden = new Float32Array(coefficients === null ? 0 : hidden.data.length);
    for (const { feeds, start } of this.chunks(hidden, labels, coefficients)) {
      const out = await program.run(feeds);
      logps.set(floats(out.logp), start);
      if (coefficients !== null) dHidden.set(floats(out.dHidden), start * this.config.hiddenSize);
    }
    return { logps, dHidden };
  }

  /** As `score` with coefficients, with the gradients of the norm's weight and of the head's. */
  async trainAll(hidden: Tensor, labels: Int32Array, coefficients: Float32Array) {
    const program = await this.program("trainAll");
    const dHidden = new Float32Array(hidden.data.length);
    const norm = new Float32Array(this.norm.data.length);
    const vocabulary = new Float32Array(this.vocabulary.data.length);
    for (const { feeds, start } of this.chunks(hidden, labels, coefficients)) {
      const out = await program.run(feeds);
      dHidden.set(floats(out.dHidden), start * this.config.hiddenSize);
      accumulate(norm, floats(out.dNorm));
      accumulate(vocabulary, floats(out.dVocabulary));
    }
    return {
      dHidden,
      dWeights: {
        norm: { data: norm, shape: this.norm.shape },
        vocabulary: { data: vocabulary, shape: this.vocabulary.shape },
      },
    };
  }

  async release(): Promise<void> {
    for (const program of this.programs.values()) await (await program).release();
    this.programs.clear();
  }

  private *chunks(hidden: Tensor, labels: Int32Array, coefficients: Float32Array | null) {
    const width = this.config.hiddenSize;
    for (let start = 0; start < labels.length; start += this.chunk) {
      const end = Math.min(labels.length, start + this.chunk);
      const feeds: Record<string, Tensor> = {
        x: { data: hidden.data.subarray(start * width, end * width), shape: [end - start, width] },
        norm: this.norm,
        vocabulary: this.vocabulary,
        labels: { data: labels.subarray(start, end), shape: [end - start] },
      };
      if (coefficients !== null)
        feeds.coefficient = { data: coefficients.subarray(start, end), shape: [end - start, 1] };
      yield { feeds, start };
    }
  }

  /** What a program has inside. Packing pays where rows are few: when decoding. */
  private constants(kind: keyof typeof PROGRAMS): Record<string, Tensor> {
    const { norm, vocabulary } = this;
    return this.frozen && (kind === "logits" || weightsInside()) ? { norm, vocabulary } : {};
  }

  private program(kind: keyof typeof PROGRAMS): Promise<Program> {
    return this.compiled(kind, kind, PROGRAMS[kind]);
  }

  private compiled(
    name: string,
    kind: keyof typeof PROGRAMS,
    outputs: (head: HeadGraph) => Record<string, Value>,
  ): Promise<Program> {
    const existing = this.programs.get(name);
    if (existing !== undefined) return existing;
    const program = compile(outputs(headGraph(this.config)), { constants: this.constants(kind) });
    this.programs.set(name, program);
    return program;
  }
}

/** What `largest` returns, taken apart. */
export function halves(both: Float32Array, count: number): Likeliest {
  const half = both.length / 2;
  return { count, probabilities: both.subarray(0, half), ids: both.subarray(half) };
}

export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error("the head's program gave no float32 output");
  return tensor.data;
}

function accumulate(into: Float32Array, part: Float32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (part[i] as number);
}
