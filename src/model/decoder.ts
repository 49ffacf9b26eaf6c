/**
 * The model, layer by layer. One compiled graph serves all layers, forward and backward, and weights are fed where they
 * lie: memory is the weights once plus what is kept of each layer, and compile time does not grow with depth.
 */
import type { Tensor } from "../engine/index.js";
import { LINEARS, type LoraShape, linearSize } from "./block.js";
import type { ModelConfig } from "./config.js";
import { isFrozen, takeRows } from "./frozen.js";
import { FloatHead } from "./head.js";
import { QuantizedHead } from "./head-quantized.js";
import { type Feeds, type LayerOptions, LayerPrograms, one, type Weights } from "./layers.js";
import { type Packed, packRows, sumByCompletion } from "./pack.js";
import { ropeFrequencies, ropeTables } from "./rope.js";
import type { Likeliest, Logps, Row, TrainableModel } from "./types.js";

const EMBEDDING = "model.embed_tokens.weight";

export interface DecoderOptions extends LayerOptions {
  /** Compute activations a second time in the backward pass: slower, smaller by far. */
  readonly recompute?: boolean;
}

export class Decoder implements TrainableModel {
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The layers' graphs, for the cache to run. */
  readonly layers: LayerPrograms;
  private readonly frequencies: Float64Array;
  private readonly head: FloatHead | QuantizedHead;

  /** @throws Error naming the tensor when the weights or the adapter lack one. */
  constructor(
    readonly config: ModelConfig,
    readonly weights: Weights,
    private readonly options: DecoderOptions,
  ) {
    if (options.train === "lora" && (options.lora === undefined || options.adapter === undefined))
      throw new Error("training an adapter needs its shape and its factors");
    this.frequencies = ropeFrequencies(config);
    this.layers = new LayerPrograms(config, weights, options);
    const norm = this.tensor("model.norm.weight");
    const vocabulary = weights.get(this.headName);
    this.head =
      vocabulary !== undefined && isFrozen(vocabulary)
        ? new QuantizedHead(config, norm, vocabulary)
        : new FloatHead(config, norm, this.tensor(this.headName), options.train !== "full");
    this.parameters = this.trained();
    this.gradients = new Map(
      [...this.parameters].map(([name, data]) => [name, new Float32Array(data.length)]),
    );
  }

  async logps(rows: readonly Row[], options: { readonly adapter?: boolean } = {}): Promise<Logps> {
    const packed = packRows(rows);
    const shared = this.sharedFeeds(packed);
    const { adapter = true } = options;
    let x = await this.embed(packed.tokens);
    for (let layer = 0; layer < this.config.layers; layer++)
      x = one(
        await this.layers.run(this.forwardKind, layer, { ...shared, x }, { adapter, wanted: ["y"] }),
        "y",
      );
    const { logps } = await this.head.score(takeRows(x, packed.hidden), packed.labels, null);
    return sumByCompletion(packed, logps);
  }

  async backward(rows: readonly Row[], seed: (logps: Logps) => Logps): Promise<Logps> {
    const packed = packRows(rows);
    const shared = this.sharedFeeds(packed);
    const { recompute } = this.options;
    const kept: Feeds[] = [];
    let x = await this.embed(packed.tokens);
    for (let layer = 0; layer < this.config.layers; layer++) {
      const wanted = recompute ? { wanted: ["y"] } : {};
      const { y, ...products } = await this.layers.run("forwardKeep", layer, { ...shared, x }, wanted);
      kept.push({ ...products, x });
      x = y as Tensor;
    }

    const hidden = takeRows(x, packed.hidden);
    const { logps, dHidden } = await this.headBackward(packed, hidden, seed);
    let dy = scatterRows(dHidden, packed.hidden, x.shape);
    for (let layer = this.config.layers - 1; layer >= 0; layer--) {
      const feeds: Feeds = { ...shared, ...kept.pop() };
      // By the program that has run already: one that did both would hold the weights once more.
      const again = recompute ? await this.layers.run("forwardKeep", layer, feeds) : {};
      const { dx, ...parts } = await this.layers.run("backward", layer, { ...feeds, ...again, dy });
      for (const [name, part] of Object.entries(parts))
        this.accumulate(this.parameterName(layer, name), part);
      dy = dx as Tensor;
    }
    if (this.options.train === "full") this.embedBackward(packed.tokens, dy);
    return logps;
  }

  /** Runs one packed batch through all layers and hands each layer's keys and values to `each`. Returns [N, hidden]. */
  async prefill(packed: Packed, each: (layer: number, k: Tensor, v: Tensor) => void): Promise<Tensor> {
    const shared = this.sharedFeeds(packed);
    let x = await this.embed(packed.tokens);
    for (let layer = 0; layer < this.config.layers; layer++) {
      const { y, k, v } = await this.layers.run("forwardCache", layer, { ...shared, x });
      each(layer, k as Tensor, v as Tensor);
      x = y as Tensor;
    }
    return x;
  }

  /** Rows of the embedding table: [N, hidden]. */
  async embed(tokens: Int32Array): Promise<Tensor> {
    const table = this.weights.get(EMBEDDING);
    return table !== undefined && isFrozen(table)
      ? table.rows(tokens)
      : takeRows(this.tensor(EMBEDDING), tokens);
  }

  rope(positions: ArrayLike<number>): { cos: Tensor; sin: Tensor } {
    return ropeTables(this.frequencies, positions);
  }

