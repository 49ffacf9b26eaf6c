/** `state.json` of a run folder: which stages are done or begun, on which inputs, at what cost. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { fileError } from "../data/folder.js";
import { readJson } from "../data/jsonl.js";

const StageState = z.object({
  /** Hash of the stage's inputs (see fingerprint.ts). */
  key: z.string(),
  status: z.enum(["running", "done"]),
  /** Wall-clock seconds over all attempts on these inputs. */
  seconds: z.number(),
  figures: z.record(z.string(), z.number()),
});
export type StageState = z.infer<typeof StageState>;

const State = z.object({ version: z.literal(1), stages: z.record(z.string(), StageState) });

/** The stages by name; empty for a new folder. Throws a NearmissError on a file that is no state of ours. */
export async function readState(folder: string): Promise<Map<string, StageState>> {
  const path = join(folder, "state.json");
  return existsSync(path) ? new Map(Object.entries((await readJson(path, State)).stages)) : new Map();
}

/** Writes the state whole or not at all. Synchronous, so that it can be the last act of a process that is stopped. */
export function writeState(folder: string, stages: ReadonlyMap<string, StageState>): void {
  const path = join(folder, "state.json");
  const value: z.infer<typeof State> = { version: 1, stages: Object.fromEntries(stages) };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(`${path}.part`, path);
  } catch (error) {
    rmSync(`${path}.part`, { force: true });
    throw fileError(error, path, "write");
  }
}
