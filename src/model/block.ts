/**
 * One decoder layer of the Qwen2 and Llama families as a graph. Every layer of a model has the same one: weights are
 * inputs.
 *
 * Tokens are packed: the linear parts see [N, hidden] rows of real tokens only. Attention alone needs a rectangle, so
 * its rows are spread by an index and gathered back; padding costs nothing elsewhere. Each row of the rectangle is taken in
 * chunks of queries, each against the keys up to the chunk's end: scores that no token may see are hardly computed, and
 * those of one chunk are in memory at a time.
 */
import {
  add,
  concat,
  type DType,
  Graph,
  matmul,
  mul,
  quantizedMatmul,
  reshape,
  rmsNorm,
  rotate,
  silu,
  slice,
  sliceFrom,
  softmax,
  takeRows,
  transpose,
  type Value,
} from "../engine/index.js";
import type { ModelConfig } from "./config.js";
import { CHUNKS, maskName } from "./pack.js";

/** Low-rank adapter of the linear layers (Hu et al. 2021): W x + alpha / rank * B A x. */
export interface LoraShape {
  readonly rank: number;
  readonly alpha: number;
}

/** The linear maps of a layer, under the names of the weight files. */
export const LINEARS = [
  "self_attn.q_proj",
  "self_attn.k_proj",
  "self_attn.v_proj",
  "self_attn.o_proj",
  "mlp.gate_proj",
  "mlp.up_proj",
  "mlp.down_proj",
] as const;
export type LinearName = (typeof LINEARS)[number];

/** [in, out] of a linear map. */
export function linearSize(config: ModelConfig, name: LinearName): readonly [number, number] {
  const [h, q, kv] = [config.hiddenSize, config.heads * config.headDim, config.kvHeads * config.headDim];
  const sizes: Record<LinearName, readonly [number, number]> = {
    "self_attn.q_proj": [h, q],
    "self_attn.k_proj": [h, kv],
    "self_attn.v_proj": [h, kv],
    "self_attn.o_proj": [q, h],
    "mlp.gate_proj": [h, config.intermediateSize],
    "mlp.up_proj": [h, config.intermediateSize],
    "mlp.down_proj": [config.intermediateSize, h],
  };
  return sizes[name];
}

/** Whether a linear map has a bias: in Qwen2 q, k and v have one, in a Llama with `attention_bias` o too. */
export const hasBias = (config: ModelConfig, name: LinearName): boolean =>
  name === "self_attn.o_proj" ? config.outputBias : name.startsWith("self_attn.") && config.attentionBias;

/** A layer's graph and the values that callers differentiate, keep or return. */
export interface Block {
  readonly graph: Graph;
  readonly x: Value;
  readonly y: Value;
  /** Keys after rotation and values, [N, kvHeads * headDim], for the cache. */
  readonly k: Value;
  readonly v: Value;
  /** Products with the frozen weights: dear to compute again, so worth keeping for the backward pass. */
  readonly products: readonly Value[];
  /** Inputs that can be trained, by name: LoRA factors, or all weights. */
  readonly weights: ReadonlyMap<string, Value>;
  readonly adapters: ReadonlyMap<string, Value>;
}

type Attention = (q: Value, k: Value, v: Value, graph: Graph) => Value;

/** The part that training, prefill and decoding share: all but attention itself. */
function block(config: ModelConfig, lora: LoraShape | null, quantized: boolean, attention: Attention): Block {
  const { hiddenSize, headDim, rmsNormEps } = config;
  const graph = new Graph();
  const weights = new Map<string, Value>();
  const adapters = new Map<string, Value>();
  const products: Value[] = [];
  const weight = (name: string, shape: readonly number[], dtype?: DType): Value => {
    const value = graph.input(name, shape, dtype);
    weights.set(name, value);
    return value;
  };
  const adapter = (name: string, shape: readonly number[]): Value => {
    const value = graph.input(name, shape);
    adapters.set(name, value);
    return value;
  };
  const base = (x: Value, name: LinearName): Value => {
    const [inputs, outputs] = linearSize(config, name);
    const product = quantized
      ? quantizedMatmul(
          x,
          weight(`${name}.weight`, [outputs, inputs], "int8"),
          weight(`${name}.scale`, [outputs]),
        )
      : matmul(x, weight(`${name}.weight`, [outputs, inputs]), { transB: true });
    products.push(product);
    return hasBias(config, name) ? add(product, weight(`${name}.bias`, [outputs])) : product;
  };
  /** Linear maps of one input. Their factors A are one product: it and its gradients read the input once. */
  const linears = <Names extends readonly LinearName[]>(x: Value, names: readonly [...Names]) => {
    const based = names.map((name) => base(x, name));
    return (lora === null ? based : adapted(x, names, based, lora)) as { [I in keyof Names]: Value };
  };
  const adapted = (x: Value, names: readonly LinearName[], based: readonly Value[], shape: LoraShape) => {
    const { rank, alpha } = shape;
    const [first, ...others] = names.map((name) =>
      adapter(`${name}.lora_A`, [rank, linearSize(config, name)[0]]),
    );
    const down = matmul(x, concat([first as Value, ...others], 0), { transB: true });
    return names.map((name, i) => {
      const own = slice(down, 1, i * rank, (i + 1) * rank);
      const up = adapter(`${name}.lora_B`, [linearSize(config, name)[1], rank]);
      return add(based[i] as Value, matmul(own, up, { transB: true, alpha: alpha / rank }));
    });
  };
  const linear = (x: Value, name: LinearName): Value => linears(x, [name])[0];

  const x = graph.input("x", ["N", hiddenSize]);
  const cos = graph.input("cos", ["N", headDim / 2]);
  const sin = graph.input("sin", ["N", headDim / 2]);

  const a = rmsNorm(x, weight("input_layernorm.weight", [hiddenSize]), rmsNormEps);
  const [flatQ, flatK, v] = linears(a, ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]);
  const q = rotate(flatQ, cos, sin);
  const k = rotate(flatK, cos, sin);
  const mid = add(x, linear(attention(q, k, v, graph), "self_attn.o_proj"));
  const m = rmsNorm(mid, weight("post_attention_layernorm.weight", [hiddenSize]), rmsNormEps);
  const [gate, up] = linears(m, ["mlp.gate_proj", "mlp.up_proj"]);
  const gated = mul(silu(gate), up);
  const y = add(mid, linear(gated, "mlp.down_proj"));
  return { graph, x, y, k, v, products, weights, adapters };
}

