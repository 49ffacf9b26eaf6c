/**
 * The compiled graphs of a decoder's layers. One graph serves all layers, with weights fed where they lie: memory is the
 * weights once, and compile time does not grow with depth. Two cases give each layer a program of its own, with its
 * frozen weights inside: an 8-bit base, whose products are fast only so, and decoding, whose few rows cost less where
 * weights are packed beforehand. On a graphics card all have.
 */
import { weightsInside } from "../engine/device.js";
import { compile, gradients, type Program, type Tensor, type Value } from "../engine/index.js";
import { type Block, type LoraShape, sequenceBlock, stepBlock } from "./block.js";
import type { ModelConfig } from "./config.js";
import { type FrozenMatrix, isFrozen, isQuantized } from "./frozen.js";
import { scaleName } from "./quantize.js";

/**
 * Weights under their names in the weight files, such as `model.layers.0.self_attn.q_proj.weight` [out, in]. On an 8-bit
 * base the matrices are frozen ones.
 */
export type Weights = ReadonlyMap<string, Tensor | FrozenMatrix>;

export type Feeds = Record<string, Tensor>;

/** What a decoder is made of, as far as its layers go. */
export interface LayerOptions {
  /** "lora" trains an adapter on every linear map, "full" all weights, "none" neither. */
  readonly train: "lora" | "full" | "none";
  /** The adapter's shape. With `train: "none"` an adapter that is given is applied. */
  readonly lora?: LoraShape;
  /** LoRA factors by name (`layers.0.mlp.up_proj.lora_A` [rank, in], `lora_B` [out, rank]); used where they lie. */
  readonly adapter?: ReadonlyMap<string, Float32Array>;
}

export interface LayerRun {
  /** False leaves the adapter out. */
  readonly adapter?: boolean;
  /** The outputs to return; all of them by default. */
  readonly wanted?: readonly string[];
}

export class LayerPrograms {
  private readonly programs = new Map<string, Promise<Program>>();
  private readonly lora: LoraShape | null;
  private readonly quantized: boolean;
  private readonly weights: readonly Readonly<Record<string, Tensor | FrozenMatrix>>[];
  private readonly adapters: readonly Feeds[];
  /** Factors that change nothing: an 8-bit base has no second set of programs for the model without its adapter. */
  private readonly noAdapter: Feeds;

  /** @throws Error naming the tensor when the weights or the adapter lack one. */
  constructor(
    private readonly config: ModelConfig,
    weights: Weights,
    private readonly options: LayerOptions,
  ) {
    this.lora = options.lora ?? null;
    this.quantized = isQuantized(weights);
    if (this.quantized && options.train === "full")
      throw new Error("8-bit weights cannot be trained: load them as float32, or train an adapter");
    const block = sequenceBlock(config, this.lora, this.quantized);
    const layers = Array.from({ length: config.layers }, (_, layer) => layer);
    // The scales of frozen matrices come with their bytes.
    const names = [...block.weights.keys()].filter((name) => !name.endsWith(".scale"));
    this.weights = layers.map((layer) => allOf(names, `model.layers.${layer}.`, (name) => weights.get(name)));
    this.adapters = layers.map((layer) =>
      allOf([...block.adapters.keys()], `layers.${layer}.`, (name, own) => {
        const data = options.adapter?.get(name);
        return data && { data, shape: block.adapters.get(own)?.shape.map(Number) ?? [] };
      }),
    );
    this.noAdapter = Object.fromEntries(
      Object.entries(this.adapters[0] ?? {}).map(([name, { data, shape }]) => [
        name,
        { data: new Float32Array(data.length), shape },
      ]),
    );
  }

  /** Runs one layer's program on what is fed besides weights and adapter. */
  async run(
    kind: keyof typeof PROGRAMS,
    layer: number,
    feeds: Feeds,
    { adapter = true, wanted }: LayerRun = {},
  ): Promise<Feeds> {
    const frozen = this.options.train !== "full";
    const inside = this.quantized || (frozen && (kind === "step" || weightsInside()));
    const plain = !adapter && !inside;
    const program = await this.program(kind, plain ? null : this.lora, inside ? layer : null);
    return program.run(
      {
        ...(inside ? {} : await tensorsOf(this.weights[layer])),
        ...(plain ? {} : adapter ? this.adapters[layer] : this.noAdapter),
        ...feeds,
      },
      wanted,
    );
  }

