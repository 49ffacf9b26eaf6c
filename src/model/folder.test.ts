import { cp, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeHub } from "../../tests/fakes/hub.js";
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

describe("Hub names", () => {
  let hub: FakeHub;
  beforeEach(async () => {
    hub = await FakeHub.start();
    const files: Record<string, Buffer> = { "pytorch_model.bin": Buffer.alloc(10) };
    for (const name of await readdir(fixture)) {
      const path = join(fixture, name);
      if ((await stat(path)).isFile()) files[name] = await readFile(path);
    }
    hub.put("models/own/model", files);
    hub.put("models/own/gated", files, 403);
    vi.stubEnv("HF_ENDPOINT", `${hub.url}/`);
    vi.stubEnv("HF_HUB_CACHE", folder);
    vi.stubEnv("HF_HUB_OFFLINE", "");
    vi.stubEnv("HF_TOKEN", "");
  });
  afterEach(() => hub.stop());
  const snapshot = (sha = "a".repeat(40)) => join(folder, "models--own--model/snapshots", sha);
  const downloads = () => hub.requests.filter((request) => request.includes("/resolve/"));

  test("a model is downloaded into the standard cache, and loads", async () => {
    const seen = vi.fn();
    const path = await resolveModel("own/model", seen);
    expect(path).toBe(snapshot());
    const config = await loadConfig(path);
    expect((await loadWeights(path, config)).size).toBe(26);
    expect((await loadTokenizer(path)).stopIds).toEqual([2, 0]);
    const { size } = await stat(join(fixture, "config.json"));
    expect(seen).toHaveBeenCalledWith("config.json", size);
    const names = await readdir(path);
    expect(names).toContain("chat_template.jinja");
    expect(names).not.toContain("pytorch_model.bin");
    expect(names).not.toContain("expected.safetensors");
    // As the other tools lay it out: the snapshot links to blobs by their hash.
    const link = await readlink(join(path, "model.safetensors"));
    expect(link).toMatch(/^\.\.[/\\]\.\.[/\\]blobs[/\\][0-9a-f]{64}$/);
    expect(await readFile(join(folder, "models--own--model/refs/main"), "utf8")).toBe("a".repeat(40));
  });

  test("what is in the cache is not downloaded again", async () => {
    await resolveModel("own/model");
    hub.requests.length = 0;
    await resolveModel("own/model");
    expect(downloads()).toEqual([]);
  });

  test("a new version is downloaded beside the old one, and shares with it what has not changed", async () => {
    const old = await resolveModel("own/model");
    const repo = hub.repos.get("models/own/model");
    if (repo !== undefined) repo.sha = "b".repeat(40);
    hub.requests.length = 0;
    expect(await resolveModel("own/model")).toBe(snapshot("b".repeat(40)));
    expect(downloads()).toEqual([]);
    expect(await resolveModel(old)).toBe(old);
  });

  test("a revision is a branch, tag or commit", async () => {
    expect(await resolveModel(`own/model@${"a".repeat(40)}`)).toBe(snapshot());
    await expect(resolveModel("own/model@v9")).rejects.toThrow(/own\/model@v9 \(status 404\).*revision/);
  });

  test("a download that is cut off says so, and the next goes on where it was", async () => {
    hub.cutOff = "model.safetensors";
    await expect(resolveModel("own/model")).rejects.toThrow(
      /own\/model@main could not be downloaded.*run again/,
    );
    expect(await readdir(snapshot())).not.toContain("model.safetensors");
    hub.requests.length = 0;
    hub.ranges.length = 0;
    await resolveModel("own/model");
    expect(downloads().some((request) => request.endsWith("/config.json"))).toBe(false);
    const { size } = await stat(join(fixture, "model.safetensors"));
    expect(hub.ranges).toContain(`model.safetensors ${Math.floor(size / 2)}-${size - 1}`);
    expect(await readFile(join(snapshot(), "model.safetensors"))).toEqual(
      await readFile(join(fixture, "model.safetensors")),
    );
  });

  test("a download that came damaged is thrown away", async () => {
    hub.cutOff = "model.safetensors";
    await resolveModel("own/model").catch(() => {});
    const blobs = join(folder, "models--own--model/blobs");
    const [begun = ""] = (await readdir(blobs)).filter((name) => name.endsWith(".incomplete"));
    const bytes = await readFile(join(blobs, begun));
    await writeFile(join(blobs, begun), bytes.fill(0));
    await expect(resolveModel("own/model")).rejects.toThrow(/model\.safetensors came damaged/);
    expect(await resolveModel("own/model")).toBe(snapshot());
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

  test("a model that is not there, and a gated one, before and after its terms are accepted", async () => {
    await expect(resolveModel("own/other")).rejects.toThrow(/status 404.*Check the name/);
    await expect(resolveModel("own/gated")).rejects.toThrow(/status 403.*terms.*HF_TOKEN/);
    vi.stubEnv("HF_TOKEN", hub.token);
    expect(await resolveModel("own/gated")).toContain("models--own--gated");
  });

  test("a cache folder that cannot be written", async () => {
    await cp(join(fixture, "config.json"), join(folder, "file"));
    vi.stubEnv("HF_HUB_CACHE", join(folder, "file"));
    await expect(resolveModel("own/model")).rejects.toThrow(/Cannot download into/);
  });
});
