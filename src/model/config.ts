/** `config.json` of the Qwen2 and Llama families, in the spellings of transformers 4 and 5, as one type. */
import { join } from "node:path";
import { z } from "zod";
import { NearmissError } from "../errors.js";
import { readJson } from "./files.js";

type Family = "qwen2" | "llama";

/** Llama 3.1's stretching of rotary wavelengths beyond the context of pre-training. */
interface RopeScaling {
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  readonly originalMaxPositions: number;
}

export interface ModelConfig {
  readonly family: Family;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Key and value heads: `heads / kvHeads` query heads share one. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  readonly rmsNormEps: number;
  /** The output head is the embedding matrix; there is no `lm_head.weight`. */
  readonly tiedHead: boolean;
  /** q_proj, k_proj and v_proj have a bias. */
  readonly attentionBias: boolean;
  /** o_proj has a bias too: Llama's `attention_bias` means all four, Qwen2 never has this one. */
  readonly outputBias: boolean;
  readonly maxPositions: number;
  readonly bosId: number | null;
  /** Ids that end a sequence; a model's stop ids also come from its generation_config.json and tokenizer. */
  readonly eosIds: readonly number[];
}

const positive = z.int().positive();
const ropeSchema = z.looseObject({
  rope_theta: z.number().positive().optional(),
  rope_type: z.string().optional(),
  type: z.string().optional(),
  partial_rotary_factor: z.number().optional(),
});
const llama3Schema = z.object({
  factor: z.number().min(1),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: positive,
});
const configSchema = z.object({
  vocab_size: positive,
  hidden_size: positive,
  intermediate_size: positive,
  num_hidden_layers: positive,
  num_attention_heads: positive,
  num_key_value_heads: positive.nullish(),
  head_dim: positive.nullish(),
  hidden_act: z.string().default("silu"),
  max_position_embeddings: positive,
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  use_sliding_window: z.boolean().default(false),
  sliding_window: positive.nullish(),
  max_window_layers: z.int().nonnegative().default(28),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
  bos_token_id: z.int().nullish(),
  eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(),
});
type Fields = z.infer<typeof configSchema>;

const FAMILIES: Record<string, Family> = { Qwen2ForCausalLM: "qwen2", LlamaForCausalLM: "llama" };

/**
 * Reads a model folder's `config.json`.
 * @throws NearmissError when it is missing, not JSON, of an unknown architecture, or asks for something the decoder
 * does not compute (each such thing is named).
 */
export async function loadConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, "config.json");
  return parseConfig(await readJson(path), path);
}

/** The checks of {@link loadConfig} on the parsed JSON; `path` names the file in errors. */
export function parseConfig(json: unknown, path: string): ModelConfig {
  const family = findFamily(json, path);
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new NearmissError(`${path}: not a model configuration that can be read.\n${issues.join("\n")}`);
  }
  const fields = parsed.data;
  const faults = unsupported(family, fields);
  const { ropeTheta, ropeScaling } = readRope(fields, faults);
  if (faults.length > 0) {
    throw new NearmissError(`${path}: this model cannot be run here.\n  ${faults.join("\n  ")}`);
  }
  const heads = fields.num_attention_heads;
  const eos = fields.eos_token_id ?? [];
  return {
    family,
    vocabSize: fields.vocab_size,
    hiddenSize: fields.hidden_size,
    intermediateSize: fields.intermediate_size,
    layers: fields.num_hidden_layers,
    heads,
    kvHeads: fields.num_key_value_heads ?? heads,
    headDim: fields.head_dim ?? fields.hidden_size / heads,
    ropeTheta,
    ropeScaling,
    rmsNormEps: fields.rms_norm_eps,
    tiedHead: fields.tie_word_embeddings,
    attentionBias: family === "qwen2" || fields.attention_bias,
    outputBias: family === "llama" && fields.attention_bias,
    maxPositions: fields.max_position_embeddings,
    bosId: fields.bos_token_id ?? null,
    eosIds: Array.isArray(eos) ? eos : [eos],
  };
}

