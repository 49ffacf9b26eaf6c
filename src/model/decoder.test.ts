import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { random } from "../random.js";
import { generate } from "../sampling/generate.js";
import { readAdapter } from "./adapter.js";
import { CachedDecoder } from "./cache.js";
import { loadConfig } from "./config.js";
import { Decoder, type DecoderOptions } from "./decoder.js";
import { packRows } from "./pack.js";
import { readSafetensors } from "./safetensors.js";
import type { Logps, Row } from "./types.js";
import { loadWeights } from "./weights.js";

interface Expected {
  readonly rows: Row[];
  readonly logps: Logps;
  readonly adapterLogps: Logps;
  readonly dpo: { readonly beta: number; readonly weights: number[] };
  readonly greedy: { readonly prompt: number[]; readonly ids: number[] }[];
}

/** The bound of the project for fp32: greatest difference over greatest magnitude. */
const TOLERANCE = 1e-4;

function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs((found[i] ?? Number.NaN) - value))) / scale;
}

const FOLDERS = ["qwen2", "llama", "llama-bias"].map((name) => join("tests/fixtures", name));

describe.each(FOLDERS)("a decoder against PyTorch: %s", (folder) => {
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;

  async function load(train: DecoderOptions["train"], recompute = false): Promise<Decoder> {
    const config = await loadConfig(folder);
    const weights = await loadWeights(folder, config);
    if (train !== "lora") return new Decoder(config, weights, { train });
    const { lora, factors } = await readAdapter(join(folder, "adapter"), config);
    return new Decoder(config, weights, { train, lora, adapter: factors, recompute });
  }

  async function expectGradients(decoder: Decoder, prefix: string): Promise<void> {
    const tensors = await readSafetensors(join(folder, "expected.safetensors"));
    let compared = 0;
    for (const [name, found] of decoder.gradients) {
      const tensor = tensors.get(`${prefix}/${name}`);
      if (tensor === undefined) throw new Error(`no expected gradient for ${prefix}/${name}`);
      expect(relativeError(found, tensor.data), name).toBeLessThan(TOLERANCE);
      compared++;
    }
    expect(compared).toBe([...tensors.keys()].filter((key) => key.startsWith(`${prefix}/`)).length);
  }

  const chosenOnly = expected.rows.map(({ prompt, completions }) => ({
    prompt,
    completions: completions.slice(0, 1),
  }));
  const tokens = chosenOnly.reduce((n, { completions }) => n + (completions[0]?.length ?? 0), 0);
  const sftSeed = (logps: Logps): Logps => logps.map((row) => row.map(() => -1 / tokens));

  it("gives the same log-probabilities, with the adapter and without", async () => {
    const decoder = await load("lora");
    expect(
      relativeError((await decoder.logps(expected.rows)).flat(), expected.adapterLogps.flat()),
    ).toBeLessThan(TOLERANCE);
    const bare = await decoder.logps(expected.rows, { adapter: false });
    expect(relativeError(bare.flat(), expected.logps.flat())).toBeLessThan(TOLERANCE);
  });

  it("gives the same logits", async () => {
    const decoder = await load("none");
    const tensors = await readSafetensors(join(folder, "expected.safetensors"));
    const keys = [...tensors.keys()].filter((key) => key.startsWith("logits/"));
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const [row, completion] = key.split("/").slice(1).map(Number) as [number, number];
      const { prompt, completions } = expected.rows[row] as Row;
      const packed = packRows([{ prompt, completions: completions.slice(completion, completion + 1) }]);
      const { data, shape } = await decoder.prefill(packed, () => undefined);
      const width = shape[1] ?? 0;
      const predicting = data.subarray((prompt.length - 1) * width);
      const { logits } = await decoder.logits({
        data: predicting,
        shape: [predicting.length / width, width],
      });
      expect(relativeError(logits, tensors.get(key)?.data ?? []), key).toBeLessThan(TOLERANCE);
    }
  });

  it.each([false, true])("gives the same LoRA gradients of SFT (recompute: %s)", async (recompute) => {
    const decoder = await load("lora", recompute);
    await decoder.backward(chosenOnly, sftSeed);
    await expectGradients(decoder, "sft_lora");
  });

  it("gives the same gradients of all weights", async () => {
    const decoder = await load("full");
    await decoder.backward(chosenOnly, sftSeed);
    await expectGradients(decoder, "sft_full");
  });

  it.each(["dpo_lora", "dpo_weighted_lora"])("gives the same LoRA gradients of DPO: %s", async (prefix) => {
    const decoder = await load("lora");
    const reference = await decoder.logps(expected.rows, { adapter: false });
    const weights = prefix === "dpo_lora" ? expected.rows.map(() => 1) : expected.dpo.weights;
    const total = weights.reduce((a, b) => a + b, 0);
    await decoder.backward(expected.rows, (logps) =>
      logps.map(([chosen = 0, rejected = 0], i) => {
        const [refChosen = 0, refRejected = 0] = reference[i] ?? [];
        const { beta } = expected.dpo;
        const margin = beta * (chosen - refChosen - (rejected - refRejected));
        const slope = (-(weights[i] ?? 0) * beta) / (1 + Math.exp(margin)) / total;
        return [slope, -slope];
      }),
    );
    await expectGradients(decoder, prefix);
  });

  it("writes the same greedy tokens from its cache, several prompts at once", async () => {
    const decoder = await load("none");
    const found = new Map<number, readonly number[]>();
    const options = { temperature: 0, topK: 1, topP: 1, inFlight: 2, stopIds: [], maxTokens: 24 };
    const requests = expected.greedy.map(({ prompt }) => ({ prompt, streams: [random(1)] }));
    for await (const { request, tokens } of generate(new CachedDecoder(decoder), requests, options))
      found.set(request, tokens);
    expected.greedy.forEach(({ ids }, i) => {
      expect(found.get(i)?.slice(0, ids.length)).toEqual(ids);
    });
  });
});

