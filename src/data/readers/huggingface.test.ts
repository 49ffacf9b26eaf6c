/** The Hub's reader against a stand-in on this machine: the same paths and headers, our own data. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHub } from "../../../tests/fakes/hub.js";
import { readProblems } from "./index.js";
import { splitFiles } from "./splits.js";

const parquet = readFileSync(new URL("./fixtures/snappy.parquet", import.meta.url));
const jsonl = (answer: number) => Buffer.from(`${JSON.stringify({ prompt: `${answer}?`, gold: answer })}\n`);

let hub: FakeHub;
let cache: string;
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "nearmiss-hub-"));
  hub = await FakeHub.start();
  hub.put("datasets/ada/kites", {
    "README.md": Buffer.from("# kites"),
    "main/train-00000-of-00001.parquet": parquet,
    "main/test-00000-of-00001.parquet": parquet,
    "extra/train-00000-of-00001.parquet": parquet,
  });
  hub.put("datasets/ada/sums", {
    "dataset_infos.json": Buffer.from("{}"),
    "data/train.jsonl": jsonl(1),
    "data/test.jsonl": jsonl(2),
  });
  hub.put("datasets/ada/secret", { "train.jsonl": jsonl(3) }, 401);
  vi.stubEnv("HF_ENDPOINT", `${hub.url}/`);
  vi.stubEnv("HF_HUB_CACHE", cache);
  vi.stubEnv("HF_TOKEN", "");
  vi.stubEnv("HF_HUB_OFFLINE", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.stop();
  rmSync(cache, { recursive: true });
});

const kites = { reader: "huggingface", dataset: "ada/kites", config: "main", format: "gsm8k" } as const;
const fields = { question: "prompt", answer: "gold" };

describe("a data set by name", () => {
  it("comes as Parquet in a known format, or as JSONL with named fields", async () => {
    const problems = await readProblems({ ...kites, split: "test" });
    expect(problems.map(({ id, answer }) => [id, answer])).toEqual([
      ["kites-test-00000-of-00001-0", "8"],
      ["kites-test-00000-of-00001-1", "3"],
      ["kites-test-00000-of-00001-2", "9900"],
    ]);
    const sums = await readProblems({
      reader: "huggingface",
      dataset: "ada/sums",
      split: "test",
      format: fields,
    });
    expect(sums).toEqual([{ id: "sums-test-0", question: "2?", answer: "2", source: "ada/sums" }]);
  });

  it("is downloaded once, and read without the Hub afterwards", async () => {
    const first = await readProblems(kites);
    const downloads = () => hub.requests.filter((path) => path.includes("/resolve/")).length;
    const before = downloads();
    expect(before).toBeGreaterThan(0);
    expect(await readProblems(kites)).toEqual(first);
    expect(downloads()).toBe(before);
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    expect(await readProblems(kites)).toEqual(first);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await readProblems(kites)).toEqual(first);
  });

  it("that is private needs HF_TOKEN", async () => {
    const secret = { reader: "huggingface", dataset: "ada/secret", format: fields } as const;
    await expect(readProblems(secret)).rejects.toThrow(/ada\/secret@main \(status 401\).*HF_TOKEN/);
    vi.stubEnv("HF_TOKEN", hub.token);
    expect((await readProblems(secret)).map(({ answer }) => answer)).toEqual(["3"]);
  });

  it("tells what cannot be had", async () => {
    await expect(readProblems({ ...kites, dataset: "ada/none" })).rejects.toThrow(
      /status 404\). Check the name/,
    );
    await expect(readProblems({ ...kites, split: "dev" })).rejects.toThrow(
      /no split "dev" of configuration "main".*main\/test/,
    );
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    await expect(readProblems(kites)).rejects.toThrow(
      /The data set ada\/kites@main could not be downloaded.*Check the network/,
    );
  });
});

describe("the files of a split", () => {
  const wanted = { dataset: "a/b", split: "train" };
  it.each<[string, string[], object, string[]]>([
    [
      "shards in order",
      [
        "data/train-00001-of-00002.parquet",
        "data/train-00000-of-00002.parquet",
        "data/test-00000-of-00001.parquet",
      ],
      {},
      ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"],
    ],
    [
      "a folder of the split's name",
      ["c/train/0000.parquet", "c/test/0000.parquet"],
      { split: "test" },
      ["c/test/0000.parquet"],
    ],
    ["Parquet before JSONL", ["train.jsonl", "train.parquet"], {}, ["train.parquet"]],
    [
      "all files where none names a split",
      ["Everything-395K.json", "README.md", ".cache.json"],
      {},
      ["Everything-395K.json"],
    ],
    ["no part of a longer word", ["trainer.jsonl", "train.jsonl"], {}, ["train.jsonl"]],
  ])("%s", (_name, paths, more, expected) => {
    expect(splitFiles(paths, { ...wanted, ...more })).toEqual(expected);
  });

  it("asks which configuration is meant", () => {
    const paths = ["main/train.parquet", "socratic/train.parquet"];
    expect(() => splitFiles(paths, wanted)).toThrow(/several configurations.*: main, socratic. Name one/);
    expect(splitFiles(paths, { ...wanted, config: "main" })).toEqual(["main/train.parquet"]);
    expect(() => splitFiles(["README.md"], wanted)).toThrow(/holds no Parquet, JSONL or JSON/);
  });
});
