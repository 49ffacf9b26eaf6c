/**
 * Models of the Hugging Face Hub, kept in its standard cache (HF_HOME, HF_HUB_CACHE), so that other tools find them too.
 * HF_ENDPOINT names another Hub, HF_TOKEN opens gated models, HF_HUB_OFFLINE=1 uses the cache alone.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  downloadFileToCacheDir,
  getHFHubCachePath,
  getRepoFolderName,
  HubApiError,
  listFiles,
  modelInfo,
} from "@huggingface/hub";
import { fileError } from "../data/folder.js";
import { NearmissError } from "../errors.js";
import { exists, readText } from "./files.js";

/** The files of a repository that are read here; others (weights in other formats, say) stay where they are. */
const WANTED =
  /^((generation_|tokenizer_)?config\.json|tokenizer\.json|chat_template\.jinja|model(-\d+-of-\d+)?\.safetensors|model\.safetensors\.index\.json)$/;
const REVISION = "main";

/**
 * The folder of a Hub model's newest version, after downloading what the cache lacks. When the Hub cannot be reached,
 * the version in the cache.
 * @param name OWNER/NAME
 * @throws NearmissError: no such model, gated, unreachable and not in the cache, cut off, disk full.
 */
export async function fetchModel(
  name: string,
  onFile: (path: string, bytes: number) => void,
): Promise<string> {
  const storage = join(getHFHubCachePath(), getRepoFolderName({ type: "model", name }));
  if (/^(1|on|true|yes)$/i.test(process.env.HF_HUB_OFFLINE ?? "")) {
    const cached = await cachedVersion(storage);
    if (cached !== null) return cached;
    throw new NearmissError(
      `The model ${name} is not in the cache (${storage}), and HF_HUB_OFFLINE forbids the network. Unset it to download.`,
    );
  }
  try {
    return await download(name, storage, onFile);
  } catch (error) {
    if (error instanceof HubApiError && error.statusCode < 500) throw refused(name, error);
    const known = fileError(error, storage, "download into");
    if (known !== error) throw known;
    const cached = await cachedVersion(storage);
    if (cached !== null) return cached;
    throw unreachable(name, error);
  }
}

async function download(
  name: string,
  storage: string,
  onFile: (path: string, bytes: number) => void,
): Promise<string> {
  const hub = {
    ...(process.env.HF_ENDPOINT ? { hubUrl: process.env.HF_ENDPOINT.replace(/\/+$/, "") } : {}),
    ...(process.env.HF_TOKEN ? { accessToken: process.env.HF_TOKEN } : {}),
  };
  const { sha } = await modelInfo({ ...hub, name, additionalFields: ["sha"], revision: REVISION });
  const folder = join(storage, "snapshots", sha);
  for await (const { type, path, size } of listFiles({ ...hub, repo: name, revision: sha })) {
    if (type !== "file" || !WANTED.test(path) || (await exists(join(folder, path)))) continue;
    onFile(path, size);
    await downloadFileToCacheDir({ ...hub, repo: name, path, revision: sha });
  }
  // Written last, so that the name never stands for a version that is not whole.
  await mkdir(join(storage, "refs"), { recursive: true });
  await writeFile(join(storage, "refs", REVISION), sha);
  return folder;
}

async function cachedVersion(storage: string): Promise<string | null> {
  const ref = join(storage, "refs", REVISION);
  if (!(await exists(ref))) return null;
  const folder = join(storage, "snapshots", (await readText(ref)).trim());
  return (await exists(folder)) ? folder : null;
}

function refused(name: string, error: HubApiError): NearmissError {
  const cure =
    error.statusCode === 401 || error.statusCode === 403
      ? "Check the name; if the model is private or gated, accept its terms and set HF_TOKEN."
      : "Check the name (OWNER/NAME).";
  return new NearmissError(`The Hub does not give the model ${name} (status ${error.statusCode}). ${cure}`, {
    cause: error,
  });
}

function unreachable(name: string, error: unknown): NearmissError {
  const at = process.env.HF_ENDPOINT ?? "huggingface.co";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new NearmissError(
    `The model ${name} could not be downloaded from ${at} (${reason}), and the cache does not hold it. Check the ` +
      'network and run again (whole files are kept), name a model folder instead, or use "tiny".',
    { cause: error },
  );
}
