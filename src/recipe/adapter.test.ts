/** A recipe that begins at an adapter made elsewhere. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeJsonl } from "../data/jsonl.js";
import type { Pair } from "../data/records.js";
import { readAdapter } from "../model/adapter.js";
import { loadConfig } from "../model/config.js";
import { random } from "../random.js";
import { inspect } from "./check.js";
import { parseRecipe } from "./load.js";
import { ModelSource } from "./model.js";
import { runPipeline } from "./pipeline.js";
import { silent } from "./stage.js";
import { stagesOf } from "./stages/index.js";

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const signal = new AbortController().signal;

/** Steps so small that what is trained is where it began, to six digits. */
const STANDING = "{ maxSteps: 1, batchSize: 1, learningRate: 1.0e-9 }";
const recipeOf = (more: string) =>
  parseRecipe(
    `
model: tiny
adapter: elsewhere
problems:
  train: { reader: synthetic, split: train, count: 4, seed: 1 }
  test: { reader: synthetic, split: test, count: 3, seed: 2 }
eval: { maxTokens: 40, nearMissSamples: 0 }
${more}`,
    at("recipe.yaml"),
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-elsewhere-"));
  const model = await new ModelSource("tiny").open(silent);
  const stream = random(1, "elsewhere");
  for (const name of ["elsewhere", "other"]) {
    const adapter = await model.adapter({ rank: 2, alpha: 4 }, 1);
    for (const values of adapter.factors.values())
      for (const i of values.keys()) values[i] = 0.2 * (stream.next() - 0.5);
    const { decoder, save } = model.trainable(adapter);
    await save(at(name));
    await decoder.release();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(out: string, more: string, until?: string) {
  const recipe = recipeOf(more);
  const stages = stagesOf(recipe);
  const end = until === undefined ? stages.length : stages.findIndex(({ name }) => name === until) + 1;
  const outcomes = await runPipeline({
    ...{ recipe, out: at(out), progress: silent, signal },
    ...{ stages: stages.slice(0, end), force: true },
  });
  return Object.fromEntries(outcomes.map(({ name, outcome }) => [name, outcome]));
}

/** The largest difference of two adapters' numbers; their shapes must be the same. */
async function distance(one: string, other: string): Promise<number> {
  const config = await loadConfig("assets/tiny");
  const [a, b] = [await readAdapter(one, config), await readAdapter(other, config)];
  expect(a.lora).toEqual(b.lora);
  const differences = [...a.factors].flatMap(([name, values]) =>
    [...values].map((value, i) => Math.abs(value - (b.factors.get(name)?.[i] ?? Number.NaN))),
  );
  return differences.reduce((most, value) => Math.max(most, value), 0);
}

test("base answers with it, and anew when it has changed", async () => {
  const arms = "sft: null\narms: [base]\n";
  const answers = () => readFileSync(at("base", "predictions/base.jsonl"), "utf8");
  await run("base", arms);
  const first = answers();
  expect(await run("base", arms)).toMatchObject({ "evaluate-base": "skipped" });
  writeFileSync(at("elsewhere", "optimizer.pt"), "of no concern");
  expect(await run("base", arms)).toMatchObject({ "evaluate-base": "skipped" });
  cpSync(at("elsewhere"), at("kept"), { recursive: true });
  cpSync(at("other"), at("elsewhere"), { recursive: true });
  expect(await run("base", arms)).toMatchObject({ problems: "skipped", "evaluate-base": "ran" });
  expect(answers()).not.toBe(first);
  cpSync(at("kept"), at("elsewhere"), { recursive: true });
}, 60_000);

test("SFT goes on from it", async () => {
  await run("sft", `sft: ${STANDING}\narms: [base, sft]\n`, "sft");
  expect(await distance(at("sft/adapters/sft"), at("elsewhere"))).toBeLessThan(1e-6);
  expect(await distance(at("sft/adapters/sft"), at("other"))).toBeGreaterThan(0.01);
}, 60_000);

test("without SFT, DPO goes on from it", async () => {
  const pair: Pair = {
    ...{ prompt: "2 + 3?", chosen: "2 + 3 = 5", rejected: "2 + 3 = 6", weight: 1, problemId: "a" },
    ...{ hardness: 0.5, dimension: "arithmetic", chosenSource: "gold", rejectedSource: "sample:0" },
    firstError: null,
  };
  const recipe = recipeOf(`sft: null\ndpo: ${STANDING}\narms: [base, dpo-hard]\n`);
  const stage = stagesOf(recipe).find(({ name }) => name === "dpo-hard");
  for (const kind of ["hard", "random"]) await writeJsonl(at("dpo", `pairs-${kind}.jsonl`), [pair]);
  const path = (...parts: string[]) => at("dpo", ...parts);
  expect(stage?.inputs).toContain(at("elsewhere", "adapter_model.safetensors"));
  await stage?.run({ recipe, path, resumed: false, signal, progress: silent, history: [] });
  expect(await distance(at("dpo/adapters/dpo-hard"), at("elsewhere"))).toBeLessThan(1e-6);
}, 60_000);

test("--check looks at it, and begins nothing", async () => {
  const recipe = recipeOf("sft: null\narms: [base]\n");
  expect(await inspect(recipe, new ModelSource("tiny"))).toMatchObject({ problems: { train: 4 } });
  const config = at("elsewhere", "adapter_config.json");
  const plain = readFileSync(config, "utf8");
  writeFileSync(config, plain.replace('"use_rslora": false', '"use_rslora": true'));
  for (const name of ["tiny", "Some/Model"])
    await expect(inspect(recipe, new ModelSource(name))).rejects.toThrow(
      /^adapter: .*\n {2}use_rslora is true/,
    );
  writeFileSync(config, plain);
  const missing = { ...recipe, adapter: at("nowhere") };
  await expect(inspect(missing, new ModelSource("tiny"))).rejects.toThrow(/^adapter: Cannot read .*nowhere/);
  expect(existsSync(at("nowhere"))).toBe(false);
});
