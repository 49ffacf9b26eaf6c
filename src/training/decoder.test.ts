/** The recipes on the real decoder, on a small random model: what the bigram model cannot show. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAdapter } from "../model/adapter.js";
import { loadConfig } from "../model/config.js";
import { Decoder } from "../model/decoder.js";
import { LOADERS, PRECISIONS, type Precision } from "../model/weights.js";
import { random } from "../random.js";
import { trainDpo } from "./dpo.js";
import type { Example } from "./examples.js";
import type { Progress } from "./loop.js";
import { DpoOptions, SftOptions } from "./options.js";
import { trainSft } from "./sft.js";

const MODEL = "tests/fixtures/qwen2";
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "training-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** The model with its adapter, which is not zero: as DPO finds it after SFT. */
async function load(precision: Precision = "fp32"): Promise<Decoder> {
  const config = await loadConfig(MODEL);
  const { lora, factors } = await readAdapter(join(MODEL, "adapter"), config);
  const weights = await LOADERS[precision](MODEL, config);
  return new Decoder(config, weights, { train: "lora", lora, adapter: factors });
}

async function examples(completions: number, count: number): Promise<Example[]> {
  const { vocabSize } = await loadConfig(MODEL);
  const stream = random(3, "tokens");
  const tokens = (low: number, high: number) =>
    Array.from({ length: stream.int(low, high) }, () => stream.int(0, vocabSize - 1));
  return Array.from({ length: count }, (_, i) => ({
    id: `x${i}`,
    row: { prompt: tokens(3, 20), completions: Array.from({ length: completions }, () => tokens(2, 30)) },
    weight: 0.5 + stream.next(),
  }));
}

const options = { epochs: 2, batchSize: 6, microBatchTokens: 90, learningRate: 1e-3, checkpointEvery: 3 };

function stopAfter(steps: number) {
  const controller = new AbortController();
  const onProgress = (progress: Progress) => {
    if (progress.phase === "train" && progress.step === steps) controller.abort(new Error("stopped"));
  };
  return { signal: controller.signal, onProgress };
}

describe("training the decoder", () => {
  it("starts DPO at loss 0.693147 with rewards 0, and moves apart what it should", async () => {
    const folder = join(root, "dpo");
    const pairs = await examples(2, 12);
    const dpo = DpoOptions.parse({ ...options, epochs: 4 });
    await trainDpo({
      model: await load(),
      identity: MODEL,
      arm: "dpo",
      folder,
      pairs,
      weighted: true,
      options: dpo,
    });
    const steps = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
    const [first, last] = [steps[0], steps.at(-1)].map((line) => JSON.parse(line ?? ""));
    expect(first.loss.toFixed(6)).toBe("0.693147");
    expect(Math.abs(first["rewards/chosen"])).toBeLessThan(1e-6);
    expect(Math.abs(first["rewards/rejected"])).toBeLessThan(1e-6);
    expect(last["rewards/margins"]).toBeGreaterThan(first["rewards/margins"] + 0.01);
  });

  it.each(PRECISIONS)(
    "resumes SFT in %s to the same bits after a stop between checkpoints",
    async (precision) => {
      const data = await examples(1, 12);
      const train = async (name: string, more: object = {}) => {
        const model = await load(precision);
        const run = { model, identity: MODEL, arm: "sft", folder: join(root, name), examples: data };
        await trainSft({ ...run, options: SftOptions.parse(options), ...more });
        return {
          parameters: model.parameters,
          metrics: readFileSync(join(root, name, "metrics.jsonl"), "utf8"),
        };
      };
      const whole = await train("whole");
      await expect(train("cut", stopAfter(2))).rejects.toThrow("stopped");
      expect(await train("cut")).toEqual(whole);
    },
  );
});
