import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Decoder } from "../model/decoder.js";
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

async function train(signal: AbortSignal, memory: Memory = "auto", name = "adapter") {
  const model = await new ModelSource("tiny").open(silent);
  return fitSft({
    model,
    adapter: model.freshAdapter({ rank: 1, alpha: 1 }, 1),
    arm: "sft",
    problems: [
      { id: "a", question: "What is 1 + 1?", answer: "2", solution: "The answer is: 2", source: "test" },
    ],
    prompt: { user: "{question}" },
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
  const model = await new ModelSource("tiny").open(silent);
  const trained = async (memory: Memory) => {
    await train(signal, memory, memory);
    return (await model.readAdapter(join(folder, memory))).factors;
  };
  const [kept, again] = [await trained("keep"), await trained("recompute")];
  let largest = 0;
  for (const [name, values] of kept) {
    values.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - (again.get(name)?.[i] ?? Number.NaN)));
    });
  }
  expect(largest).toBeLessThan(1e-4);
}, 60_000);
