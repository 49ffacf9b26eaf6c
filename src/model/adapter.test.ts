import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
  ])("%s is %j", async (key, value) => {
    const settings = await readJson(join(folder, CONFIG));
    await writeFile(join(folder, CONFIG), JSON.stringify({ ...settings, [key]: value }));
    await expect(readAdapter(folder, config)).rejects.toThrow(key);
  });

  test("no adapter there", async () => {
    await expect(readAdapter(join(folder, "nowhere"), config)).rejects.toThrow(
      /Cannot read .*adapter_config.json/,
    );
  });
});
