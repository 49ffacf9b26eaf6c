/** Files of a run folder: written whole or not at all, failures told in one clear line, inputs named by their hash. */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { NearmissError } from "../errors.js";

/** What the file system says, what that means, and how to mend it. */
const FAILURES: Record<string, readonly [what: string, cure: string]> = {
  ENOSPC: ["no space is left on the device", "Free some space and run again; finished work is kept."],
  EDQUOT: ["your disk quota is used up", "Free some space and run again; finished work is kept."],
  EACCES: ["permission is denied", "Check the owner and mode of the file and its folder."],
  EPERM: ["the operation is not permitted", "Check the owner and mode of the file and its folder."],
  EROFS: ["the file system is read-only", "Choose a folder that can be written."],
  ENOENT: ["there is no such file or folder", "Check the path."],
  EISDIR: ["it is a folder, not a file", "Name a file inside it."],
  ENOTDIR: ["a part of the path is a file, not a folder", "Check the path."],
  EEXIST: ["a file of that name is in the way of a folder", "Move the file or choose another path."],
  EMFILE: ["too many files are open", "Raise the limit (ulimit -n) and run again."],
};

/**
 * A failed file operation as an error for the user; anything that is not a known file system failure comes back
 * unchanged, so that defects keep their stack: `throw fileError(error, path, "write")`.
 */
export function fileError(error: unknown, path: string, doing: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const known = FAILURES[String(error.code)];
  if (known === undefined) return error;
  return new NearmissError(`Cannot ${doing} ${path}: ${known[0]}. ${known[1]}`, { cause: error });
}

/** Makes a folder and its parents; fine if it is there. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError(error, path, "make the folder");
  }
}

/** Files that are being written: where the process is told to end without waiting for them, they must not stay behind. */
const unfinished = new Set<string>();
const dropUnfinished = () => {
  for (const path of unfinished) rmSync(path, { force: true });
};

/**
 * Runs `write` on a new file beside `path`, flushes it to the disk and renames it into place: a reader sees the old
 * file or the whole new one. On any failure the old file stays and the new one is removed.
 */
export async function atomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  await ensureFolder(dirname(resolve(path)));
  const beside = `${path}.${randomUUID().slice(0, 8)}.part`;
  if (unfinished.size === 0) process.once("exit", dropUnfinished);
  unfinished.add(beside);
  try {
    const file = await open(beside, "wx");
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw fileError(error, path, "write");
  } finally {
    unfinished.delete(beside);
    if (unfinished.size === 0) process.off("exit", dropUnfinished);
  }
}

/** Writes a whole file atomically (see {@link atomically}). */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await atomically(path, (file) => file.writeFile(data));
}

/** SHA-256, in hex, of a value as JSON with sorted keys: equal values have equal hashes whatever their key order. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** SHA-256, in hex, of a file's bytes, read as a stream. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    throw fileError(error, path, "read");
  }
  return hash.digest("hex");
}

function canonical(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted) ?? "undefined";
}
