import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readJson, readJsonlAll } from "../data/jsonl.js";
import { Candidate, Pair, Problem } from "../data/records.js";
import { Report } from "../report/schema.js";
import { parseRecipe } from "./load.js";
import { runPipeline } from "./pipeline.js";
import { silent } from "./stage.js";
import { stagesOf } from "./stages/index.js";

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "nearmiss-whole-"));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Every stage on the shipped model, as small as it can be. */
const RECIPE = `
model: tiny
seed: 3
problems:
  train: { reader: synthetic, split: train, count: 12, seed: 1 }
  test: { reader: synthetic, split: test, count: 6, seed: 2 }
  transfer:
    elsewhere: { reader: synthetic, split: test, count: 5, seed: 99 }
sft: { batchSize: 4 }
sample: { problems: 8, n: 4, temperature: 1, topP: 1, maxTokens: 100, inFlight: 32 }
dpo: { batchSize: 4 }
arms: [base, sft, sft-chosen, dpo-weighted]
eval: { maxTokens: 100, nearMissSamples: 2 }
`;

test("a whole run leaves what its report says, transfer set and all, and has nothing left to do", async () => {
  const recipe = parseRecipe(RECIPE, "/recipes/whole.yaml");
  const signal = new AbortController().signal;
  const go = () => runPipeline({ recipe, stages: stagesOf(recipe), out, progress: silent, signal });
  const outcomes = await go();
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(outcomes.map(() => "ran"));

  const report = await readJson(join(out, "report.json"), Report);
  const ids = async (file: string) => (await readJsonlAll(join(out, file), Problem)).map(({ id }) => id);
  expect(report.problems).toEqual(await ids("test.jsonl"));
  expect(report.arms.map(({ name, total }) => [name, total])).toEqual([
    ["base", 6],
    ["sft", 6],
    ["sft-chosen", 6],
    ["dpo-weighted", 6],
  ]);
  for (const { outcomes: solved, correct } of report.arms)
    expect([...solved].filter((c) => c === "1")).toHaveLength(correct);

  // Only the first problems are sampled, and so only those can give pairs.
  const sampled = new Set((await ids("problems.jsonl")).slice(0, 8));
  const candidates = await readJsonlAll(join(out, "candidates.jsonl"), Candidate);
  expect(new Set(candidates.map(({ problemId }) => problemId))).toEqual(sampled);
  const pairs = await readJsonlAll(join(out, "pairs-hard.jsonl"), Pair);
  for (const { problemId } of pairs) expect(sampled).toContain(problemId);
  expect(report.warnings[0]).toContain(`Only ${pairs.length} pairs`);

  // The control sees the chosen sides of the same pairs for as many steps.
  const stage = (name: string) => report.stages.find((one) => one.name === name);
  expect(stage("sft-chosen")).toMatchObject({ examples: pairs.length, steps: stage("dpo-weighted")?.steps });
  expect(report.curves.map(({ arm, stage }) => [arm, stage])).toEqual([
    ["sft", "sft"],
    ["sft-chosen", "sft"],
    ["dpo-weighted", "dpo"],
  ]);

  const [transfer] = report.transfer;
  expect(transfer?.problems).toEqual(await ids("transfer/elsewhere.jsonl"));
  expect(transfer?.arms.map(({ total }) => total)).toEqual([5, 5, 5, 5]);
  expect(transfer?.comparisons.map(({ a, b }) => [a, b])).toEqual([
    ["sft", "base"],
    ["sft-chosen", "sft"],
    ["dpo-weighted", "sft"],
    ["dpo-weighted", "sft-chosen"],
  ]);
  expect(existsSync(join(out, "predictions/elsewhere/sft-verdicts.jsonl"))).toBe(true);

  expect((await go()).map(({ outcome }) => outcome)).toEqual(outcomes.map(() => "skipped"));
});
