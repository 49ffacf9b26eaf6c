/**
 * Nearmiss as a library: every stage of the pipeline as a function. The verifier, the miner and the engine can be had
 * alone, as `nearmiss/verifier`, `nearmiss/mining` and `nearmiss/engine`.
 */
export { augment, dropNearDuplicates } from "./data/augment/index.js";
export { readJsonl, readJsonlAll, writeJsonl } from "./data/jsonl.js";
export { ProblemSource, readProblems } from "./data/readers/index.js";
export * from "./data/records.js";
export { Review, Reviews } from "./data/review.js";
export { synthetic } from "./data/synthetic/index.js";
export { NearmissError } from "./errors.js";
export * from "./evaluation/index.js";
export * from "./mining/index.js";
export { readAdapter, writeAdapter } from "./model/adapter.js";
export { CachedDecoder } from "./model/cache.js";
export { loadConfig, type ModelConfig } from "./model/config.js";
export { Decoder, type DecoderOptions, freshAdapter } from "./model/decoder.js";
export { resolveModel } from "./model/folder.js";
export type { Weights } from "./model/layers.js";
export { loadTokenizer, type Message, type Tokenizer } from "./model/tokenizer.js";
export type { DecodeModel, Logps, Row, TrainableModel } from "./model/types.js";
export { loadQuantized, loadWeights } from "./model/weights.js";
export { type Random, random } from "./random.js";
export { type SamplingOptions, sampleCandidates } from "./sampling/candidates.js";
export { trainDpo } from "./training/dpo.js";
export { encodePairs, encodeSft } from "./training/examples.js";
export { DpoOptions, SftOptions } from "./training/options.js";
export { trainSft } from "./training/sft.js";
export * from "./verifier/index.js";