  /** Frees the compiled graphs; they are compiled anew when needed again. */
  async release(): Promise<void> {
    const programs = await Promise.all(this.programs.values());
    this.programs.clear();
    for (const program of programs) await program.release();
  }

  /** @param inside the layer whose weights the program holds; null for one that serves all layers */
  private program(
    kind: keyof typeof PROGRAMS,
    lora: LoraShape | null,
    inside: number | null,
  ): Promise<Program> {
    const key = `${kind} ${inside ?? "all"}${lora === null ? " plain" : ""}`;
    const existing = this.programs.get(key);
    if (existing !== undefined) return existing;
    const { build, parts } = PROGRAMS[kind];
    const { outputs, given } = parts(build(this.config, lora, this.quantized), this.options.train);
    const weights = inside === null ? {} : this.weights[inside];
    const program = tensorsOf(weights).then((constants) => compile(outputs, { given, constants }));
    this.programs.set(key, program);
    return program;
  }
}

function allOf<T>(
  names: readonly string[],
  prefix: string,
  find: (name: string, own: string) => T | undefined,
): Record<string, T> {
  const all: Record<string, T> = {};
  for (const own of names) {
    const found = find(prefix + own, own);
    if (found === undefined) throw new Error(`the weights or the adapter lack ${prefix}${own}`);
    all[own] = found;
  }
  return all;
}

/** What a program takes: frozen matrices in 8 bits, made for the occasion. */
async function tensorsOf(weights: Readonly<Record<string, Tensor | FrozenMatrix>> = {}): Promise<Feeds> {
  const feeds: Feeds = {};
  for (const [name, weight] of Object.entries(weights)) {
    if (!isFrozen(weight)) {
      feeds[name] = weight;
      continue;
    }
    const { bytes, scale } = await weight.quantized();
    feeds[name] = bytes;
    feeds[scaleName(name)] = scale;
  }
  return feeds;
}

/** One of several outputs. */
export function one(outputs: Record<string, Tensor>, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw new Error(`no output is named ${name}`);
  return tensor;
}

interface ProgramParts {
  readonly outputs: Record<string, Value>;
  readonly given: Record<string, Value>;
}

interface LayerProgram {
  readonly build: (config: ModelConfig, lora: LoraShape | null, quantized: boolean) => Block;
  readonly parts: (block: Block, train: LayerOptions["train"]) => ProgramParts;
}

/** What is kept for the backward pass: all but the last product, which nothing after it needs. */
const products = (block: Block): Record<string, Value> =>
  Object.fromEntries(block.products.slice(0, -1).map((value, i) => [`product${i}`, value]));

/** The gradient of a layer: of its input and of what is trained. */
function backwardOutputs(block: Block, train: LayerOptions["train"]): Record<string, Value> {
  const trained = [...(train === "full" ? block.weights : block.adapters)];
  const dy = block.graph.input("dy", block.y.shape);
  const [dx, ...parts] = gradients(block.y, dy, [block.x, ...trained.map(([, value]) => value)]);
  return { dx: dx as Value, ...Object.fromEntries(trained.map(([name], i) => [name, parts[i] as Value])) };
}

/** The programs over a layer's graph. */
const PROGRAMS = {
  forward: { build: sequenceBlock, parts: ({ y }) => ({ outputs: { y }, given: {} }) },
  forwardCache: { build: sequenceBlock, parts: ({ y, k, v }) => ({ outputs: { y, k, v }, given: {} }) },
  forwardKeep: {
    build: sequenceBlock,
    parts: (block) => ({ outputs: { y: block.y, ...products(block) }, given: {} }),
  },
  backward: {
    build: sequenceBlock,
    parts: (block, train) => ({ outputs: backwardOutputs(block, train), given: products(block) }),
  },
  step: { build: stepBlock, parts: ({ y, k, v }) => ({ outputs: { y, k, v }, given: {} }) },
} satisfies Record<string, LayerProgram>;
