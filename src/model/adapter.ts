/**
 * LoRA adapters on disk, in PEFT's format both ways: `adapter_config.json` and `adapter_model.safetensors` with keys
 * `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`. In memory the same factor is
 * `layers.0.self_attn.q_proj.lora_A`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../data/folder.js";
import { check } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import { LINEARS, type LoraShape, linearSize } from "./block.js";
import type { ModelConfig } from "./config.js";
import { readJson } from "./files.js";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";

export interface Adapter {
  /** A adds `alpha / rank * B A x` to its linear layer. */
  readonly lora: LoraShape;
  /** `layers.N.LINEAR.lora_A` [rank, in] and `.lora_B` [out, rank] of every layer and linear. */
  readonly factors: Map<string, Float32Array>;
}

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
/** Of the pickles that PEFT wrote before, which can run code when they are read. */
const PICKLE = "adapter_model.bin";
/** What of a folder is the adapter. */
export const ADAPTER_FILES: readonly string[] = [CONFIG, WEIGHTS];
const LINEAR_NAMES = LINEARS.map((name) => name.slice(name.indexOf(".") + 1));

const configSchema = z.looseObject({
  peft_type: z.string(),
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
});

/** Options of PEFT that change what an adapter computes, with the one value (or emptiness) that is understood. */
const PLAIN: Record<string, unknown> = {
  peft_type: "LORA",
  bias: "none",
  use_dora: false,
  use_rslora: false,
  use_qalora: false,
  fan_in_fan_out: false,
  lora_bias: false,
  modules_to_save: null,
  rank_pattern: {},
  alpha_pattern: {},
  trainable_token_indices: null,
};

/** Later options of PEFT that change what an adapter computes; older versions of PEFT would not read them in ours. */
const ABSENT = [
  "layer_replication",
  "target_parameters",
  "alora_invocation_tokens",
  "use_bdlora",
  "arrow_config",
  "kasa_config",
  "monteclora_config",
];

/** Ways to begin that change the model's own weights too, so that the factors mean nothing beside the weights as they came. */
const CHANGES_MODEL = /^(pissa|olora|corda|loftq|lora_ga|mica)/i;

const MERGE =
  "Merge it into its model with PEFT (`merge_and_unload()`, then `save_pretrained`) and name the merged model instead.";

/** The shape [rows, columns] of every factor of an adapter of rank `rank` on every linear layer, by name. */
export function adapterShapes(config: ModelConfig, rank: number): Map<string, readonly [number, number]> {
  const shapes = new Map<string, readonly [number, number]>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const linear of LINEARS) {
      const [inputs, outputs] = linearSize(config, linear);
      shapes.set(`layers.${layer}.${linear}.lora_A`, [rank, inputs]);
      shapes.set(`layers.${layer}.${linear}.lora_B`, [outputs, rank]);
    }
  }
  return shapes;
}

/**
 * Writes an adapter folder that PEFT's `PeftModel.from_pretrained(base, folder)` reads.
 * @param baseModel name or folder of the model the adapter belongs to, noted in its configuration.
 */
export async function writeAdapter(
  folder: string,
  adapter: Adapter,
  config: ModelConfig,
  baseModel: string,
): Promise<void> {
  const { rank, alpha } = adapter.lora;
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of adapterShapes(config, rank)) {
    const data = adapter.factors.get(name);
    if (data === undefined) throw new RangeError(`the adapter lacks ${name}`);
    tensors.set(toPeft(name), { data, shape });
  }
  await writeSafetensors(join(folder, WEIGHTS), tensors);
  const peftConfig = {
    ...PLAIN,
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    target_modules: LINEAR_NAMES,
    inference_mode: true,
    init_lora_weights: true,
  };
  await writeFileAtomic(join(folder, CONFIG), `${JSON.stringify(peftConfig, null, 2)}\n`);
}

/**
 * Reads an adapter folder for a model. Linear layers that the adapter leaves alone get factors of zero, which add
 * nothing.
 * @throws NearmissError listing every factor that does not belong to the model or has the wrong shape; for a kind of
 * adapter other than plain LoRA; for files missing or damaged.
 */
