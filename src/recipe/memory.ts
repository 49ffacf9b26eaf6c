/** Whether training keeps what the backward pass needs, or computes it a second time because memory is short. */
import { z } from "zod";
import { LINEARS, linearSize } from "../model/block.js";
import type { ModelConfig } from "../model/config.js";

export const Memory = z.enum(["auto", "keep", "recompute"]);
export type Memory = z.infer<typeof Memory>;

/** Of the free memory; the rest is for what is kept of each layer in either case, for graphs and for other programs. */
const SHARE = 0.7;
const FLOAT_BYTES = 4;

/**
 * Bytes a token of what is kept from the forward pass to the backward pass: of each layer its input and the products with
 * frozen weights but the last, which is as wide as the input.
 */
export function keptBytesPerToken(config: ModelConfig): number {
  const outputs = LINEARS.reduce((sum, name) => sum + linearSize(config, name)[1], 0);
  return FLOAT_BYTES * config.layers * outputs;
}

/**
 * Bytes that an 8-bit base takes once its programs are compiled: the linear maps packed for either pass, the head packed and
 * as it is. Vectors are too few to count.
 */
export function packedBytes(config: ModelConfig): number {
  const linear = LINEARS.reduce((sum, name) => sum + linearSize(config, name).reduce((a, b) => a * b), 0);
  return 2 * (config.layers * linear + config.vocabSize * config.hiddenSize);
}

/**
 * Whether to compute activations again in the backward pass: slower (docs/performance.md), smaller by far, and the same to
 * the bit. `auto`: when what the largest micro-batch would keep is more than 70 % of the free memory.
 * @param tokens of the largest micro-batch
 * @param free bytes that this process may still take, the model's weights being in memory
 */
export function recomputes(memory: Memory, config: ModelConfig, tokens: number, free: number): boolean {
  if (memory !== "auto") return memory === "recompute";
  return tokens * keptBytesPerToken(config) > SHARE * free;
}