  /** The `count` likeliest next tokens after hidden rows [R, hidden]. */
  likeliest(hidden: Tensor, count: number): Promise<Likeliest> {
    return this.head.likeliest(hidden, count);
  }

  /** Next-token logits [R, vocabulary] of hidden rows [R, hidden] and the log of their summed exponentials [R]. */
  logits(hidden: Tensor): Promise<{ logits: Float32Array; logSumExp: Float32Array }> {
    return this.head.logits(hidden);
  }

  /** Frees the compiled graphs; they are compiled anew when needed again. */
  async release(): Promise<void> {
    await this.layers.release();
    await this.head.release();
  }

  /** With a frozen head, one pass gives both the log-probabilities and the gradient of each, scaled afterwards. */
  private async headBackward(packed: Packed, hidden: Tensor, seed: (logps: Logps) => Logps) {
    const { head } = this;
    if (this.options.train === "full" && head instanceof FloatHead) {
      const scored = await head.score(hidden, packed.labels, null);
      const logps = sumByCompletion(packed, scored.logps);
      const { dHidden, dWeights } = await head.trainAll(hidden, packed.labels, perToken(packed, seed(logps)));
      this.accumulate("model.norm.weight", dWeights.norm);
      this.accumulate(this.headName, dWeights.vocabulary);
      return { logps, dHidden };
    }
    const unit = new Float32Array(packed.labels.length).fill(1);
    const scored = await head.score(hidden, packed.labels, unit);
    const logps = sumByCompletion(packed, scored.logps);
    const coefficients = perToken(packed, seed(logps));
    const width = this.config.hiddenSize;
    const dHidden = scored.dHidden.map((value, i) => value * (coefficients[Math.floor(i / width)] ?? 0));
    return { logps, dHidden };
  }

  private embedBackward(tokens: Int32Array, dx: Tensor): void {
    const gradient = this.gradients.get(EMBEDDING);
    const width = this.config.hiddenSize;
    tokens.forEach((token, n) => {
      for (let c = 0; c < width; c++) {
        const to = token * width + c;
        if (gradient !== undefined) gradient[to] = (gradient[to] ?? 0) + (dx.data[n * width + c] ?? 0);
      }
    });
  }

  private accumulate(name: string, part: Tensor): void {
    const gradient = this.gradients.get(name);
    if (gradient === undefined) throw new Error(`no trainable tensor is named ${name}`);
    const { data } = part;
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) + (data[i] as number);
  }

  private parameterName(layer: number, name: string): string {
    return this.options.train === "full" ? `model.layers.${layer}.${name}` : `layers.${layer}.${name}`;
  }

  /** Scoring keeps nothing, but the program that training needs serves it too. */
  private get forwardKind(): "forward" | "forwardKeep" {
    return this.options.train === "none" ? "forward" : "forwardKeep";
  }

  private trained(): ReadonlyMap<string, Float32Array> {
    const { train, adapter = new Map() } = this.options;
    if (train === "full")
      return new Map([...this.weights.keys()].map((name) => [name, this.tensor(name).data]));
    return train === "lora" ? adapter : new Map();
  }

  private get headName(): string {
    return this.config.tiedHead ? EMBEDDING : "lm_head.weight";
  }

  private sharedFeeds(packed: Packed): Feeds {
    return { ...packed.feeds, ...this.rope(packed.positions) };
  }

  private tensor(name: string): Tensor & { readonly data: Float32Array } {
    const tensor = this.weights.get(name);
    if (tensor === undefined) throw new Error(`the weights lack ${name}`);
    if (isFrozen(tensor)) throw new Error(`${name} is a frozen matrix`);
    const { data, shape } = tensor;
    if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
    return { data, shape };
  }
}

/** One coefficient a predicted token, from one a completion. */
function perToken(packed: Packed, seeds: Logps): Float32Array {
  const flat = seeds.flat();
  return Float32Array.from(packed.owner, (completion) => flat[completion] ?? 0);
}

/** Adds rows [R, width] into zeros of a shape: a prompt's last hidden state predicts for several completions. */
function scatterRows(parts: Float32Array, rows: Int32Array, shape: readonly number[]): Tensor {
  const width = shape[shape.length - 1] ?? 0;
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  rows.forEach((row, i) => {
    for (let c = 0; c < width; c++)
      data[row * width + c] = (data[row * width + c] ?? 0) + (parts[i * width + c] ?? 0);
  });
  return { data, shape };
}

/**
 * A fresh adapter: A uniform in +-1/sqrt(in) (the init of PEFT, Kaiming uniform with a = sqrt(5)), B zero, so that the
 * model is unchanged before the first step.
 */
export function freshAdapter(
  config: ModelConfig,
  lora: LoraShape,
  uniform: () => number,
): Map<string, Float32Array> {
  const adapter = new Map<string, Float32Array>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const name of LINEARS) {
      const [inputs, outputs] = linearSize(config, name);
      const bound = 1 / Math.sqrt(inputs);
      const a = Float32Array.from({ length: lora.rank * inputs }, () => (2 * uniform() - 1) * bound);
      adapter.set(`layers.${layer}.${name}.lora_A`, a);
      adapter.set(`layers.${layer}.${name}.lora_B`, new Float32Array(outputs * lora.rank));
    }
  }
  return adapter;
}
