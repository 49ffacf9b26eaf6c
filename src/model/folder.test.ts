import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadConfig } from "./config.js";
import { resolveModel } from "./folder.js";
import { loadTokenizer } from "./tokenizer.js";
import { loadWeights } from "./weights.js";

const fixture = join(import.meta.dirname, "../../tests/fixtures/qwen2");
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "models-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

describe("folders", () => {
  test("a whole one is taken as it is", async () => {
    expect(await resolveModel(fixture)).toBe(fixture);
  });

  test("one that lacks files says which", async () => {
    await writeFile(join(folder, "config.json"), "{}");
    await expect(resolveModel(folder)).rejects.toThrow(/tokenizer.json, model.safetensors missing/);
    await writeFile(join(folder, "pytorch_model.bin"), "");
    await expect(resolveModel(folder)).rejects.toThrow(/pytorch_model.bin.*convert/);
  });

  test("a file, and a name that is neither folder nor Hub name", async () => {
    await expect(resolveModel(join(fixture, "config.json"))).rejects.toThrow(/is a file/);
    await expect(resolveModel("./no/such/folder")).rejects.toThrow(/neither a folder here nor a Hub name/);
    await expect(resolveModel("gpt2")).rejects.toThrow(/neither a folder here nor a Hub name/);
  });
});

/** A stand-in for the Hub on this machine, with one model: the qwen2 fixture and files nobody asked for. */
class FakeHub {
  sha = "a".repeat(40);
  files = new Map<string, Buffer>();
  requests: string[] = [];
  /** Ends the connection in the middle of this file. */
  cutOff: string | null = null;
  private server: Server | undefined;

  async start(): Promise<string> {
    for (const name of await readdir(fixture)) {
      const path = join(fixture, name);
      if ((await stat(path)).isFile()) this.files.set(name, await readFile(path));
    }
    this.files.set("pytorch_model.bin", Buffer.alloc(10));
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = (request.url ?? "").replace(/\?.*/, "");
    this.requests.push(`${request.method} ${url}`);
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const entry = (path: string) => ({
      type: "file",
      path,
      size: this.files.get(path)?.length,
      oid: `${this.sha.slice(0, 8)}-${path}`,
    });
    if (url === "/api/models/own/gated/revision/main") return void json({ error: "gated" }, 403);
    if (url === "/api/models/own/model/revision/main") {
      return void json({ _id: "1", id: "own/model", sha: this.sha, lastModified: "2025-01-01" });
    }
    if (url === `/api/models/own/model/tree/${this.sha}`) return void json([...this.files.keys()].map(entry));
    if (url === `/api/models/own/model/paths-info/${this.sha}`) {
      let body = "";
      for await (const chunk of request) body += chunk;
      return void json([...this.files.keys()].filter((path) => body.includes(`"${path}"`)).map(entry));
    }
    const path = url.replace(`/own/model/resolve/${this.sha}/`, "");
    const data = this.files.get(path);
    if (data === undefined) return void json({ error: "not found" }, 404);
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    const part = from === undefined ? data : data.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from ?? 0}-${to ?? data.length - 1}/${data.length}`;
    response.writeHead(206, { "content-range": range, "content-length": part.length, etag: `"${path}"` });
    if (path !== this.cutOff || part.length < 10) return void response.end(part);
    response.write(part.subarray(0, part.length / 2), () => response.destroy());
  }
}

describe("Hub names", () => {
  let hub: FakeHub;
  beforeEach(async () => {
    hub = new FakeHub();
    vi.stubEnv("HF_ENDPOINT", `${await hub.start()}/`);
    vi.stubEnv("HF_HUB_CACHE", folder);
    vi.stubEnv("HF_HUB_OFFLINE", "");
    vi.stubEnv("HF_TOKEN", "");
    vi.spyOn(console, "debug").mockImplementation(() => {});
  });
  afterEach(() => hub.stop());
  const snapshot = () => join(folder, "models--own--model/snapshots", hub.sha);

  test("a model is downloaded into the standard cache, and loads", async () => {
    const seen = vi.fn();
    const path = await resolveModel("own/model", seen);
    expect(path).toBe(snapshot());
    const config = await loadConfig(path);
    expect((await loadWeights(path, config)).size).toBe(26);
    expect((await loadTokenizer(path)).stopIds).toEqual([2, 0]);
    expect(seen).toHaveBeenCalledWith("config.json", hub.files.get("config.json")?.length);
    const names = await readdir(path);
    expect(names).toContain("chat_template.jinja");
    expect(names).not.toContain("pytorch_model.bin");
    expect(names).not.toContain("expected.safetensors");
  });

  test("what is in the cache is not downloaded again", async () => {
    await resolveModel("own/model");
    hub.requests.length = 0;
    await resolveModel("own/model");
    expect(hub.requests.filter((request) => request.includes("/resolve/"))).toEqual([]);
  });

  test("a new version is downloaded beside the old one", async () => {
    const old = await resolveModel("own/model");
    hub.sha = "b".repeat(40);
    expect(await resolveModel("own/model")).toBe(snapshot());
    expect(await resolveModel(old)).toBe(old);
  });

  test("a download that is cut off says so, and is finished by the next", async () => {
    hub.cutOff = "model.safetensors";
    await expect(resolveModel("own/model")).rejects.toThrow(/own\/model could not be downloaded.*run again/);
    expect(await readdir(snapshot())).not.toContain("model.safetensors");
    hub.cutOff = null;
    hub.requests.length = 0;
    await resolveModel("own/model");
    expect(hub.requests.some((request) => request.endsWith("/config.json"))).toBe(false);
  });

  test("without the Hub, the cache serves; without both, the error names the way out", async () => {
    const path = await resolveModel("own/model");
    await hub.stop();
    expect(await resolveModel("own/model")).toBe(path);
    await expect(resolveModel("own/other")).rejects.toThrow(/ECONNREFUSED.*name a model folder/);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await resolveModel("own/model")).toBe(path);
    await expect(resolveModel("own/other")).rejects.toThrow(/HF_HUB_OFFLINE/);
  });

  test("a model that is not there, and a gated one", async () => {
    await expect(resolveModel("own/other")).rejects.toThrow(/status 404.*Check the name/);
    await expect(resolveModel("own/gated")).rejects.toThrow(/status 403.*HF_TOKEN/);
  });

  test("a cache folder that cannot be written", async () => {
    await cp(join(fixture, "config.json"), join(folder, "file"));
    vi.stubEnv("HF_HUB_CACHE", join(folder, "file"));
    await expect(resolveModel("own/model")).rejects.toThrow(/Cannot download into/);
  });
});
