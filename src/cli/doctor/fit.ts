/** Whether a model fits this machine's memory: an estimate from its configuration, after a look at its weights' headers. */
import type { ModelConfig } from "../../model/config.js";
import type { Precision } from "../../model/weights.js";
import { keptBytesPerToken, packedBytes } from "../../recipe/memory.js";
import { ModelSource } from "../../recipe/model.js";
import { stderrProgress } from "../progress.js";

/** What a model takes in one precision. */
interface PrecisionFit {
  readonly weightsGiB: number;
  readonly samplingGiB: number;
  readonly trainingGiB: number;
  /** Training that computes activations a second time (`memory: recompute`). */
  readonly recomputingGiB: number;
  readonly fits: { readonly sampling: boolean; readonly training: boolean };
}

export interface ModelFit {
  readonly model: string;
  readonly parameters: number;
  readonly precisions: Readonly<Record<Precision, PrecisionFit>>;
}

const FLOAT = 4;
const GIB = 2 ** 30;
/** Node, ONNX Runtime and its working memory. */
const PROCESS = 0.7 * GIB;
/** What the defaults of a recipe hold at once: sequences in flight of so many tokens, tokens of a micro-batch. */
const IN_FLIGHT = 16;
const SEQUENCE = 512;
const MICRO_BATCH = 2048;

/** @throws NearmissError when there is no such model, or it is of a kind that cannot be used, or its files are damaged. */
export async function fitOf(name: string, availableGiB: number): Promise<ModelFit> {
  const { name: model, config, parameters } = await new ModelSource(name).look(stderrProgress());
  const memoryIn = (precision: Precision) =>
    memoryOf(config, WEIGHTS[precision](parameters, config), availableGiB);
  return { model, parameters, precisions: { fp32: memoryIn("fp32"), int8: memoryIn("int8") } };
}

/** Bytes of the weights: once, and all copies that a sampler and a trainer hold. */
interface WeightBytes {
  readonly once: number;
  readonly sampler: number;
  readonly trainer: number;
}

/**
 * In float32 a trainer is fed the weights where they lie, and a sampler packs a copy. In 8 bits ONNX Runtime packs the linear
 * maps for prompts and for steps, or for either pass, and the head beside the bytes that are kept of it.
 */
const WEIGHTS: Readonly<Record<Precision, (parameters: number, config: ModelConfig) => WeightBytes>> = {
  fp32: (parameters) => {
    const once = FLOAT * parameters;
    return { once, sampler: 2 * once, trainer: once };
  },
  int8: (_, config) => {
    const packed = packedBytes(config);
    return { once: packed / 2, sampler: packed, trainer: packed };
  },
};

function memoryOf(config: ModelConfig, weights: WeightBytes, availableGiB: number): PrecisionFit {
  const samplingGiB = (PROCESS + weights.sampler + FLOAT * cacheFloats(config)) / GIB;
  const trainingGiB = (PROCESS + weights.trainer + FLOAT * MICRO_BATCH * keptFloats(config)) / GIB;
  const recomputingGiB = trainingGiB - (MICRO_BATCH * keptBytesPerToken(config)) / GIB;
  return {
    weightsGiB: weights.once / GIB,
    samplingGiB,
    trainingGiB,
    recomputingGiB,
    fits: { sampling: samplingGiB <= availableGiB, training: recomputingGiB <= availableGiB },
  };
}

/** Keys and values of all sequences in flight. */
function cacheFloats({ layers, kvHeads, headDim }: ModelConfig): number {
  return IN_FLIGHT * SEQUENCE * layers * 2 * kvHeads * headDim;
}

/** Kept for the backward pass, a token: the layers' inputs and products, and what one layer's pass works on at a time. */
function keptFloats(config: ModelConfig): number {
  const { layers, hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
  const working =
    6 * hiddenSize + (2 * heads + 2 * kvHeads) * headDim + heads * SEQUENCE + 4 * intermediateSize;
  return layers * hiddenSize + keptBytesPerToken(config) / FLOAT + working;
}
