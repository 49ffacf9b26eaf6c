/** The Hub's reader against a stand-in on this machine: the same paths and headers, our own data. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readProblems } from "./index.js";
import { splitFiles } from "./splits.js";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const TOKEN = "hf_aTokenOfOurOwn";
const parquet = readFileSync(new URL("./fixtures/snappy.parquet", import.meta.url));
const jsonl = (answer: number) => Buffer.from(`${JSON.stringify({ prompt: `${answer}?`, gold: answer })}\n`);

const REPOS: Record<string, Record<string, Buffer>> = {
  "ada/kites": {
    "README.md": Buffer.from("# kites"),
    "main/train-00000-of-00001.parquet": parquet,
    "main/test-00000-of-00001.parquet": parquet,
    "extra/train-00000-of-00001.parquet": parquet,
  },
  "ada/sums": {
    "dataset_infos.json": Buffer.from("{}"),
    "data/train.jsonl": jsonl(1),
    "data/test.jsonl": jsonl(2),
  },
  "ada/secret": { "train.jsonl": jsonl(3) },
};

let server: Server;
let cache: string;
let requests: string[];
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "nearmiss-hub-"));
  requests = [];
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${address.port}/`);
  vi.stubEnv("HF_HUB_CACHE", cache);
  vi.stubEnv("HF_TOKEN", "");
  vi.stubEnv("HF_HUB_OFFLINE", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  server.closeAllConnections();
  rmSync(cache, { recursive: true });
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://hub").pathname);
  requests.push(path);
  const [, name = "", rest = ""] = /^\/(?:api\/)?datasets\/([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
  const files = REPOS[name];
  const allowed = name !== "ada/secret" || request.headers.authorization === `Bearer ${TOKEN}`;
  if (files === undefined || !allowed) return void response.writeHead(files === undefined ? 404 : 401).end();
  const json = (value: unknown) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (rest.startsWith("revision/")) {
    return void json({
      _id: "1",
      id: name,
      sha: COMMIT,
      private: false,
      gated: false,
      downloads: 0,
      likes: 0,
      lastModified: "2025-01-01",
    });
  }
  if (rest === `tree/${COMMIT}`) {
    return void json(
      Object.entries(files).map(([file, bytes]) => ({
        type: "file",
        oid: "1",
        size: bytes.length,
        path: file,
      })),
    );
  }
  const bytes = files[rest.replace(`resolve/${COMMIT}/`, "")];
  if (bytes === undefined) return void response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const part = range === null ? bytes : bytes.subarray(Number(range[1]), Number(range[2]) + 1);
  const headers = {
    etag: '"1"',
    "content-length": part.length,
    "content-range": `bytes 0-${part.length - 1}/${bytes.length}`,
  };
  response.writeHead(range === null ? 200 : 206, headers).end(part);
}

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
    const downloads = () => requests.filter((path) => path.includes("/resolve/")).length;
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
    await expect(readProblems(secret)).rejects.toThrow(/ada\/secret@main: the Hub answered 401.*HF_TOKEN/);
    vi.stubEnv("HF_TOKEN", TOKEN);
    expect((await readProblems(secret)).map(({ answer }) => answer)).toEqual(["3"]);
  });

  it("tells what cannot be had", async () => {
    await expect(readProblems({ ...kites, dataset: "ada/none" })).rejects.toThrow(
      /answered 404. Check its name/,
    );
    await expect(readProblems({ ...kites, split: "dev" })).rejects.toThrow(
      /no split "dev" of configuration "main".*main\/test/,
    );
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    await expect(readProblems(kites)).rejects.toThrow(
      /Cannot get the data set ada\/kites@main: .*Check the network/,
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
