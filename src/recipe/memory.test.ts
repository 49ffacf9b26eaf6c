import { expect, test } from "vitest";
import { parseConfig } from "../model/config.js";
import { keptBytesPerToken, packedBytes, recomputes } from "./memory.js";

const config = parseConfig(
  {
    architectures: ["Qwen2ForCausalLM"],
    vocab_size: 1000,
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    max_position_embeddings: 1024,
  },
  "config.json",
);

test("what is kept is the input and the output of every linear map but the last, of every layer", () => {
  // q, k, v, o, gate, up, down of Qwen2.5-0.5B.
  expect(keptBytesPerToken(config)).toBe(4 * 24 * (896 + 128 + 128 + 896 + 4864 + 4864 + 896));
});

test("auto computes again only where keeping would take more than 70 % of the free memory", () => {
  const needed = 2048 * keptBytesPerToken(config);
  expect(recomputes("auto", config, 2048, needed / 0.71)).toBe(true);
  expect(recomputes("auto", config, 2048, needed / 0.69)).toBe(false);
  expect(recomputes("keep", config, 2048, 0)).toBe(false);
  expect(recomputes("recompute", config, 1, 2 ** 40)).toBe(true);
});

test("an 8-bit base is its linear maps, twice, and its vocabulary, twice", () => {
  const layer = 896 * (896 + 128 + 128 + 896 + 3 * 4864);
  expect(packedBytes(config)).toBe(2 * (24 * layer + 1000 * 896));
});
