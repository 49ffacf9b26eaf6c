/**
 * Files of the Hugging Face Hub, kept in its standard cache (`blobs`, `snapshots`, `refs`), so that other tools find them
 * too.
 *
 * Environment, with the meanings that Hugging Face gives them: HF_ENDPOINT (another host), HF_TOKEN (private and gated
 * repositories), HF_HUB_OFFLINE=1 (cache only), HF_HUB_CACHE, HF_HOME and XDG_CACHE_HOME (where the cache is).
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  datasetInfo,
  downloadFile,
  getHFHubCachePath,
  getRepoFolderName,
  HubApiError,
  type ListFileEntry,
  listFiles,
  modelInfo,
} from "@huggingface/hub";
import { NearmissError } from "../errors.js";
import { fileError, writeFileAtomic } from "./folder.js";

export interface HubRepo {
  readonly type: "model" | "dataset";
  /** OWNER/NAME */
  readonly name: string;
  /** A branch, tag or commit. */
  readonly revision: string;
}

/** What this kind of repository is called, and what its user can do without the Hub. */
const KINDS = {
  model: { noun: "model", else: 'name a model folder instead, or use "tiny"' },
  dataset: {
    noun: "data set",
    else: "download its files and read them with `reader: parquet` or `reader: jsonl`",
  },
} as const;

const CURES: Readonly<Record<number, string>> = {
  401: "Check the name; if it is private or gated, accept its terms on its page and put a token that may read it into HF_TOKEN.",
  403: "It is gated or private: accept its terms on its page, and put a token that may read it into HF_TOKEN.",
  404: "Check the name (OWNER/NAME) and revision.",
  429: "Too many requests: wait a little, or set HF_TOKEN.",
};

/** The Hub and the token that the environment names. */
export function hubAccess(): { hubUrl?: string; accessToken?: string } {
  const { HF_ENDPOINT: hubUrl, HF_TOKEN: accessToken } = process.env;
  return {
    ...(hubUrl ? { hubUrl: hubUrl.replace(/\/$/, "") } : {}),
    ...(accessToken ? { accessToken } : {}),
  };
}

const isOffline = () => /^(1|on|true|yes)$/i.test(process.env.HF_HUB_OFFLINE ?? "");

/**
 * The folder of a repository's snapshot and the paths in it that `choose` takes, downloaded where the cache lacks them. A
 * download that was cut off goes on where it was. Where the Hub cannot be reached, the cache serves.
 * @param onFile told each file before it is downloaded, with its size in bytes
 * @throws NearmissError: no such repository, gated, unreachable and not in the cache, cut off, damaged, disk full
 */
export async function fetchFromHub(
  repo: HubRepo,
  choose: (paths: readonly string[]) => readonly string[],
  onFile: (path: string, bytes: number) => void = () => {},
): Promise<{ folder: string; files: string[] }> {
  const storage = join(getHFHubCachePath(), getRepoFolderName({ type: repo.type, name: repo.name }));
  try {
    return isOffline() ? await cached(repo, storage, choose) : await download(repo, storage, choose, onFile);
  } catch (error) {
    if (error instanceof NearmissError) throw error;
    if (error instanceof HubApiError && error.statusCode < 500) throw refused(repo, error);
    const known = fileError(error, storage, "download into");
    if (known !== error) throw known;
    return cached(repo, storage, choose).catch(() => {
      throw unreachable(repo, error);
    });
  }
}