function findFamily(json: unknown, path: string): Family {
  const schema = z.object({ architectures: z.array(z.string()).nullish(), model_type: z.string().nullish() });
  const { architectures, model_type } = schema.safeParse(json).data ?? {};
  for (const name of architectures ?? []) {
    const family = FAMILIES[name];
    if (family !== undefined) return family;
  }
  const byType = Object.values(FAMILIES).find((family) => family === model_type);
  if (byType !== undefined && !architectures?.length) return byType;
  const named = architectures?.length
    ? `the architecture ${architectures.join(", ")}`
    : `the model_type ${model_type ?? "(none)"}`;
  throw new NearmissError(
    `${path}: ${named} is not supported; ${Object.keys(FAMILIES).join(" and ")} are. ` +
      "Choose a model of these (Qwen2, Qwen2.5, Llama 2 and 3, SmolLM, SmolLM2).",
  );
}

/** What the configuration asks for and the decoder does not compute, in words. */
function unsupported(family: Family, fields: Fields): string[] {
  const heads = fields.num_attention_heads;
  const rotary = fields.head_dim ?? fields.hidden_size / heads;
  const faults: readonly (readonly [fault: boolean, text: string])[] = [
    [fields.hidden_act !== "silu", `hidden_act is "${fields.hidden_act}"; only silu is supported.`],
    [fields.mlp_bias, "mlp_bias is true; biases in the feed-forward layers are not supported."],
    [slides(family, fields), "it uses sliding-window attention, which is not supported."],
    [
      fields.quantization_config != null,
      "its weights are quantised (quantization_config); use the unquantised model.",
    ],
    [
      rotary % 2 !== 0,
      `the head size (hidden_size ${fields.hidden_size} / num_attention_heads ${heads}) is ${rotary}, not an even integer.`,
    ],
    [
      heads % (fields.num_key_value_heads ?? heads) !== 0,
      `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${fields.num_key_value_heads}.`,
    ],
  ];
  return faults.filter(([fault]) => fault).map(([, text]) => text);
}

/** Llama ignores the sliding-window fields; Qwen2 needs both switch and width, from layer max_window_layers on. */
function slides(family: Family, fields: Fields): boolean {
  if (family === "llama") return false;
  const width = fields.use_sliding_window ? fields.sliding_window : null;
  if (fields.layer_types) return fields.layer_types.some((type) => type !== "full_attention");
  return width != null && fields.max_window_layers < fields.num_hidden_layers;
}

function readRope(fields: Fields, faults: string[]): Pick<ModelConfig, "ropeTheta" | "ropeScaling"> {
  const rope = fields.rope_parameters ?? fields.rope_scaling ?? {};
  const ropeTheta = rope.rope_theta ?? fields.rope_theta ?? 10000;
  const type = rope.rope_type ?? rope.type ?? "default";
  if ((rope.partial_rotary_factor ?? 1) !== 1) faults.push("partial_rotary_factor is not supported.");
  if (type === "default") return { ropeTheta, ropeScaling: null };
  const scaled = llama3Schema.safeParse(rope);
  if (type === "llama3" && scaled.success) {
    const { factor, low_freq_factor, high_freq_factor, original_max_position_embeddings } = scaled.data;
    const ropeScaling: RopeScaling = {
      factor,
      lowFreqFactor: low_freq_factor,
      highFreqFactor: high_freq_factor,
      originalMaxPositions: original_max_position_embeddings,
    };
    return { ropeTheta, ropeScaling };
  }
  faults.push(
    type === "llama3"
      ? `its rope scaling is incomplete: ${scaled.error?.issues.map((issue) => issue.path.join(".")).join(", ")}.`
      : `rope scaling of type "${type}" is not supported; "default" and "llama3" are.`,
  );
  return { ropeTheta, ropeScaling: null };
}
