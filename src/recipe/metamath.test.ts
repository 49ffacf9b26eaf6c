/** The publication's own recipe, as committed, against a stand-in of the Hub that serves small data under the real names. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inProcess } from "../../tests/fakes/cli.js";
import { FakeHub } from "../../tests/fakes/hub.js";
import { readJson, readJsonlAll } from "../data/jsonl.js";
import { readProblems } from "../data/readers/index.js";
import { Problem } from "../data/records.js";
import { synthetic } from "../data/synthetic/index.js";
import { Report } from "../report/schema.js";

const RECIPE = "recipes/gsm8k-metamath-qwen2.5-1.5b.yaml";
const MODEL = "Qwen/Qwen2.5-1.5B";
const folder = mkdtempSync(join(tmpdir(), "nearmiss-metamath-"));
let hub: FakeHub;

/** What makes the run short; everything else is the recipe's. */
const SMALL = [
  "lora.rank=2",
  "sft.maxSteps=1",
  "sft.batchSize=4",
  "sample.n=2",
  "sample.maxTokens=60",
  "dpo.maxSteps=2",
  "dpo.batchSize=4",
  "arms=[base, sft, dpo-weighted]",
  "eval.maxTokens=60",
  "eval.nearMissSamples=1",
];

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const jsonl = (rows: readonly object[]) => Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n"));

/** Three questions in GSM8K's format. */
const gsm8kTest = readFileSync(new URL("../data/readers/fixtures/snappy.parquet", import.meta.url));

/** Rows as MetaMathQA has them: two of each original question, and one row that is a test question of GSM8K. */
function metaMathRows(leaked: string): object[] {
  const rows = synthetic({ split: "train", count: 10, seed: 5 }).flatMap(({ question, solution }) =>
    ["GSM_Rephrased", "GSM_AnsAug"].map((type) => ({
      query: question,
      response: solution,
      original_question: question,
      type,
    })),
  );
  const type = "GSM_Rephrased";
  return [...rows, { query: leaked, response: "The answer is: 1", original_question: leaked, type }];
}

beforeAll(async () => {
  hub = await FakeHub.start();
  const tiny = readdirSync("assets/tiny").map((name) => [name, readFileSync(join("assets/tiny", name))]);
  hub.put(`models/${MODEL}`, Object.fromEntries(tiny));
  hub.put("datasets/openai/gsm8k", {
    "main/train-00000-of-00001.parquet": gsm8kTest,
    "main/test-00000-of-00001.parquet": gsm8kTest,
    "socratic/test-00000-of-00001.parquet": gsm8kTest,
  });
  const svamp = { ID: "chal-1", Body: "Each pack has 76 pens. He gives 25 away.", Type: "Subtraction" };
  hub.put("datasets/ChilleD/SVAMP", {
    "data/train.jsonl": jsonl([]),
    "data/test.jsonl": jsonl([
      { ...svamp, Question: "How many are left?", Equation: "( 76.0 - 25.0 )", Answer: "51" },
    ]),
  });
  vi.stubEnv("HF_ENDPOINT", hub.url);
  vi.stubEnv("HF_HUB_CACHE", join(folder, "cache"));
  vi.stubEnv("HF_HUB_OFFLINE", "");
  vi.stubEnv("HF_TOKEN", "");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("--check finds it in order, and asks nothing of the Hub", async () => {
  const { code, said } = await inProcess(["run", RECIPE, "--check"]);
  expect([code, said]).toEqual([0, expect.stringContaining("is in order")]);
  expect(said).toContain(`Model: ${MODEL} (on the Hugging Face Hub`);
  expect(said).toMatch(
    /Stages: problems, sft, sample, verify, mine, sft-chosen, dpo-random, dpo-hard, dpo-weighted,/,
  );
  expect(hub.requests).toEqual([]);
});

test("it runs to its report, on the model and data sets that it names", async () => {
  const [first] = await readProblems({
    reader: "huggingface",
    dataset: "openai/gsm8k",
    config: "main",
    split: "test",
    format: "gsm8k",
  });
  hub.put("datasets/meta-math/MetaMathQA", {
    "README.md": Buffer.from("# MetaMathQA"),
    "MetaMathQA-395K.json": json(metaMathRows(first?.question ?? "")),
  });
  const out = join(folder, "run");
  const small = SMALL.flatMap((setting) => ["--set", setting]);
  const { code, said } = await inProcess(["run", RECIPE, "--out", out, ...small]);
  expect([code, said]).toEqual([
    0,
    expect.stringContaining("left out 1 training problems that resemble a test problem"),
  ]);

  const train = await readJsonlAll(join(out, "problems.jsonl"), Problem);
  expect(train).toHaveLength(20);
  const report = await readJson(join(out, "report.json"), Report);
  expect(report.model).toBe(MODEL);
  expect(report.arms.map(({ name, total }) => [name, total])).toEqual(
    ["base", "sft", "dpo-weighted"].map((name) => [name, 3]),
  );
  expect(report.transfer.map(({ name, problems }) => [name, problems.length])).toEqual([["svamp", 1]]);
  expect(report.miner?.pairs.total).toBeGreaterThan(0);
});