export async function readAdapter(folder: string, config: ModelConfig): Promise<Adapter> {
  const lora = await readLoraShape(folder);
  const path = join(folder, WEIGHTS);
  if (!existsSync(path) && existsSync(join(folder, PICKLE))) {
    throw new NearmissError(
      `${join(folder, PICKLE)} is a pickle, which is not read. Load the adapter with PEFT and save it again: \`save_pretrained(folder, safe_serialization=True)\`.`,
    );
  }
  const tensors = await readSafetensors(path);
  return { lora, factors: takeFactors(path, tensors, adapterShapes(config, lora.rank)) };
}

/**
 * Rank and alpha of an adapter folder, whatever model it is for.
 * @throws NearmissError naming every option of an adapter that is no plain LoRA; for a file missing or damaged.
 */
export async function readLoraShape(folder: string): Promise<LoraShape> {
  const path = join(folder, CONFIG);
  const peft = check(await readJson(path), configSchema, path);
  const faults = [
    ...Object.entries(PLAIN).flatMap(([key, plain]) =>
      isEmpty(peft[key]) || peft[key] === plain
        ? []
        : [`${told(key, peft[key])}, not ${JSON.stringify(plain)}`],
    ),
    ...ABSENT.flatMap((key) => (isEmpty(peft[key]) ? [] : [`${told(key, peft[key])}, not null`])),
    ...(CHANGES_MODEL.test(String(peft.init_lora_weights))
      ? [`${told("init_lora_weights", peft.init_lora_weights)}, which changes the model's own weights too`]
      : []),
  ];
  if (faults.length === 0) return { rank: peft.r, alpha: peft.lora_alpha };
  const list = faults.map((fault) => `  ${fault}`).join("\n");
  throw new NearmissError(`${path}: only plain LoRA adapters can be used.\n${list}\n${MERGE}`);
}

const told = (key: string, value: unknown) => `${key} is ${JSON.stringify(value)}`;

function takeFactors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  shapes: ReadonlyMap<string, readonly [number, number]>,
): Map<string, Float32Array> {
  const faults: string[] = [];
  /** Of modules that no adapter of ours has. */
  const foreign: string[] = [];
  const found = new Map<string, Float32Array>();
  for (const [key, { data, shape }] of tensors) {
    const name = fromPeft(key);
    const expected = shapes.get(name);
    if (expected === undefined) (isOfLinear(name) ? faults : foreign).push(`unexpected: ${key}`);
    else if (String(expected) !== String(shape))
      faults.push(`wrong shape: ${key} is [${shape}], not [${expected}]`);
    else found.set(name, data);
  }
  for (const name of found.keys()) {
    const other = name.endsWith("A") ? `${name.slice(0, -1)}B` : `${name.slice(0, -1)}A`;
    if (!found.has(other)) faults.push(`missing: ${toPeft(other)}`);
  }
  if (foreign.length > 0) {
    throw new NearmissError(
      `${path}: the adapter changes more than the linear layers ${LINEAR_NAMES.join(", ")}.\n${someOf(foreign)}\n${MERGE}`,
    );
  }
  if (found.size === 0) faults.push("no LoRA factor of this model's layers");
  if (faults.length > 0) {
    throw new NearmissError(
      `${path}: the adapter does not fit the model.\n${someOf(faults)}\nUse it with the model it was trained on.`,
    );
  }
  const zeros = ([rows, columns]: readonly [number, number]) => new Float32Array(rows * columns);
  return new Map([...shapes].map(([name, shape]) => [name, found.get(name) ?? zeros(shape)]));
}

function someOf(faults: readonly string[]): string {
  const shown = faults.slice(0, 20).map((fault) => `  ${fault}`);
  if (faults.length > shown.length) shown.push(`  and ${faults.length - shown.length} more`);
  return shown.join("\n");
}

const isOfLinear = (name: string) =>
  LINEARS.some((linear) => name.endsWith(`.${linear}.lora_A`) || name.endsWith(`.${linear}.lora_B`));
const toPeft = (name: string) => `base_model.model.model.${name}.weight`;
const fromPeft = (key: string) => key.replace(/^base_model\.model\.model\./, "").replace(/\.weight$/, "");

/** PEFT writes "nothing" as null, false, an empty list or an empty object, or leaves the key out. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