it("decodes what it scores, however far sequences of unlike lengths grow, wherever they move", async () => {
  const folder = "tests/fixtures/qwen2";
  const config = await loadConfig(folder);
  const decoder = new Decoder(config, await loadWeights(folder, config), { train: "none" });
  const model = new CachedDecoder(decoder);
  const prompts = [3, 60, 125, 10].map((length) => Array.from({ length }, (_, i) => 5 + ((i * 7) % 11)));
  const requests = prompts.map((prompt, i) => ({ prompt, streams: [random(1, i), random(2, i)] }));
  const options = { temperature: 1, topK: 20, topP: 1, inFlight: 3, stopIds: [5, 6], maxTokens: 50 };
  const reached: number[] = [];
  for await (const { request, tokens, logprob } of generate(model, requests, options)) {
    const prompt = prompts[request] ?? [];
    reached.push(prompt.length + tokens.length);
    const [[scored = 0] = []] = await decoder.logps([{ prompt, completions: [tokens] }]);
    expect(Math.abs(logprob - scored)).toBeLessThan(1e-4 * (1 + Math.abs(scored)));
  }
  // Sequences of one, two and three blocks, or this test says nothing of growth.
  expect(new Set(reached.map((length) => Math.ceil(length / 64)))).toEqual(new Set([1, 2, 3]));
  await model.release();
});

describe("a decoder on rows", () => {
  it("scores two completions of one prompt as it scores them apart", async () => {
    const folder = "tests/fixtures/qwen2";
    const config = await loadConfig(folder);
    const decoder = new Decoder(config, await loadWeights(folder, config), { train: "none" });
    const prompt = [5, 6, 7, 8];
    const completions = [
      [9, 10, 11],
      [12, 13],
    ];
    const together = await decoder.logps([{ prompt, completions }]);
    const apart = await decoder.logps(
      completions.map((completion) => ({ prompt, completions: [completion] })),
    );
    expect(relativeError(together.flat(), apart.flat())).toBeLessThan(1e-6);
  });

  it("gives a completion behind given tokens what the whole has over them, gradients too", async () => {
    const folder = "tests/fixtures/qwen2";
    const config = await loadConfig(folder);
    const decoder = new Decoder(config, await loadWeights(folder, config), { train: "full" });
    const prompt = [5, 6, 7, 8];
    const begun = { prompt, completions: [[9, 10]] };
    const whole = { prompt, completions: [[9, 10, 11, 12], [13]] };
    const rest = { ...whole, given: [2, 0] };
    const gradients = async (row: Row, seeds: Logps) => {
      for (const gradient of decoder.gradients.values()) gradient.fill(0);
      const logps = (await decoder.backward([row], () => seeds)).flat();
      return { logps, gradient: [...decoder.gradients.values()].flatMap((values) => [...values]) };
    };
    const first = await gradients(begun, [[1]]);
    const all = await gradients(whole, [[1, 0.5]]);
    const behind = await gradients(rest, [[1, 0.5]]);
    const [a = 0, b = 0] = all.logps;
    expect(relativeError(behind.logps, [a - (first.logps[0] ?? 0), b])).toBeLessThan(1e-6);
    const wanted = all.gradient.map((value, i) => value - (first.gradient[i] ?? 0));
    expect(relativeError(behind.gradient, wanted)).toBeLessThan(1e-5);
  });
});
