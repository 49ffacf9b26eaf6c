import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "./config.js";
import { Decoder } from "./decoder.js";
import { type FrozenMatrix, inEightBits, isFrozen } from "./frozen.js";
import { quantize } from "./quantize.js";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";
import { loadQuantized, loadWeights } from "./weights.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stored-"));
  await cp(join(import.meta.dirname, "../../tests/fixtures/llama"), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

async function load() {
  const config = await loadConfig(folder);
  return { config, floats: await loadWeights(folder, config), eight: await loadQuantized(folder, config) };
}

function matrices(weights: ReadonlyMap<string, object>): [string, FrozenMatrix][] {
  return [...weights].flatMap(([name, weight]) =>
    isFrozen(weight as Tensor | FrozenMatrix) ? [[name, weight as FrozenMatrix]] : [],
  );
}

test("what is rounded from the file, block by block, is what is rounded from memory", async () => {
  const { config, floats, eight } = await load();
  const stored = matrices(eight);
  expect(stored.map(([name]) => name).sort()).toEqual(
    [...floats].flatMap(([name, { shape }]) => (shape.length === 2 ? [name] : [])).sort(),
  );
  for (const [name, matrix] of stored)
    expect(await matrix.quantized(), name).toEqual(quantize(floats.get(name) as Tensor));
  const rows = [{ prompt: [1, 2, 3], completions: [[4, 5], [6]] }];
  const logps = (weights: ConstructorParameters<typeof Decoder>[1]) =>
    new Decoder(config, weights, { train: "none" }).logps(rows);
  expect(await logps(eight)).toEqual(await logps(inEightBits(floats)));
});

test("rows come as they are in the file, any number of times", async () => {
  const { floats, eight } = await load();
  const name = "model.embed_tokens.weight";
  const { data, shape } = floats.get(name) as Tensor;
  const width = shape[1] ?? 0;
  const matrix = new Map(matrices(eight)).get(name) as FrozenMatrix;
  for (const ids of [[3, 1, 3], [1, (shape[0] ?? 0) - 1], []]) {
    const rows = await matrix.rows(Int32Array.from(ids));
    expect(rows.shape).toEqual([ids.length, width]);
    expect([...rows.data]).toEqual(ids.flatMap((id) => [...data.subarray(id * width, (id + 1) * width)]));
  }
  for (const id of [-1, shape[0] ?? 0])
    await expect(matrix.rows(Int32Array.of(id))).rejects.toThrow(`there is no ${id}`);
});

test("a file that changes while it is in use is refused", async () => {
  const { eight } = await load();
  const [, matrix] = matrices(eight)[0] ?? [];
  for (const shard of ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"])
    await writeSafetensors(join(folder, shard), await readSafetensors(join(folder, shard)));
  await expect(matrix?.quantized()).rejects.toThrow(/has changed since it was opened/);
});

test("a model that is quantised already is refused before anything is read", async () => {
  const shard = join(folder, "model-00001-of-00002.safetensors");
  const tensors = await readSafetensors(shard);
  const [name = "", { shape = [], data = new Float32Array() } = {}] = [...tensors][0] ?? [];
  await rm(join(folder, "model.safetensors.index.json"));
  const header = { [name]: { dtype: "I8", shape, data_offsets: [0, data.length] } };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(
    join(folder, "model.safetensors"),
    Buffer.concat([length, json, Buffer.alloc(data.length)]),
  );
  const config = await loadConfig(folder);
  await expect(loadQuantized(folder, config)).rejects.toThrow(`dtype I8: ${name} in model.safetensors`);
});
