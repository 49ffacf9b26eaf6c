/** Whether a model fits this machine's memory: an estimate from its configuration, after a look at its weights' headers. */
import type { ModelConfig } from "../../model/config.js";
import { keptBytesPerToken } from "../../recipe/memory.js";
import { ModelSource } from "../../recipe/model.js";
import { stderrProgress } from "../progress.js";

export interface ModelFit {
  readonly model: string;
  readonly parameters: number;
  readonly weightsGiB: number;
  readonly samplingGiB: number;
  readonly trainingGiB: number;
  /** Training that computes activations a second time (`memory: recompute`). */
  readonly recomputingGiB: number;
  readonly fits: { readonly sampling: boolean; readonly training: boolean };
}

const FLOAT = 4;
const GIB = 2 ** 30;
/** Node, ONNX Runtime and its working memory. */
const PROCESS_GIB = 0.7;
/** What the defaults of a recipe hold at once: sequences in flight of so many tokens, tokens of a micro-batch. */
const IN_FLIGHT = 16;
const SEQUENCE = 512;
const MICRO_BATCH = 2048;

/** @throws NearmissError when there is no such model, or it is of a kind that cannot be used, or its files are damaged. */
export async function fitOf(name: string, availableGiB: number): Promise<ModelFit> {
  const { name: model, config, parameters } = await new ModelSource(name).look(stderrProgress());
  const weightsGiB = (FLOAT * parameters) / GIB;
  const samplingGiB = PROCESS_GIB + weightsGiB + (FLOAT * cacheFloats(config)) / GIB;
  const trainingGiB = PROCESS_GIB + weightsGiB + (FLOAT * MICRO_BATCH * keptFloats(config)) / GIB;
  const recomputingGiB = trainingGiB - (MICRO_BATCH * keptBytesPerToken(config)) / GIB;
  return {
    model,
    parameters,
    weightsGiB,
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

/** Activations kept for the backward pass, a token: the inputs of each linear map and of each nonlinearity. */
function keptFloats({ layers, hiddenSize, intermediateSize, heads, kvHeads, headDim }: ModelConfig): number {
  const attention = (2 * heads + 2 * kvHeads) * headDim + heads * SEQUENCE;
  return layers * (6 * hiddenSize + attention + 4 * intermediateSize);
}
