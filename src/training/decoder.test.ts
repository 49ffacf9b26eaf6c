/** The recipes on the real decoder, on a small random model: what the bigram model cannot show. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SMALL_MODEL, SMALL_OPTIONS, smallExamples, smallModel } from "../../tests/fakes/small-training.js";
import { trainDpo } from "./dpo.js";
import { DpoOptions } from "./options.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "training-"));
});
afterEach(() => rmSync(root, { recursive: true }));

it("starts DPO at loss 0.693147 with rewards 0, and moves apart what it should", async () => {
  const model = await smallModel();
  await trainDpo({
    model,
    identity: SMALL_MODEL,
    arm: "dpo",
    folder: root,
    pairs: smallExamples(model.config.vocabSize, 2),
    weighted: true,
    options: DpoOptions.parse({ ...SMALL_OPTIONS, epochs: 4 }),
  });
  const steps = readFileSync(join(root, "metrics.jsonl"), "utf8").trim().split("\n");
  const [first, last] = [steps[0], steps.at(-1)].map((line) => JSON.parse(line ?? ""));
  expect(first.loss.toFixed(6)).toBe("0.693147");
  expect(Math.abs(first["rewards/chosen"])).toBeLessThan(1e-6);
  expect(Math.abs(first["rewards/rejected"])).toBeLessThan(1e-6);
  expect(last["rewards/margins"]).toBeGreaterThan(first["rewards/margins"] + 0.01);
});
