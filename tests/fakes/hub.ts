/** A stand-in for the Hugging Face Hub: its paths and headers, on this machine, with our own data. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

interface Repo {
  readonly files: Map<string, Buffer>;
  /** Status for those without the token. */
  readonly closed?: 401 | 403;
  sha?: string;
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const gitHash = (bytes: Buffer) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
/** Weights and Parquet files are kept in LFS, as the Hub does. */
const isLarge = (path: string) => /\.(safetensors|parquet)$/.test(path);

export class FakeHub {
  /** By "models/OWNER/NAME" or "datasets/OWNER/NAME". */
  readonly repos = new Map<string, Repo>();
  readonly requests: string[] = [];
  readonly ranges: string[] = [];
  readonly token = "hf_aTokenOfOurOwn";
  /** The file whose next download ends after half of it. */
  cutOff: string | null = null;
  /** Titles of the commits that were pushed. */
  readonly commits: string[] = [];
  private readonly uploads = new Map<string, Buffer>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    await new Promise<void>((resolve) => hub.server.listen(0, "127.0.0.1", resolve));
    return hub;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  put(name: string, files: Readonly<Record<string, Buffer>>, closed?: 401 | 403): void {
    this.repos.set(name, {
      files: new Map(Object.entries(files)),
      ...(closed === undefined ? {} : { closed }),
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://hub").pathname);
    this.requests.push(`${request.method} ${path}`);
    const json = (value: unknown, status = 200) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const allowed = request.headers.authorization === `Bearer ${this.token}`;
    if (request.method === "POST" || request.method === "PUT") {
      const body = await buffer(request);
      if (!allowed && !path.startsWith("/upload/")) return void json({ error: "Invalid token" }, 401);
      return this.write(path, body, json);
    }
    const [, api = "", kind = "models/", name = "", rest = ""] =
      /^\/(api\/)?(models\/|datasets\/)?([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
    const repo = this.repos.get(kind + name);
    if (repo === undefined) return void json({ error: "Repository not found" }, 404);
    if (repo.closed !== undefined && !allowed)
      return void json({ error: "Access to it is restricted" }, repo.closed);
    const sha = repo.sha ?? "a".repeat(40);
    if (api !== "" && rest.startsWith("revision/")) {
      if (!["revision/main", `revision/${sha}`].includes(rest))
        return void json({ error: "Invalid rev" }, 404);
      return void json({
        _id: "1",
        id: name,
        sha,
        private: false,
        gated: false,
        downloads: 0,
        likes: 0,
        lastModified: "2025-01-01",
      });
    }
    if (api !== "" && rest === `tree/${sha}`)
      return void json([...repo.files].map(([path, bytes]) => entry(path, bytes)));
    const file = rest.replace(`resolve/${sha}/`, "");
    const bytes = repo.files.get(file);
    if (bytes === undefined) return void response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
    this.serve(request, response, file, bytes);
  }

  private serve(request: IncomingMessage, response: ServerResponse, file: string, bytes: Buffer): void {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
    if (from !== undefined) this.ranges.push(`${file} ${from}-${to}`);
    response.writeHead(from === undefined ? 200 : 206, {
      "content-range": `bytes ${from ?? 0}-${to ?? bytes.length - 1}/${bytes.length}`,
      "content-length": part.length,
      etag: `"${gitHash(bytes)}"`,
    });
    if (file !== this.cutOff || part.length < 10) return void response.end(part);
    this.cutOff = null;
    response.write(part.subarray(0, part.length / 2), () => setTimeout(() => response.destroy(), 50));
  }

  /** The requests that a push makes. */
  private write(path: string, body: Buffer, json: (value: unknown, status?: number) => void): void {
    if (path.startsWith("/upload/")) {
      this.uploads.set(path.slice("/upload/".length), body);
      return void json({});
    }
    const text = body.toString("utf8");
    if (path === "/api/repos/create") {
      const { organization, name, type = "model" } = JSON.parse(text);
      const key = `${type}s/${organization}/${name}`;
      if (organization === "others") return void json({ error: "You don't have the rights" }, 403);
      if (this.repos.has(key)) return void json({ error: "You already created this repo" }, 409);
      this.put(key, {});
      return void json({ url: `${this.url}/${organization}/${name}`, id: "1" });
    }
    if (path.endsWith("/preupload/main")) {
      const { files } = JSON.parse(text) as { files: { path: string }[] };
      return void json({
        files: files.map(({ path }) => ({ path, uploadMode: isLarge(path) ? "lfs" : "regular" })),
      });
    }
    if (path.endsWith(".git/info/lfs/objects/batch")) {
      const { objects } = JSON.parse(text) as { objects: { oid: string; size: number }[] };
      const upload = (oid: string) => ({ upload: { href: `${this.url}/upload/${oid}` } });
      return void json({
        transfer: "basic",
        objects: objects.map(({ oid, size }) => ({ oid, size, actions: upload(oid) })),
      });
    }
    const [, kind = "", name = ""] = /^\/api\/(models\/|datasets\/)(.*)\/commit\/main$/.exec(path) ?? [];
    const repo = this.repos.get(kind + name);
    if (repo === undefined) return void json({ error: "Repository not found" }, 404);
    for (const line of text.trim().split("\n")) {
      const { key, value } = JSON.parse(line);
      if (key === "header") this.commits.push(value.summary);
      if (key === "file") repo.files.set(value.path, Buffer.from(value.content, value.encoding));
      if (key === "lfsFile") {
        const bytes = this.uploads.get(value.oid);
        if (bytes === undefined || sha256(bytes) !== value.oid)
          return void json({ error: `no object ${value.oid}` }, 400);
        repo.files.set(value.path, bytes);
      }
    }
    json({ commitOid: "b".repeat(40), commitUrl: `${this.url}/${name}/commit/b`, hookOutput: "" });
  }
}

function entry(path: string, bytes: Buffer) {
  const lfs = isLarge(path) ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 100 } } : {};
  return { type: "file", path, size: bytes.length, oid: gitHash(bytes), ...lfs };
}