/** A layer over whole sequences: for training, scoring and prefill. */
export function sequenceBlock(config: ModelConfig, lora: LoraShape | null, quantized: boolean): Block {
  const { headDim, heads, kvHeads } = config;
  const group = heads / kvHeads;
  return block(config, lora, quantized, (q, k, v, graph) => {
    const spread = graph.input("spread", ["B", CHUNKS, "t"], "int32");
    const pack = graph.input("pack", ["N"], "int32");
    const split = (flat: Value, count: number): Value =>
      transpose(reshape(takeRows(flat, spread, pack), ["B", CHUNKS, "t", count, headDim]), [0, 3, 1, 2, 4]);
    const [queries, keys, values] = [split(q, heads), split(k, kvHeads), split(v, kvHeads)];
    const chunk = (i: number): Value => {
      const seen = `${i + 1}t`;
      const mask = graph.input(maskName(i), ["B", 1, "t", seen]);
      // The query heads that share a key head lie together, so they can be taken as more rows of one product.
      const own = reshape(slice(queries, 2, i, i + 1), ["B", kvHeads, `${group}*t`, headDim]);
      const upTo = (all: Value): Value => reshape(slice(all, 2, 0, i + 1), ["B", kvHeads, seen, headDim]);
      const scores = matmul(own, upTo(keys), { transB: true, alpha: 1 / Math.sqrt(headDim) });
      const p = softmax(add(reshape(scores, ["B", heads, "t", seen]), mask));
      const mixed = matmul(reshape(p, ["B", kvHeads, `${group}*t`, seen]), upTo(values));
      return reshape(mixed, ["B", heads, 1, "t", headDim]);
    };
    const [first, ...others] = Array.from({ length: CHUNKS }, (_, i) => chunk(i));
    const joined = transpose(concat([first as Value, ...others], 2), [0, 2, 3, 1, 4]);
    return takeRows(reshape(joined, ["B", CHUNKS, "t", heads * headDim]), pack, spread);
  });
}

/**
 * A layer over one new token of each of N sequences, whose earlier keys and values are read from the cache
 * [N, kvHeads, C, headDim] where they lie: scores against the cache and against the new key are computed apart, so the
 * cache is never copied.
 */
export function stepBlock(config: ModelConfig, lora: LoraShape | null, quantized: boolean): Block {
  const { headDim, heads, kvHeads } = config;
  const group = heads / kvHeads;
  return block(config, lora, quantized, (q, k, v, graph) => {
    const cacheK = graph.input("cacheK", ["N", kvHeads, "C", headDim]);
    const cacheV = graph.input("cacheV", ["N", kvHeads, "C", headDim]);
    const mask = graph.input("mask", ["N", 1, 1, "C"]);
    const alpha = 1 / Math.sqrt(headDim);
    const queries = reshape(q, ["N", kvHeads, group, headDim]);
    const newK = reshape(k, ["N", kvHeads, 1, headDim]);
    const newV = reshape(v, ["N", kvHeads, 1, headDim]);
    const old = add(matmul(queries, cacheK, { transB: true, alpha }), mask);
    const own = matmul(queries, newK, { transB: true, alpha });
    // The new score first: its place is then known, however long the cache.
    const p = softmax(concat([own, old], 3));
    const pOwn = slice(p, 3, 0, 1);
    const pOld = sliceFrom(p, 3, 1, "C");
    const mixed = add(matmul(pOld, cacheV), mul(pOwn, newV));
    return reshape(mixed, ["N", heads * headDim]);
  });
}
