import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { adapterShapes, readAdapter, writeAdapter } from "./adapter.js";
import { loadConfig, type ModelConfig } from "./config.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

const fixture = join(import.meta.dirname, "../../tests/fixtures/llama");
const WEIGHTS = "adapter_model.safetensors";
const CONFIG = "adapter_config.json";
let folder = "";
let config: ModelConfig;
beforeEach(async () => {
  config = await loadConfig(fixture);
  folder = await mkdtemp(join(tmpdir(), "adapter-"));
  await cp(join(fixture, "adapter"), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const readJson = async (path: string) =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(path, "utf8")));

/** Changes the adapter's configuration. */
async function set(values: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(folder, CONFIG);
  await writeFile(path, JSON.stringify({ ...(await readJson(path)), ...values }));
}

describe("PEFT's adapter", () => {
  test("is written back as PEFT wrote it: the same keys, shapes and numbers, the same settings", async () => {
    const again = join(folder, "again");
    await writeAdapter(again, await readAdapter(folder, config), config, "llama");
    expect(await readSafetensors(join(again, WEIGHTS))).toEqual(await readSafetensors(join(folder, WEIGHTS)));
    const [ours, theirs] = [await readJson(join(again, CONFIG)), await readJson(join(folder, CONFIG))];
    for (const [key, value] of Object.entries(ours)) {
      if (key === "target_modules") expect(z.array(z.string()).parse(value).sort()).toEqual(theirs[key]);
      else expect([key, value]).toEqual([key, theirs[key]]);
    }
  });

  test("that leaves layers alone gets factors of zero there", async () => {
    const tensors = await readSafetensors(join(folder, WEIGHTS));
    for (const key of tensors.keys()) if (!key.includes("q_proj")) tensors.delete(key);
    await writeSafetensors(join(folder, WEIGHTS), tensors);
    const { factors } = await readAdapter(folder, config);
    expect([...factors.keys()]).toEqual([...adapterShapes(config, 4).keys()]);
    expect(factors.get("layers.1.self_attn.q_proj.lora_B")?.some((x) => x !== 0)).toBe(true);
    expect(factors.get("layers.1.mlp.up_proj.lora_B")?.every((x) => x === 0)).toBe(true);
  });
});

describe("refusals", () => {
  test("an adapter of another model: every factor is named", async () => {
    const other = { ...config, intermediateSize: 40, layers: 1 };
    const error = String(await readAdapter(folder, other).catch((thrown: unknown) => thrown));
    expect(error).toMatch(/unexpected: \S*layers\.1\./);
    expect(error).toMatch(
      /wrong shape: \S*layers\.0\.mlp\.down_proj\.lora_A\.weight is \[4,48\], not \[4,40\]/,
    );
  });

  test("half a pair", async () => {
    const tensors = await readSafetensors(join(folder, WEIGHTS));
    tensors.delete("base_model.model.model.layers.0.mlp.up_proj.lora_B.weight");
    await writeSafetensors(join(folder, WEIGHTS), tensors);
    await expect(readAdapter(folder, config)).rejects.toThrow(
      /missing: \S*layers\.0\.mlp\.up_proj\.lora_B\.weight/,
    );
  });

  test.each([
    ["use_dora", true],
    ["use_rslora", true],
    ["peft_type", "IA3"],
    ["bias", "all"],
    ["modules_to_save", ["lm_head"]],
    ["rank_pattern", { q_proj: 8 }],
    ["lora_bias", true],
    ["layer_replication", [[0, 2]]],
    ["init_lora_weights", "pissa_niter_16"],
  ])("%s is %j", async (key, value) => {
    await set({ [key]: value });
    await expect(readAdapter(folder, config)).rejects.toThrow(`${CONFIG}: only plain LoRA`);
    await expect(readAdapter(folder, config)).rejects.toThrow(`\n  ${key} is ${JSON.stringify(value)}, `);
    await expect(readAdapter(folder, config)).rejects.toThrow("merge_and_unload");
  });

  test("all that is wrong is named at once; ways to begin that leave the model alone are not", async () => {
    await set({ use_dora: true, bias: "lora_only", init_lora_weights: "gaussian" });
    const error = String(await readAdapter(folder, config).catch((thrown: unknown) => thrown));
    expect(error.split("\n").slice(1, -1)).toEqual([
      '  bias is "lora_only", not "none"',
      "  use_dora is true, not false",
    ]);
    await set({ use_dora: false, bias: "none" });
    expect((await readAdapter(folder, config)).lora.rank).toBe(4);
  });

  test.each([
    "lm_head.lora_A.weight",
    "model.embed_tokens.lora_embedding_A",
    "model.layers.0.self_attn.q_norm.lora_B.weight",
  ])("a module that has no adapter here: %s", async (name) => {
    const tensors = await readSafetensors(join(folder, WEIGHTS));
    tensors.set(`base_model.model.${name}`, { data: new Float32Array(4), shape: [2, 2] });
    await writeSafetensors(join(folder, WEIGHTS), tensors);
    const error = String(await readAdapter(folder, config).catch((thrown: unknown) => thrown));
    expect(error).toContain("more than the linear layers q_proj, k_proj,");
    expect(error).toContain(`\n  unexpected: base_model.model.${name}\n`);
    expect(error).toContain("merge_and_unload");
  });

  test("a pickle", async () => {
    await rename(join(folder, WEIGHTS), join(folder, "adapter_model.bin"));
    await expect(readAdapter(folder, config)).rejects.toThrow(
      /adapter_model\.bin is a pickle.*safe_serialization/,
    );
  });

  test("no adapter there", async () => {
    await expect(readAdapter(join(folder, "nowhere"), config)).rejects.toThrow(
      /Cannot read .*adapter_config.json/,
    );
  });
});
