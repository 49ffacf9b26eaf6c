/** The committed random models (tests/fixtures, made by scripts/fixtures/make_models.py), as files: all but the compute. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readAdapter } from "./adapter.js";
import { loadConfig } from "./config.js";
import { readSafetensors } from "./safetensors.js";
import { loadTokenizer } from "./tokenizer.js";
import { loadWeights, weightShapes } from "./weights.js";

const FIXTURES = ["qwen2", "llama", "llama-bias"] as const;
const folderOf = (name: string) => join(import.meta.dirname, "../../tests/fixtures", name);
const ids = z.array(z.int());
const expectedSchema = z.object({
  texts: z.array(z.object({ text: z.string(), ids, decoded: z.string() })),
  prompts: z.array(z.object({ question: z.string(), text: z.string(), ids })),
  greedy: z.array(z.object({ ids, text: z.string() })),
});

describe.each(FIXTURES)("%s", (name) => {
  const folder = folderOf(name);
  const expected = expectedSchema.parse(JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")));

  test("texts are encoded and decoded as in transformers", async () => {
    const tokenizer = await loadTokenizer(folder);
    for (const { text, ids, decoded } of expected.texts) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
    for (const { ids, text } of expected.greedy) expect(tokenizer.decode(ids)).toBe(text);
  });

  test("a prompt is rendered and encoded as in transformers", async () => {
    const tokenizer = await loadTokenizer(folder);
    for (const { question, text, ids } of expected.prompts) {
      const messages = [{ role: "user", content: question }] as const;
      expect(tokenizer.renderPrompt(messages)).toBe(text);
      expect(tokenizer.encodePrompt(messages)).toEqual(ids);
    }
  });

  test("every weight is there, and the gradients name the same tensors", async () => {
    const config = await loadConfig(folder);
    const weights = await loadWeights(folder, config);
    expect([...weights.keys()].sort()).toEqual([...weightShapes(config).keys()].sort());
    const expectedTensors = await readSafetensors(join(folder, "expected.safetensors"));
    const gradients = [...expectedTensors].filter(([key]) => key.startsWith("sft_full/"));
    expect(gradients.length).toBe(weights.size);
    for (const [key, { shape }] of gradients) {
      expect(weights.get(key.replace("sft_full/", ""))?.shape).toEqual(shape);
    }
  });

  test("PEFT's adapter is read, factor by factor", async () => {
    const { lora, factors } = await readAdapter(join(folder, "adapter"), await loadConfig(folder));
    expect(lora).toEqual({ rank: 4, alpha: 8 });
    const expectedTensors = await readSafetensors(join(folder, "expected.safetensors"));
    const names = [...expectedTensors.keys()].filter((key) => key.startsWith("dpo_lora/"));
    expect(names.map((key) => key.replace("dpo_lora/", "")).sort()).toEqual([...factors.keys()].sort());
    for (const data of factors.values()) expect(data.some((x) => x !== 0)).toBe(true);
  });
});

test("stop tokens come from the generation configuration, the model's and the tokenizer", async () => {
  expect((await loadTokenizer(folderOf("qwen2"))).stopIds).toEqual([2, 0]);
  expect((await loadTokenizer(folderOf("llama-bias"))).stopIds).toEqual([2]);
});
