/** One run at a time in a folder. The lock names its process, so that a dead one's lock can be taken over. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { NearmissError } from "../errors.js";
import { fileError } from "./folder.js";

const Owner = z.object({ pid: z.int().positive(), host: z.string(), since: z.string() });

/**
 * Takes the folder's lock and returns the function that gives it back (synchronous: fit for an exit handler).
 * @throws NearmissError when a living process, or one on another machine, holds it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "lock.json");
  const owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  try {
    mkdirSync(folder, { recursive: true });
    for (let attempt = 0; !create(path, owner); attempt++) {
      const holder = read(path);
      if (attempt === 3 || (holder !== null && isHeld(holder))) throw refusal(folder, path, holder);
      rmSync(path, { force: true });
    }
  } catch (error) {
    throw fileError(error, path, "write");
  }
  return () => rmSync(path, { force: true });
}

/** False where the lock is there already: the flag "wx" makes looking and making one act. */
function create(path: string, owner: z.infer<typeof Owner>): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Null for a lock that is gone again or was cut off while being written. */
function read(path: string): z.infer<typeof Owner> | null {
  try {
    return Owner.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

/** Whether a living process, or one on another machine, is at work in the folder. */
export function isLocked(folder: string): boolean {
  const holder = read(join(folder, "lock.json"));
  return holder !== null && (holder.pid === process.pid || isHeld(holder));
}

function isHeld({ pid, host }: z.infer<typeof Owner>): boolean {
  if (host !== hostname()) return true;
  // A container gives every run the same pid: a lock of our own number is an earlier run's.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function refusal(folder: string, path: string, holder: z.infer<typeof Owner> | null): NearmissError {
  const who =
    holder === null ? "another process" : `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  return new NearmissError(
    `${folder} is in use by ${who}. Wait for it to end or choose another folder with --out; if no such process runs, delete ${path}.`,
  );
}
