/** `state.json` of a run folder: which stages are done or begun, on which inputs, at what cost. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { fileError } from "./folder.js";
import { readJson } from "./jsonl.js";

export const STATE_FILE = "state.json";

const StageState = z.object({
  /** Hash of the stage's inputs (see fingerprint.ts). */
  key: z.string(),
  status: z.enum(["running", "done"]),
  /** Wall-clock seconds over all attempts on these inputs. */
  seconds: z.number(),
  figures: z.record(z.string(), z.number()),
  /** Greatest resident memory seen, bytes, looked at every few seconds. */
  memory: z.number().optional(),
  /** What the last attempt failed with; the stage is then "running" still, to be gone on with. */
  error: z.string().optional(),
});
export type StageState = z.infer<typeof StageState>;

/** `state.json` as it stands. */
export const RunStateFile = z.object({
  version: z.literal(1),
  /** Every stage of the run by name, in order. */
  plan: z.array(z.string()).default([]),
  stages: z.record(z.string(), StageState),
});

export type RunStateFile = z.infer<typeof RunStateFile>;

export interface RunState {
  readonly plan: readonly string[];
  readonly stages: Map<string, StageState>;
}

/** Nothing planned and done for a new folder. Throws a NearmissError on a file that is no state of ours. */
export async function readState(folder: string): Promise<RunState> {
  const path = join(folder, STATE_FILE);
  if (!existsSync(path)) return { plan: [], stages: new Map() };
  const { plan, stages } = await readJson(path, RunStateFile);
  return { plan, stages: new Map(Object.entries(stages)) };
}

/** Writes the state whole or not at all. Synchronous, so that it can be the last act of a process that is stopped. */
export function writeState(folder: string, { plan, stages }: RunState): void {
  const path = join(folder, STATE_FILE);
  const value: RunStateFile = { version: 1, plan: [...plan], stages: Object.fromEntries(stages) };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(`${path}.part`, path);
  } catch (error) {
    rmSync(`${path}.part`, { force: true });
    throw fileError(error, path, "write");
  }
}
