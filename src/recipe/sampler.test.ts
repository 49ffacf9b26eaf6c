import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answer, ChatServer } from "../../tests/fakes/chat-server.js";
import { Candidate } from "../data/records.js";
import { sampleInto } from "./candidates.js";
import { parseRecipe } from "./load.js";
import { serverSampler } from "./sampler.js";
import { SampleOptions } from "./schema.js";
import { stagesOf } from "./stages/index.js";

let folder: string;
let server: ChatServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-served-"));
  server = await ChatServer.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const problems = ["a", "b", "c"].map((id) => ({
  id,
  question: `question ${id}`,
  answer: "1",
  source: "test",
}));

async function sample(change: object = {}, signal = new AbortController().signal) {
  const options = SampleOptions.parse({
    engine: "openai",
    baseUrl: server.url,
    n: 2,
    concurrency: 1,
    ...change,
  });
  const said: string[] = [];
  const note = (line: string) => void said.push(line);
  const figures = await sampleInto({
    sampler: serverSampler(options, "small", { user: "Solve: {question}" }),
    problems,
    options: { ...options, seed: 0 },
    file: join(folder, "c.jsonl"),
    label: "sampling",
    progress: { note, start: () => ({ update: () => {}, end: () => {} }) },
    signal,
  });
  return { figures, said };
}

const rows = () =>
  readFileSync(join(folder, "c.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => Candidate.parse(JSON.parse(line)));
const keys = () => rows().map(({ problemId, index }) => `${problemId}${index}`);

test("a file that was begun is filled up without a duplicate; one of other options is refused", async () => {
  const controller = new AbortController();
  server.manner = (asked, response, number) => {
    if (number === 2) controller.abort(new Error("stop"));
    else answer(asked, response);
  };
  await expect(sample({}, controller.signal)).rejects.toThrow("stop");
  expect(keys()).toEqual(["a0", "a1"]);
  server.manner = (asked, response) => answer(asked, response);
  const { figures, said } = await sample();
  expect(keys().sort()).toEqual(["a0", "a1", "b0", "b1", "c0", "c1"]);
  expect(figures).toMatchObject({ candidates: 6 });
  expect(said.join("\n")).toMatch(/2 requests .*at most 1024 out\n.*the servers counted 20 tokens in, 8 out/);
  expect(server.asked[0]?.messages).toEqual([{ role: "user", content: "Solve: question a" }]);
  expect(server.asked[0]).toMatchObject({ model: "small" });
  for (const change of [{ maxTokens: 99 }, { topK: 2 }, { extra: { min_p: 0.5 } }, { model: "other" }])
    await expect(sample(change)).rejects.toThrow(/sampled otherwise/);
  expect(await sample({ concurrency: 8, timeoutSeconds: 5 })).toMatchObject({ said: [] });
});

const recipe = (sample: string) =>
  parseRecipe(
    `model: tiny
problems:
  train: { reader: synthetic, split: train, count: 5, seed: 1 }
  test: { reader: synthetic, split: test, count: 5, seed: 1 }
sample: ${sample}
`,
    "recipe.yaml",
  );

test("in a recipe, only what decides the samples makes another stage", () => {
  const stage = (extra: string) => {
    const found = stagesOf(recipe(`{ engine: openai, baseUrl: "http://a:1/v1"${extra} }`));
    return found.find(({ name }) => name === "sample");
  };
  const { options, inputs } = stage("") ?? {};
  expect(inputs).toEqual(["problems.jsonl"]);
  expect(stage(", concurrency: 3, retries: 1, price: { input: 1, output: 1 }")?.options).toEqual(options);
  expect(stage(", model: other")?.options).not.toEqual(options);
});

const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ["no address", "{ engine: openai }", /sample\.baseUrl: is missing/],
  ["an address without the engine", '{ baseUrl: "http://a/v1" }', /sample\.engine: is local/],
  [
    "a key in the address",
    '{ engine: openai, baseUrl: "http://me:pw@a/v1" }',
    /sample\.baseUrl.*NEARMISS_API_KEY/,
  ],
  ["no address at all", '{ engine: openai, baseUrl: "a" }', /sample\.baseUrl: expected an address/],
];
test.each(WRONG)("a recipe with %s is refused", (_, block, says) => {
  expect(() => recipe(block)).toThrow(says);
});
