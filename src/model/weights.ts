/** A model folder's weights: which tensors a configuration asks for, and reading them all. */
import { basename, join } from "node:path";
import { z } from "zod";
import { check } from "../data/jsonl.js";
import type { Tensor as EngineTensor } from "../engine/index.js";
import { NearmissError } from "../errors.js";
import { hasBias, LINEARS, linearSize } from "./block.js";
import type { ModelConfig } from "./config.js";
import { isReadable, READABLE_TYPES } from "./dtypes.js";
import { exists, readJson } from "./files.js";
import type { FrozenMatrix } from "./frozen.js";
import { bytesOf, readHeader, type SafetensorsFile, type Tensor, withTensors } from "./safetensors.js";
import { StoredMatrix } from "./stored.js";

const INDEX = "model.safetensors.index.json";
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Buffers that old checkpoints carry and nobody reads. */
const IGNORED = /\.rotary_emb\.inv_freq$/;
const HEAD = "lm_head.weight";
const EMBEDDING = "model.embed_tokens.weight";

/** Every tensor of a model, by its name in the checkpoint, with its shape (matrices are [outputs, inputs]). */
export function weightShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { vocabSize, hiddenSize } = config;
  const shapes = new Map<string, readonly number[]>([[EMBEDDING, [vocabSize, hiddenSize]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    for (const name of LINEARS) {
      const [inputs, outputs] = linearSize(config, name);
      shapes.set(`${prefix}.${name}.weight`, [outputs, inputs]);
      if (hasBias(config, name)) shapes.set(`${prefix}.${name}.bias`, [outputs]);
    }
    shapes.set(`${prefix}.input_layernorm.weight`, [hiddenSize]);
    shapes.set(`${prefix}.post_attention_layernorm.weight`, [hiddenSize]);
  }
  shapes.set("model.norm.weight", [hiddenSize]);
  if (!config.tiedHead) shapes.set(HEAD, [vocabSize, hiddenSize]);
  return shapes;
}

/** The checks of {@link loadWeights} on names, shapes and lengths alone: only the files' headers are read. */
export async function checkWeights(folder: string, config: ModelConfig): Promise<SafetensorsFile[]> {
  const files = await openFolder(folder);
  checkNames(folder, files, weightShapes(config));
  return files;
}

/**
 * Reads all weights of a model folder as float32, from `model.safetensors` or the shards that
 * `model.safetensors.index.json` lists. Keys and shapes are those of {@link weightShapes}.
 * @throws NearmissError that lists every missing, unexpected and mis-shaped tensor at once; the errors of
 * {@link readHeader} for a damaged file.
 */
export async function loadWeights(folder: string, config: ModelConfig): Promise<Map<string, Tensor>> {
  const weights = new Map<string, Tensor>();
  for (const [name, file] of await locate(folder, config))
    weights.set(name, await withTensors(file, (reader) => reader.read(name)));
  return weights;
}

/**
 * As {@link loadWeights}, for an 8-bit base: vectors are read, matrices stay in their files until a program is made of them
 * (see {@link StoredMatrix}).
 */
export async function loadQuantized(
  folder: string,
  config: ModelConfig,
): Promise<Map<string, EngineTensor | FrozenMatrix>> {
  const shapes = weightShapes(config);
  const weights = new Map<string, EngineTensor | FrozenMatrix>();
  for (const [name, file] of await locate(folder, config)) {
    const shape = shapes.get(name) ?? [];
    const matrix = shape.length === 2;
    weights.set(
      name,
      matrix ? new StoredMatrix(file, name, shape) : await withTensors(file, (reader) => reader.read(name)),
    );
  }
  return weights;
}

/** How frozen matrices are held: as they come, or rounded to 8 bits, which is faster and smaller and not quite the same. */
export const PRECISIONS = ["fp32", "int8"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** The loader of each precision. */
export const LOADERS: Readonly<
  Record<
    Precision,
    (folder: string, config: ModelConfig) => Promise<Map<string, EngineTensor | FrozenMatrix>>
  >
> = { fp32: loadWeights, int8: loadQuantized };

/** The file of each tensor that the configuration asks for. */
async function locate(folder: string, config: ModelConfig): Promise<Map<string, SafetensorsFile>> {
  const files = await checkWeights(folder, config);
  const located = new Map(files.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file])));
  const [embedding, head] = [located.get(EMBEDDING), located.get(HEAD)];
  if (config.tiedHead && embedding !== undefined && head !== undefined)
    await checkTied(folder, embedding, head);
  return new Map(
    [...weightShapes(config).keys()].flatMap((name) => {
      const file = located.get(name);
      return file === undefined ? [] : [[name, file]];
    }),
  );
}

