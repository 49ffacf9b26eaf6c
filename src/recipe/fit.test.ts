import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Decoder } from "../model/decoder.js";
import { SftOptions } from "../training/options.js";
import { fitSft } from "./fit.js";
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

async function train(signal: AbortSignal) {
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
      adapter: join(folder, "adapter"),
      checkpoints: join(folder, "checkpoints"),
      metrics: join(folder, "metrics.jsonl"),
      reference: join(folder, "reference"),
    },
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
