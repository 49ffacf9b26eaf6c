import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { inProcess } from "../../tests/fakes/cli.js";
import { FakeHub } from "../../tests/fakes/hub.js";
import { writeJsonl } from "../data/jsonl.js";
import { loadConfig } from "../model/config.js";
import { loadWeights } from "../model/weights.js";
import { ModelSource } from "./model.js";
import { silent } from "./stage.js";

let folder: string;
let hub: FakeHub;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-push-"));
  hub = await FakeHub.start();
  vi.stubEnv("HF_ENDPOINT", hub.url);
  vi.stubEnv("HF_TOKEN", hub.token);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const exported = (...args: string[]) => inProcess(["export", "--run", join(folder, "run"), ...args]);

/** A run folder with one adapter, two verdicts and a pair. */
async function makeRun(): Promise<void> {
  const run = join(folder, "run");
  mkdirSync(run, { recursive: true });
  const model = await new ModelSource("tiny").open(silent);
  await model
    .trainable(await model.adapter({ rank: 2, alpha: 4 }, 1))
    .save(join(run, "adapters", "dpo-hard"));
  const prompt = { system: "Be brief.", user: "Solve: {question}" };
  writeFileSync(join(run, "recipe.yaml"), stringify({ model: "tiny", name: "test", seed: 1, prompt }));
  writeFileSync(join(run, "README.md"), "# the run\n");
  await writeJsonl(join(run, "problems.jsonl"), [
    { id: "a", question: "What is 2 + 3 * 4?", answer: "14", source: "t" },
  ]);
  const text = ["3 * 4 = 12", "2 + 12 = 15", "The answer is: 15"].join("\n");
  const sampler = { model: "tiny", temperature: 1, topP: 1, seed: 0 };
  const candidate = {
    problemId: "a",
    index: 0,
    text,
    tokenCount: 9,
    finishReason: "stop",
    logprob: -1,
    sampler,
  };
  await writeJsonl(join(run, "candidates.jsonl"), [candidate]);
  const profile = { answer: 1, arithmetic: 1, algebra: 0, logic: 0, grounding: 0, form: 0 };
  const answer = { extracted: "15", reference: "14", distance: 0.1 };
  const judged = {
    correct: false,
    answer,
    profile,
    wrongness: 1,
    absurdity: 0,
    firstErrorStep: 1,
    findings: [],
  };
  await writeJsonl(join(run, "verdicts.jsonl"), [{ problemId: "a", index: 0, ...judged }]);
  const pair = { prompt: "<rendered>", chosen: "14", rejected: "15", weight: 1, problemId: "a", hardness: 1 };
  const sources = { dimension: "arithmetic", chosenSource: "gold", rejectedSource: "sample:0" };
  await writeJsonl(join(run, "pairs-hard.jsonl"), [{ ...pair, ...sources }]);
}

test("a merged model is pushed in one commit, and comes back whole", async () => {
  await makeRun();
  const out = join(folder, "merged");
  const { code, said } = await exported("--arm", "dpo-hard", "--out", out, "--push", "me/model");
  expect([code, said]).toEqual([0, expect.stringContaining(`${hub.url}/me/model`)]);
  const files = hub.repos.get("models/me/model")?.files;
  expect([...(files?.keys() ?? [])]).toEqual(
    expect.arrayContaining(["config.json", "model.safetensors", "tokenizer.json", "README.md", "Modelfile"]),
  );
  // Number by number, as toEqual compares them, would take longer than the Hub keeps a connection.
  expect(files?.get("model.safetensors")?.equals(readFileSync(join(out, "model.safetensors")))).toBe(true);
  expect(hub.commits).toHaveLength(1);
  vi.stubEnv("HF_HUB_CACHE", join(folder, "cache"));
  const { resolveModel } = await import("../model/folder.js");
  const back = await resolveModel("me/model");
  expect((await loadWeights(back, await loadConfig(back))).size).toBeGreaterThan(10);
}, 60_000);

test("an adapter goes with the run's card; a repository that is there takes another commit", async () => {
  await makeRun();
  for (const out of ["one", "two"])
    expect(
      await exported("--arm", "dpo-hard", "--adapter", "--out", join(folder, out), "--push", "me/lora"),
    ).toMatchObject({ code: 0 });
  const files = hub.repos.get("models/me/lora")?.files;
  expect([...(files?.keys() ?? [])].sort()).toEqual([
    "README.md",
    "adapter_config.json",
    "adapter_model.safetensors",
  ]);
  expect(hub.commits).toHaveLength(2);
});

test("pairs for LLaMA-Factory hold the user's message, since it applies the template itself", async () => {
  await makeRun();
  const out = join(folder, "pairs");
  expect(
    await exported("--arm", "dpo-hard", "--data", "llama-factory", "--out", out, "--push", "me/pairs"),
  ).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(out, "pairs.jsonl"), "utf8"))).toEqual({
    ...{
      instruction: "Solve: What is 2 + 3 * 4?",
      input: "",
      system: "Be brief.",
      chosen: "14",
      rejected: "15",
    },
  });
  const { nearmiss } = JSON.parse(readFileSync(join(out, "dataset_info.json"), "utf8"));
  expect(nearmiss).toMatchObject({ file_name: "pairs.jsonl", ranking: true, columns: { system: "system" } });
  expect([...(hub.repos.get("datasets/me/pairs")?.files.keys() ?? [])]).toContain("dataset_info.json");
});

test("steps go up to the first wrong one", async () => {
  await makeRun();
  expect(await exported("--data", "stepwise", "--out", join(folder, "steps"))).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(folder, "steps", "steps.jsonl"), "utf8"))).toEqual({
    ...{
      prompt: "Solve: What is 2 + 3 * 4?",
      completions: ["3 * 4 = 12", "2 + 12 = 15"],
      labels: [true, false],
    },
  });
});

test("what stands in the way of a push is told", async () => {
  await makeRun();
  const push = (name: string, out: string) =>
    exported("--arm", "dpo-hard", "--adapter", "--out", join(folder, out), "--push", name);
  expect(await push("others/lora", "a")).toMatchObject({
    code: 1,
    said: expect.stringMatching(/others\/lora \(status 403\).*HF_TOKEN/),
  });
  vi.stubEnv("HF_TOKEN", "hf_wrong");
  const wrong = await push("me/lora", "b");
  expect(wrong).toMatchObject({ code: 1, said: expect.stringMatching(/status 401/) });
  expect(wrong.said).not.toContain("hf_wrong");
  vi.stubEnv("HF_TOKEN", "");
  expect(await push("me/lora", "c")).toMatchObject({ code: 1, said: expect.stringMatching(/HF_TOKEN/) });
  expect(await push("nobody", "d")).toMatchObject({
    code: 2,
    said: expect.stringMatching(/--push: expected OWNER\/NAME/),
  });
  expect(await exported("--out", join(folder, "e"))).toMatchObject({
    code: 2,
    said: expect.stringMatching(/Which arm/),
  });
});