/** A tied model's file may hold its head as well, as a copy of the embedding; another head would be lost silently. */
async function checkTied(folder: string, embedding: SafetensorsFile, head: SafetensorsFile): Promise<void> {
  const same = await withTensors(embedding, (one) =>
    withTensors(head, async (other) => {
      const blocks = other.blocks(HEAD)[Symbol.asyncIterator]();
      for await (const { rows } of one.blocks(EMBEDDING)) {
        const next = await blocks.next();
        if (next.done === true || Buffer.compare(bytesOf(rows), bytesOf(next.value.rows)) !== 0) return false;
      }
      return true;
    }),
  );
  if (same) return;
  throw new NearmissError(
    `${folder}: config.json says that the output head is tied to the embedding, but the weights hold a "${HEAD}" that ` +
      'differs from it. Set "tie_word_embeddings": false in config.json to use it.',
  );
}

async function openFolder(folder: string): Promise<SafetensorsFile[]> {
  const single = join(folder, "model.safetensors");
  if (await exists(single)) return [await readHeader(single)];
  const index = join(folder, INDEX);
  if (!(await exists(index))) {
    throw new NearmissError(
      `${folder}: there is neither model.safetensors nor ${INDEX}. Name a folder with a Hugging Face model in ` +
        "safetensors; a model in another format must be converted first.",
    );
  }
  return openShards(folder, index);
}

async function openShards(folder: string, index: string): Promise<SafetensorsFile[]> {
  const { weight_map } = check(await readJson(index), indexSchema, index);
  const names = [...new Set(Object.values(weight_map))];
  const outside = names.find((name) => name !== basename(name));
  if (outside !== undefined)
    throw new NearmissError(`${index}: "${outside}" is not a file name in that folder.`);
  const missing: string[] = [];
  for (const name of names) if (!(await exists(join(folder, name)))) missing.push(name);
  if (missing.length > 0) {
    throw new NearmissError(`${folder}: shards are missing: ${missing.join(", ")}. Download them again.`);
  }
  const files: SafetensorsFile[] = [];
  for (const name of names) files.push(await readHeader(join(folder, name)));
  return files;
}

/** Compares what is there with what should be, before anything large is read. */
function checkNames(
  folder: string,
  files: readonly SafetensorsFile[],
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const faults: string[] = [];
  const found = new Set<string>();
  for (const { path, tensors } of files) {
    for (const [name, { shape, dtype }] of tensors) {
      if (found.has(name)) faults.push(`twice: ${name} (again in ${basename(path)})`);
      found.add(name);
      const expected = shapes.get(name) ?? (name === HEAD ? shapes.get(EMBEDDING) : undefined);
      if (expected === undefined) {
        if (!IGNORED.test(name)) faults.push(`unexpected: ${name} [${shape}] in ${basename(path)}`);
      } else if (String(expected) !== String(shape)) {
        faults.push(
          `wrong shape: ${name} is [${shape}] in ${basename(path)}, config.json asks for [${expected}]`,
        );
      } else if (!isReadable(dtype)) {
        faults.push(`dtype ${dtype}: ${name} in ${basename(path)}; ${READABLE_TYPES.join(", ")} can be read`);
      }
    }
  }
  for (const [name, shape] of shapes) if (!found.has(name)) faults.push(`missing: ${name} [${shape}]`);
  if (faults.length === 0) return;
  const shown = faults.slice(0, 20).map((fault) => `  ${fault}`);
  if (faults.length > shown.length) shown.push(`  and ${faults.length - shown.length} more`);
  throw new NearmissError(
    `${folder}: the weights do not fit config.json (${faults.length} tensors).\n${shown.join("\n")}\n` +
      "Check that config.json and the safetensors files are of one model, and of one that is not quantised.",
  );
}
