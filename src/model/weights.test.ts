import { cp, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./config.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { loadWeights } from "./weights.js";

const fixture = (name: string) => join(import.meta.dirname, "../../tests/fixtures", name);
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weights-"));
});
afterEach(() => rm(folder, { recursive: true }));

const load = async () => loadWeights(folder, await loadConfig(folder));

describe("a folder in shards", () => {
  beforeEach(() => cp(fixture("llama"), folder, { recursive: true }));
  const index = () => join(folder, "model.safetensors.index.json");

  test("is the same model as one file", async () => {
    const sharded = await load();
    await writeSafetensors(join(folder, "model.safetensors"), sharded);
    await rm(index());
    const single = await load();
    for (const [name, { data, shape }] of sharded) expect(single.get(name)).toEqual({ data, shape });
    expect(single.size).toBe(sharded.size);
  });

  test("a shard that is missing is named", async () => {
    await rm(join(folder, "model-00002-of-00002.safetensors"));
    await expect(load()).rejects.toThrow(/shards are missing: model-00002-of-00002/);
  });

  test("a shard that is cut off is named", async () => {
    await truncate(join(folder, "model-00002-of-00002.safetensors"), 30_000);
    await expect(load()).rejects.toThrow(/model-00002-of-00002.safetensors: the file is cut off/);
  });

  test("an index that points out of the folder is refused", async () => {
    const text = await readFile(index(), "utf8");
    await writeFile(index(), text.replaceAll("model-00002-of-00002", "../elsewhere"));
    await expect(load()).rejects.toThrow(/"..\/elsewhere.safetensors" is not a file name/);
  });

  test("an index that is no index is refused", async () => {
    await writeFile(index(), "{");
    await expect(load()).rejects.toThrow(/index.json: not valid JSON/);
    await writeFile(index(), "{}");
    await expect(load()).rejects.toThrow(/weight_map/);
  });

  test("no weights at all", async () => {
    await rm(index());
    await expect(load()).rejects.toThrow(/neither model.safetensors nor/);
  });
});

describe("weights that do not fit", () => {
  const file = () => join(folder, "model.safetensors");
  beforeEach(() => cp(fixture("qwen2"), folder, { recursive: true }));

  test("missing, unexpected and mis-shaped tensors are told at once", async () => {
    const weights = await readSafetensors(file());
    weights.delete("model.norm.weight");
    weights.set("model.extra", { data: new Float32Array(2), shape: [2] });
    weights.set("model.layers.0.mlp.up_proj.weight", { data: new Float32Array(6), shape: [2, 3] });
    await writeSafetensors(file(), weights);
    const error = String(await load().catch((thrown: unknown) => thrown));
    expect(error).toContain("missing: model.norm.weight [32]");
    expect(error).toContain("unexpected: model.extra [2]");
    expect(error).toContain("wrong shape: model.layers.0.mlp.up_proj.weight is [2,3]");
    expect(error).toContain("asks for [48,32]");
  });

  test("old rotary buffers are passed over", async () => {
    const weights = await readSafetensors(file());
    const name = "model.layers.0.self_attn.rotary_emb.inv_freq";
    await writeSafetensors(file(), weights.set(name, { data: new Float32Array(4), shape: [4] }));
    expect((await load()).has(name)).toBe(false);
  });

  test("a tied model may hold a copy of its head, not another head", async () => {
    const weights = await readSafetensors(file());
    const { data, shape } = weights.get("model.embed_tokens.weight") ?? {
      data: new Float32Array(),
      shape: [],
    };
    const head = data.slice();
    await writeSafetensors(file(), weights.set("lm_head.weight", { data: head, shape }));
    expect((await load()).has("lm_head.weight")).toBe(false);
    head[5] = 9;
    await writeSafetensors(file(), weights);
    await expect(load()).rejects.toThrow(/tie_word_embeddings/);
  });
});

const real = process.env.NEARMISS_TEST_MODEL;
test.skipIf(!real)("a real model (NEARMISS_TEST_MODEL) loads", async () => {
  const config = await loadConfig(real ?? "");
  const weights = await loadWeights(real ?? "", config);
  const embedding = weights.get("model.embed_tokens.weight");
  expect(embedding?.shape).toEqual([config.vocabSize, config.hiddenSize]);
  // Weights of a trained model are small and not all alike: a wrong offset or dtype gives neither.
  const sample = embedding?.data.subarray(0, 10_000) ?? new Float32Array();
  expect(Math.max(...sample.map(Math.abs))).toBeLessThan(10);
  expect(new Set(sample).size).toBeGreaterThan(100);
});
if (!real) console.log("NEARMISS_TEST_MODEL names no model folder: the tests on a real model are skipped.");
