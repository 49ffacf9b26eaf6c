import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tensor } from "../engine/index.js";
import { arePaired } from "../engine/processor.js";
import { random } from "../random.js";
import { generate } from "../sampling/generate.js";
import { readAdapter } from "./adapter.js";
import { CachedDecoder } from "./cache.js";
import { loadConfig } from "./config.js";
import { Decoder, freshAdapter } from "./decoder.js";
import { isFrozen } from "./frozen.js";
import type { Weights } from "./layers.js";
import { quantize } from "./quantize.js";
import type { Row } from "./types.js";
import { loadQuantized } from "./weights.js";

describe("quantize", () => {
  it("is off by half a step of the row's scale at most, and keeps zeros zero", () => {
    const row = fc.array(
      fc.integer({ min: -100000, max: 100000 }).map((n) => n / 1000),
      { minLength: 3, maxLength: 3 },
    );
    fc.assert(
      fc.property(row, row, (a, b) => {
        const data = Float32Array.from([...a, ...b]);
        const { bytes, scale } = quantize({ data, shape: [2, 3] });
        data.forEach((value, i) => {
          const step = scale.data[Math.floor(i / 3)] ?? 0;
          const back = (bytes.data[i] ?? 0) * step;
          expect(Math.abs(back - value)).toBeLessThanOrEqual(step * 0.5001);
          if (value === 0) expect(back).toBe(0);
        });
        expect(arePaired(bytes)).toBe(true);
      }),
    );
  });
});

/** Float32 weights with the very numbers that the 8-bit ones of the layers stand for. */
async function widened(weights: Weights): Promise<Weights> {
  const wide = new Map<string, Tensor>();
  for (const [name, weight] of weights) {
    if (!isFrozen(weight)) {
      wide.set(name, weight);
    } else if (name.startsWith("model.layers.")) {
      const { bytes, scale } = await weight.quantized();
      const inner = weight.shape[1] ?? 1;
      const data = Float32Array.from(
        bytes.data,
        (byte, i) => byte * (scale.data[Math.floor(i / inner)] ?? 0),
      );
      wide.set(name, { data, shape: weight.shape });
    } else {
      wide.set(name, await weight.rows(Int32Array.from({ length: weight.shape[0] ?? 0 }, (_, i) => i)));
    }
  }
  return wide;
}

/**
 * What rounding activations to 8 bits may change, as a share of the norm. On these small random models, where little
 * averages out, log-probabilities move by up to 0.25 % and gradients by up to 11 %; the bounds are about twice that.
 */
const LOGP_BOUND = 0.005;
const GRADIENT_BOUND = 0.2;
/** When decoding, the drawn token's own logit is of 8 bits too: sums move by up to 1 % on these models. */
const DECODED_BOUND = 0.02;

describe.each(["qwen2", "llama", "llama-bias"])("a decoder on an 8-bit base: %s", (name) => {
  const folder = join("tests/fixtures", name);
  const rows = (JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as { rows: Row[] }).rows;

  async function load() {
    const config = await loadConfig(folder);
    const weights = await loadQuantized(folder, config);
    const { lora, factors } = await readAdapter(join(folder, "adapter"), config);
    const lora8 = (recompute = false) =>
      new Decoder(config, weights, { train: "lora", lora, adapter: factors, recompute });
    const wide = await widened(weights);
    const lora32 = () => new Decoder(config, wide, { train: "lora", lora, adapter: factors });
    return { config, weights, lora, lora8, lora32 };
  }

  const norm = (xs: readonly number[]): number => Math.hypot(...xs);
  const distance = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
    norm(Array.from(expected, (v, i) => (found[i] ?? Number.NaN) - v)) / norm(Array.from(expected));

  it("scores as float32 does on the same weights, but for rounded activations", async () => {
    const { lora8, lora32 } = await load();
    for (const adapter of [true, false]) {
      const [found, expected] = [
        await lora8().logps(rows, { adapter }),
        await lora32().logps(rows, { adapter }),
      ];
      expect(distance(found.flat(), expected.flat())).toBeLessThan(LOGP_BOUND);
      expect(found).not.toEqual(expected);
    }
  });

  it("has the gradients of float32 within the bound, kept or computed again", async () => {
    const { lora8, lora32 } = await load();
    const [kept, again, expected] = [lora8(), lora8(true), lora32()];
    for (const decoder of [kept, again, expected])
      await decoder.backward(rows, (logps) => logps.map((row) => row.map((_, i) => (i === 0 ? 1 : -1))));
    for (const [key, gradient] of expected.gradients) {
      expect(distance(kept.gradients.get(key) ?? [], gradient), key).toBeLessThan(GRADIENT_BOUND);
      expect(again.gradients.get(key), key).toEqual(kept.gradients.get(key));
    }
  });

  it("is its own reference to the bit while the adapter is new", async () => {
    const { config, weights, lora } = await load();
    const stream = random(1);
    const adapter = freshAdapter(config, lora, () => stream.next());
    const decoder = new Decoder(config, weights, { train: "lora", lora, adapter });
    expect(await decoder.logps(rows)).toEqual(await decoder.logps(rows, { adapter: false }));
  });

  it("decodes from the cache what it scores, but for rounding", async () => {
    const { config, weights } = await load();
    const decoder = new Decoder(config, weights, { train: "none" });
    const model = new CachedDecoder(decoder);
    const prompt = [...(rows[0]?.prompt ?? [])];
    const settings = { temperature: 0, topK: 1, topP: 1, inFlight: 2, maxTokens: 6, stopIds: [] };
    for await (const { tokens, logprob } of generate(model, [{ prompt, streams: [random(1)] }], settings)) {
      const [[scored = 0] = []] = await decoder.logps([{ prompt, completions: [tokens] }]);
      expect(Math.abs(logprob / scored - 1)).toBeLessThan(DECODED_BOUND);
    }
    await model.release();
  });

  it("cannot be trained as a whole", async () => {
    const { config, weights } = await load();
    expect(() => new Decoder(config, weights, { train: "full" })).toThrow("8-bit weights cannot be trained");
  });
});
