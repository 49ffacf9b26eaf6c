/**
 * Files of a data set on the Hugging Face Hub, kept in the standard cache, so that a second run needs no network.
 *
 * Environment, with the meanings that Hugging Face gives them: HF_ENDPOINT (another host), HF_TOKEN (private and gated
 * data sets), HF_HUB_OFFLINE=1 (cache only), HF_HUB_CACHE, HF_HOME and XDG_CACHE_HOME (where the cache is).
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  datasetInfo,
  downloadFile,
  getHFHubCachePath,
  getRepoFolderName,
  HubApiError,
  listFiles,
} from "@huggingface/hub";
import { NearmissError } from "../../errors.js";
import { atomically, writeFileAtomic } from "../folder.js";
import { splitFiles, type Wanted } from "./splits.js";

export interface DatasetRequest extends Wanted {
  /** A branch, tag or commit. */
  revision: string;
}

interface Hub {
  hubUrl?: string;
  accessToken?: string;
}

/**
 * Paths on this machine of the files of one split, downloaded where they are not in the cache.
 * @throws NearmissError: no such data set, no access, no network and nothing cached, no such split.
 */
export async function datasetFiles(request: DatasetRequest): Promise<string[]> {
  const { dataset, revision } = request;
  const folder = join(getHFHubCachePath(), getRepoFolderName({ type: "dataset", name: dataset }));
  const hub = hubFromEnvironment();
  const commit = await resolveCommit(request, folder, hub);
  const snapshot = join(folder, "snapshots", commit);
  const files = splitFiles(await paths(request, commit, snapshot, hub), request);
  for (const path of files) {
    if (await exists(join(snapshot, path))) continue;
    await orExplain(request, async () => {
      const blob = await downloadFile({
        repo: { type: "dataset", name: dataset },
        path,
        revision: commit,
        ...hub,
      });
      if (blob === null)
        throw new NearmissError(`${dataset}@${revision} lists ${path} but does not serve it.`);
      await atomically(join(snapshot, path), async (file) => {
        for await (const chunk of blob.stream()) await file.writeFile(chunk);
      });
    });
  }
  // Written last, so that a name never stands for files that are not whole.
  if (commit !== revision) await writeFileAtomic(join(folder, "refs", revision), commit);
  return files.map((path) => join(snapshot, path));
}

function hubFromEnvironment(): Hub {
  const { HF_ENDPOINT: hubUrl, HF_TOKEN: accessToken } = process.env;
  return {
    ...(hubUrl ? { hubUrl: hubUrl.replace(/\/$/, "") } : {}),
    ...(accessToken ? { accessToken } : {}),
  };
}

/** The commit of a revision: from the Hub, or, where it cannot be reached, as the cache remembers it. */
async function resolveCommit(request: DatasetRequest, folder: string, hub: Hub): Promise<string> {
  const { dataset: name, revision } = request;
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const remembered = join(folder, "refs", revision);
  try {
    if (isOffline()) throw new TypeError("HF_HUB_OFFLINE is set");
    const { sha } = await datasetInfo({ name, revision, additionalFields: ["sha"], ...hub });
    return sha;
  } catch (error) {
    if (!(error instanceof HubApiError) && (await exists(remembered)))
      return (await readFile(remembered, "utf8")).trim();
    throw explained(error, request);
  }
}

async function paths(request: DatasetRequest, commit: string, snapshot: string, hub: Hub): Promise<string[]> {
  const repo = { type: "dataset", name: request.dataset } as const;
  try {
    if (isOffline()) throw new TypeError("HF_HUB_OFFLINE is set");
    const found: string[] = [];
    for await (const entry of listFiles({ repo, recursive: true, revision: commit, ...hub })) {
      if (entry.type === "file") found.push(entry.path);
    }
    return found;
  } catch (error) {
    if (error instanceof HubApiError || !(await exists(snapshot))) throw explained(error, request);
    const entries = await readdir(snapshot, { recursive: true });
    return entries.map((path) => path.replaceAll("\\", "/"));
  }
}

async function orExplain(request: DatasetRequest, work: () => Promise<void>): Promise<void> {
  try {
    if (isOffline()) throw new TypeError("HF_HUB_OFFLINE is set");
    await work();
  } catch (error) {
    throw explained(error, request);
  }
}

const CURES: Record<number, string> = {
  401: "Check its name; if it is private or gated, put a token that may read it into HF_TOKEN.",
  403: "Accept its conditions on its page, and put a token that may read it into HF_TOKEN.",
  404: "Check its name and revision.",
  429: "Too many requests: wait a little, or set HF_TOKEN.",
};

function explained(error: unknown, { dataset, revision }: DatasetRequest): unknown {
  if (error instanceof NearmissError) return error;
  const what = `Cannot get the data set ${dataset}@${revision}`;
  if (error instanceof HubApiError) {
    const cure = CURES[error.statusCode] ?? "Try again later.";
    return new NearmissError(`${what}: the Hub answered ${error.statusCode}. ${cure}`, { cause: error });
  }
  if (!(error instanceof Error)) return error;
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new NearmissError(
    `${what}: ${cause}. Check the network (HF_ENDPOINT names another host), or download its files and read them with \`reader: parquet\` or \`reader: jsonl\`.`,
    { cause: error },
  );
}

function isOffline(): boolean {
  return ["1", "true", "yes", "on"].includes((process.env.HF_HUB_OFFLINE ?? "").toLowerCase());
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
