/** The server's rules: who may ask, what is given out, what is written. Without a browser and without a socket. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invent } from "../../../tests/fakes/run-folder.js";
import { studioApp } from "./app.js";
import { TOKEN_HEADER } from "./guard.js";
import { Runs } from "./runs.js";

const HOST = "127.0.0.1:4127";
const ORIGIN = `http://${HOST}`;
let root: string;
let studio: ReturnType<typeof studioApp>;
let token: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "nearmiss-studio-"));
  invent(join(root, "small"), { problems: 3, each: 2 });
  studio = studioApp({
    runs: new Runs([root]),
    port: () => 4127,
    playground: {
      model: null,
      sample: async function* () {},
      kit: () => Promise.reject(new Error("none")),
    },
  });
  const page = await (await ask("/")).text();
  token = /name="nearmiss-token" content="([^"]+)"/.exec(page)?.[1] ?? "";
});
afterAll(() => {
  studio.close();
  rmSync(root, { recursive: true, force: true });
});

const ask = (path: string, headers: Record<string, string> = {}) =>
  studio.app.request(path, { headers: { host: HOST, ...headers } });

const write = (body: unknown, headers: Record<string, string> = {}) =>
  studio.app.request("/api/runs/small/review", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { host: HOST, origin: ORIGIN, "content-type": "application/json", ...headers },
  });

const flag = { kind: "flag-label", problemId: "problem-0", withdrawn: false };

describe("the server", () => {
  test.each(["evil.example", "127.0.0.1:80", "evil.example:4127", "localhost.evil.example:4127", ""])(
    'refuses the Host "%s"',
    async (host) => expect((await ask("/api/runs", { host })).status).toBe(403),
  );

  test("answers to its two names alone", async () => {
    for (const host of [HOST, "localhost:4127"]) expect((await ask("/", { host })).status).toBe(200);
  });

  test("refuses pages of other origins, to read and to write", async () => {
    for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:4127"])
      expect((await ask("/api/runs", { origin })).status).toBe(403);
    expect((await ask("/api/runs", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await write(flag, { origin: "http://evil.example", [TOKEN_HEADER]: token })).status).toBe(403);
  });

  test("takes a write only with the page's token", async () => {
    expect((await write(flag)).status).toBe(403);
    expect((await write(flag, { [TOKEN_HEADER]: "x".repeat(token.length) })).status).toBe(403);
    expect(token.length).toBeGreaterThan(20);
    expect((await write(flag, { [TOKEN_HEADER]: token })).status).toBe(200);
    const [line = ""] = readFileSync(join(root, "small", "review.jsonl"), "utf8").split("\n");
    expect(JSON.parse(line)).toMatchObject(flag);
  });

  test("keeps no review of what is not there, and none that is no review", async () => {
    const before = readFileSync(join(root, "small", "review.jsonl"), "utf8");
    const told = { [TOKEN_HEADER]: token };
    expect((await write({ ...flag, problemId: "nobody" }, told)).status).toBe(409);
    const pair = { kind: "reject-pair", pairs: "hard", withdrawn: false, problemId: "problem-0" };
    expect((await write({ ...pair, line: 999 }, told)).status).toBe(409);
    // The pair of that line is another problem's: the file has changed under the page.
    expect((await write({ ...pair, line: 0, problemId: "problem-2" }, told)).status).toBe(409);
    expect((await write({ kind: "reject-pair" }, told)).status).toBe(400);
    expect((await write({ ...flag, note: "x".repeat(20_000) }, told)).status).toBe(413);
    expect(readFileSync(join(root, "small", "review.jsonl"), "utf8")).toBe(before);
  });

  test.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/index.html/../../package.json",
    "/api/runs/..%2f..%2fetc/overview",
    "/api/runs/small%2f..%2fsmall/overview",
    "/api/runs/nobody/overview",
    "/train-worker.js%00.html",
  ])("has nothing at %s", async (path) => expect((await ask(path)).status).toBe(404));

  test("a set whose name is a path is no set", async () => {
    const page = await (await ask("/api/runs/small/solutions?set=../../secret")).json();
    expect(page).toMatchObject({ all: 6 });
  });

  test("gives out nothing behind a link that leads out of the run folder", async () => {
    const secret = join(root, "secret.jsonl");
    writeFileSync(secret, readFileSync(join(root, "small", "candidates.jsonl"), "utf8"));
    const folder = join(root, "linked");
    invent(folder, { problems: 1, each: 1 });
    mkdirSync(join(folder, "predictions"));
    symlinkSync(secret, join(folder, "predictions", "sft.jsonl"));
    expect(await (await ask("/api/runs/linked/solutions?set=sft")).json()).toMatchObject({
      all: 0,
      rows: [],
    });
    expect(await (await ask("/api/runs/linked/solutions?set=samples")).json()).toMatchObject({ all: 1 });
  });

  test("tells a page which server it is, so that a page of an earlier one knows", async () => {
    const named = /name="nearmiss-server" content="(\w+)"/.exec(await (await ask("/")).text())?.[1];
    const reader = (await ask("/api/events")).body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(first).toContain(`event: alive\ndata: ${named}\n`);
  });

  test("gives a page little to read before it is there: the libraries of charts, formulas and verdicts come later", async () => {
    const page = await (await ask("/")).text();
    const scripts = [...page.matchAll(/<(?:script|link)[^>]*(?:src|href)="\.\/([^"]+\.js)"/g)];
    expect(scripts.map(([, name]) => name)).toEqual(["index.js"]);
    const [script, charts] = await Promise.all(
      ["/index.js", "/part-plot.js"].map(async (path) => (await ask(path)).text()),
    );
    expect(script?.length).toBeLessThan(200_000);
    expect(charts).toContain("ariaLabel");
  });

  test("lets the page load and run nothing but its own; only the worker may compile WebAssembly", async () => {
    const policy = (await ask("/")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const worker = (await ask("/train-worker.js")).headers.get("content-security-policy") ?? "";
    expect(worker).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(worker).not.toContain("unsafe-inline");
    expect((await ask("/")).headers.get("x-content-type-options")).toBe("nosniff");
    expect(await (await ask("/")).text()).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=/);
  });

  test("an old or wrong query falls back to what a plain link would show", async () => {
    const plain = await (await ask("/api/runs/small/solutions")).json();
    const odd = await ask("/api/runs/small/solutions?wMin=banana&sort=colour&limit=-3&dimension=taste");
    expect(await odd.json()).toEqual(plain);
  });
});