async function download(
  { type, name, revision }: HubRepo,
  storage: string,
  choose: (paths: readonly string[]) => readonly string[],
  onFile: (path: string, bytes: number) => void,
) {
  const hub = hubAccess();
  const asked = { ...hub, name, revision, additionalFields: ["sha" as const] };
  const { sha } = type === "model" ? await modelInfo(asked) : await datasetInfo(asked);
  const folder = join(storage, "snapshots", sha);
  const repo = { type, name };
  const entries = new Map<string, ListFileEntry>();
  for await (const entry of listFiles({ ...hub, repo, recursive: true, revision: sha }))
    if (entry.type === "file") entries.set(entry.path, entry);
  const files = choose([...entries.keys()]);
  for (const path of files) {
    const entry = entries.get(path);
    const target = join(folder, path);
    const hash = entry?.lfs?.oid ?? entry?.oid;
    if (entry === undefined || hash === undefined || (await exists(target))) continue;
    const blob = join(storage, "blobs", hash);
    if (!(await exists(blob))) {
      onFile(path, entry.size);
      const content = await downloadFile({ ...hub, repo, path, revision: sha });
      if (content === null)
        throw new NearmissError(`${name}@${revision} lists ${path} but does not serve it.`);
      await fill(blob, content, entry);
    }
    await link(blob, target);
  }
  // Written last, so that a name never stands for a version that is not whole.
  if (sha !== revision) await writeFileAtomic(join(storage, "refs", revision), sha);
  return { folder, files: files.map((path) => join(folder, path)) };
}

/** Downloads what a blob lacks beside it, checks the whole and puts it into place. */
async function fill(blob: string, content: Blob, { path, size, oid, lfs }: ListFileEntry): Promise<void> {
  const incomplete = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  const there = await stat(incomplete).then(
    (found) => found.size,
    () => 0,
  );
  if (there < size) {
    const rest = there > 0 ? content.slice(there, size) : content;
    await pipeline(Readable.fromWeb(rest.stream()), createWriteStream(incomplete, { flags: "a" }));
  }
  const damaged =
    lfs === undefined ? (await gitHash(incomplete, size)) !== oid : (await sha256(incomplete)) !== lfs.oid;
  if (damaged) {
    await rm(incomplete, { force: true });
    throw new NearmissError(
      `${path} came damaged from the Hub and was thrown away. Run again to download it anew.`,
    );
  }
  await rename(incomplete, blob);
}

/** The name under which git keeps a file of these bytes. */
function gitHash(file: string, size: number): Promise<string> {
  return digest(file, createHash("sha1").update(`blob ${size}\0`));
}

const sha256 = (file: string) => digest(file, createHash("sha256"));

async function digest(file: string, hash: ReturnType<typeof createHash>): Promise<string> {
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** A link where the file system has them, as the other tools make; else the file itself. */
async function link(blob: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await symlink(relative(dirname(target), blob), target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
    await rename(blob, target);
  }
}

async function cached(
  repo: HubRepo,
  storage: string,
  choose: (paths: readonly string[]) => readonly string[],
) {
  const { name, revision, type } = repo;
  const ref = join(storage, "refs", revision);
  const sha = await readFile(ref, "utf8").then(
    (text) => text.trim(),
    () => revision,
  );
  const folder = join(storage, "snapshots", sha);
  if (!(await exists(folder))) {
    throw new NearmissError(
      `The ${KINDS[type].noun} ${name}@${revision} is not in the cache (${storage}), and HF_HUB_OFFLINE forbids the network. Unset it to download.`,
    );
  }
  const entries = await readdir(folder, { recursive: true });
  const files = choose(entries.map((path) => path.replaceAll("\\", "/")));
  return { folder, files: files.map((path) => join(folder, path)) };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function refused({ type, name, revision }: HubRepo, error: HubApiError): NearmissError {
  const cure = CURES[error.statusCode] ?? "Try again later.";
  return new NearmissError(
    `The Hub does not give the ${KINDS[type].noun} ${name}@${revision} (status ${error.statusCode}). ${cure}`,
    { cause: error },
  );
}

function unreachable({ type, name, revision }: HubRepo, error: unknown): NearmissError {
  const at = process.env.HF_ENDPOINT || "huggingface.co";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new NearmissError(
    `The ${KINDS[type].noun} ${name}@${revision} could not be downloaded from ${at} (${reason}), and the cache does not hold it. Check the network (HF_ENDPOINT names another host) and run again (what came is kept), or ${KINDS[type].else}.`,
    { cause: error },
  );
}
