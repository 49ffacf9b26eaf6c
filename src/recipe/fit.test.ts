import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Decoder } from "../model/decoder.js";
import type { Precision } from "../model/weights.js";
import { SftOptions } from "../training/options.js";
import { fitSft } from "./fit.js";
import type { Memory } from "./memory.js";
import { ModelSource } from "./model.js";
import { silent } from "./stage.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-fit-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

async function train(
  signal: AbortSignal,
  memory: Memory = "auto",
  name = "adapter",
  precision: Precision = "fp32",
) {
  const model = await new ModelSource("tiny", precision).open(silent);
  return fitSft({
    model,
    adapter: await model.adapter({ rank: 1, alpha: 1 }, 1),
    arm: "sft",
    texts: [{ id: "a", prompt: "What is 1 + 1?", completion: "The answer is: 2" }],
    options: SftOptions.parse({}),
    files: {
      adapter: join(folder, name),
      checkpoints: join(folder, `${name}-checkpoints`),
      metrics: join(folder, "metrics.jsonl"),
      reference: join(folder, "reference"),
    },
    memory,
    progress: silent,
    signal,
  });
}

test("a training releases its graphs, whether it ends or is stopped", async () => {
  const release = vi.spyOn(Decoder.prototype, "release");
  await expect(train(AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  expect(release).toHaveBeenCalledTimes(1);
  expect(existsSync(join(folder, "adapter"))).toBe(false);
  expect(await train(new AbortController().signal)).toMatchObject({ examples: 1, steps: 1 });
  expect(release).toHaveBeenCalledTimes(2);
  expect(existsSync(join(folder, "adapter"))).toBe(true);
}, 60_000);

test("computing activations again gives the same adapter but for rounding", async () => {
  const { signal } = new AbortController();
  await train(signal, "keep", "kept");
  await train(signal, "recompute", "again");
  expect(distance(await factors("kept"), await factors("again"))).toBeLessThan(1e-4);
}, 60_000);

test("in 8 bits the same adapter comes out every time, near that of float32 but not the same", async () => {
  const { signal } = new AbortController();
  for (const [name, precision] of [
    ["full", "fp32"],
    ["short", "int8"],
    ["again", "int8"],
  ] as const) {
    await train(signal, "auto", name, precision);
  }
  const short = await factors("short");
  expect(distance(short, await factors("again"))).toBe(0);
  expect(distance(short, await factors("full"))).toBeGreaterThan(0);
  // One step of AdamW moves every number by the learning rate, 2e-4, up or down; 8 bits turn the sign of few.
  expect(farther(short, await factors("full"), 1e-4)).toBeLessThan(0.1);
}, 60_000);

test("a checkpoint of one precision is not gone on with in another", async () => {
  const { signal } = new AbortController();
  await train(signal);
  await expect(train(signal, "auto", "adapter", "int8")).rejects.toThrow("identity");
}, 60_000);

type Factors = ReadonlyMap<string, Float32Array>;

async function factors(name: string): Promise<Factors> {
  const model = await new ModelSource("tiny").open(silent);
  return (await model.readAdapter(join(folder, name))).factors;
}

/** How far each number of one adapter is from that of the other. */
function differences(a: Factors, b: Factors): number[] {
  return [...a].flatMap(([name, values]) =>
    Array.from(values, (value, i) => Math.abs(value - (b.get(name)?.[i] ?? Number.NaN))),
  );
}

const distance = (a: Factors, b: Factors): number => Math.max(...differences(a, b));

/** The share of the numbers that are farther apart than `bound`. */
function farther(a: Factors, b: Factors, bound: number): number {
  const all = differences(a, b);
  return all.filter((d) => !(d <= bound)).length / all.length;
}
