import { describe, expect, test } from "vitest";
import { parseConfig } from "./config.js";

const base = {
  vocab_size: 320,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  max_position_embeddings: 512,
};
const qwen2 = { ...base, architectures: ["Qwen2ForCausalLM"], num_key_value_heads: 2, rms_norm_eps: 1e-6 };
const llama = { ...base, architectures: ["LlamaForCausalLM"] };
const parse = (json: unknown) => parseConfig(json, "m/config.json");

describe("spellings", () => {
  test("rope_theta of its own and inside rope_parameters mean the same", () => {
    const old = parse({ ...qwen2, rope_theta: 1e6, rope_scaling: null, torch_dtype: "bfloat16" });
    const now = parse({
      ...qwen2,
      rope_parameters: { rope_theta: 1e6, rope_type: "default" },
      dtype: "bfloat16",
    });
    expect(now).toEqual(old);
    expect(old.ropeTheta).toBe(1e6);
  });

  test("llama3 scaling in both", () => {
    const scaling = {
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    const old = parse({ ...llama, rope_theta: 5e5, rope_scaling: { ...scaling, rope_type: "llama3" } });
    const now = parse({ ...llama, rope_parameters: { ...scaling, rope_type: "llama3", rope_theta: 5e5 } });
    expect(now).toEqual(old);
    expect(old.ropeScaling).toEqual({
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositions: 8192,
    });
  });

  test("one id or several that end a sequence", () => {
    expect(parse({ ...llama, eos_token_id: 2 }).eosIds).toEqual([2]);
    expect(parse({ ...llama, eos_token_id: [2, 7] }).eosIds).toEqual([2, 7]);
    expect(parse(llama).eosIds).toEqual([]);
  });

  test("what is left out has the families' defaults", () => {
    expect(parse(llama)).toMatchObject({
      family: "llama",
      kvHeads: 4,
      headDim: 8,
      ropeTheta: 10000,
      rmsNormEps: 1e-6,
      tiedHead: false,
      attentionBias: false,
      outputBias: false,
    });
    expect(parse(qwen2)).toMatchObject({
      family: "qwen2",
      kvHeads: 2,
      attentionBias: true,
      outputBias: false,
    });
  });

  test("Llama's attention_bias is on all four projections", () => {
    expect(parse({ ...llama, attention_bias: true })).toMatchObject({
      attentionBias: true,
      outputBias: true,
    });
  });
});

describe("refusals", () => {
  test.each([
    [
      "another architecture",
      { ...base, architectures: ["MambaForCausalLM"] },
      /MambaForCausalLM.*Qwen2ForCausalLM/,
    ],
    [
      "another head on the same base",
      { ...qwen2, architectures: ["Qwen2ForX"], model_type: "qwen2" },
      /Qwen2ForX/,
    ],
    ["no architecture", base, /model_type \(none\)/],
    ["not an object", "text", /not supported/],
    ["a missing field", { ...llama, hidden_size: undefined }, /hidden_size/],
    ["a field of the wrong type", { ...llama, num_hidden_layers: "2" }, /num_hidden_layers/],
    ["another activation", { ...llama, hidden_act: "gelu" }, /hidden_act is "gelu"/],
    ["another scaling", { ...llama, rope_scaling: { type: "yarn", factor: 4 } }, /"yarn" is not supported/],
    ["incomplete scaling", { ...llama, rope_scaling: { rope_type: "llama3", factor: 4 } }, /low_freq_factor/],
    [
      "partial rotation",
      { ...llama, rope_parameters: { partial_rotary_factor: 0.5 } },
      /partial_rotary_factor/,
    ],
    ["quantised weights", { ...llama, quantization_config: { quant_method: "awq" } }, /quantis/],
    ["feed-forward biases", { ...llama, mlp_bias: true }, /mlp_bias/],
    ["heads that do not divide", { ...llama, num_attention_heads: 5 }, /6.4/],
    ["groups that do not divide", { ...llama, num_key_value_heads: 3 }, /multiple of num_key_value_heads 3/],
    [
      "a window in use",
      { ...qwen2, use_sliding_window: true, sliding_window: 64, max_window_layers: 1 },
      /sliding/,
    ],
    ["a window by layer type", { ...qwen2, layer_types: ["full_attention", "sliding_attention"] }, /sliding/],
  ])("%s", (_, json, message) => {
    expect(() => parse(json)).toThrow(message);
    expect(() => parse(json)).toThrow("m/config.json");
  });

  test("several reasons are told at once", () => {
    expect(() => parse({ ...llama, hidden_act: "gelu", mlp_bias: true })).toThrow(/gelu[\s\S]*mlp_bias/);
  });

  test("a window that is off, or only above the last layer, is none", () => {
    expect(() => parse({ ...qwen2, use_sliding_window: false, sliding_window: 64 })).not.toThrow();
    const above = { use_sliding_window: true, sliding_window: 64, max_window_layers: 2 };
    expect(() => parse({ ...qwen2, ...above })).not.toThrow();
  });
});
