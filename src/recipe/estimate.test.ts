import { expect, it } from "vitest";
import { estimate, total } from "./estimate.js";
import { Recipe } from "./schema.js";

const source = { reader: "synthetic", split: "train", count: 1, seed: 1 };
const recipe = (more: object = {}): Recipe =>
  Recipe.parse({
    name: "n",
    model: "m",
    problems: { train: source, test: { ...source, split: "test" } },
    ...more,
  });

const rates = { train: 100, score: 1000, sample: 50, verify: 10 };
const sizes = { train: 20, test: 10, transfer: 0, prompt: 100, solution: 60, sampled: 80 };
const secondsOf = (name: string, more: object = {}, other: object = {}) =>
  estimate(recipe(more), { ...sizes, ...other }, rates).find((stage) => stage.name === name)?.seconds;

it("counts each stage's work by hand", () => {
  expect(secondsOf("sft")).toBeCloseTo((20 * 160) / 100);
  // A question once, its four samples after it.
  expect(secondsOf("sample")).toBeCloseTo(20 * (100 / 1000 + (4 * 80) / 50));
  expect(secondsOf("sample", { sample: { maxTokens: 10 } })).toBeCloseTo(20 * (100 / 1000 + (4 * 10) / 50));
  expect(secondsOf("verify")).toBeCloseTo((20 * 4) / 10);
  expect(secondsOf("evaluate-sft", {}, { transfer: 5 })).toBeCloseTo(15 * (100 / 1000 + 80 / 50));
});

it("the first arm on a set of pairs pays for the reference, the others find it", () => {
  const [pairs, tokens] = [40, 100 + 2 * 80];
  expect(secondsOf("dpo-hard")).toBeCloseTo(pairs * tokens * (1 / 100 + 1 / 1000));
  expect(secondsOf("dpo-weighted")).toBeCloseTo((pairs * tokens) / 100);
  const arms = ["sft-chosen", "dpo-hard"];
  expect(secondsOf("sft-chosen", { arms })).toBeCloseTo((pairs * (100 + 80)) / 100);
  expect(secondsOf("dpo-hard", { arms })).toBe(secondsOf("dpo-hard"));
  expect(secondsOf("dpo-weighted", { dpo: { maxSteps: 3, batchSize: 4 } })).toBeCloseTo((12 * tokens) / 100);
});

it("stages that a recipe leaves out cost nothing; twice the problems are twice the work", () => {
  const names = estimate(recipe({ sft: null, arms: ["base"], eval: { nearMissSamples: 0 } }), sizes, rates);
  expect(names.map(({ name }) => name)).toEqual(["evaluate-base", "score"]);
  const twice = { ...sizes, train: 40, test: 20 };
  expect(total(estimate(recipe(), twice, rates))).toBeCloseTo(2 * total(estimate(recipe(), sizes, rates)));
});
