/**
 * Checkpoints: `checkpoint-STEP.safetensors` (parameters and moments) and `checkpoint-STEP.json` (what they belong to,
 * and the tensors' hash). The JSON is written last and makes the checkpoint count; the one before is kept until the
 * next is whole, so a kill, a full disk or a power cut at any moment leaves one that is good.
 *
 * No random state is in it, for no stream is open across steps: each epoch's order is drawn from (seed, "order",
 * epoch), so the step is the position in the data and in the metrics too.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ensureFolder, fileError, hashFile, writeFileAtomic } from "../data/folder.js";
import { readJson } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import { readSafetensors, writeSafetensors } from "../model/safetensors.js";
import type { TrainingState } from "./store.js";

/** What a run is, field by field, so that an error can say which field differs. */
export type Fingerprint = Readonly<Record<string, string | number | boolean>>;

export interface Resumed {
  /** Optimiser steps done; 0 where there was no checkpoint. */
  readonly step: number;
  /** Why newer checkpoints were passed over. */
  readonly damaged: readonly string[];
}

const KEPT = 2;
const FILE = /^checkpoint-(\d+)\.(json|safetensors)(\..*\.part)?$/;

const Manifest = z.object({
  format: z.literal("nearmiss-checkpoint-1"),
  step: z.int().min(1),
  sha256: z.string(),
  run: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** Writes a checkpoint of `step` steps done, then removes all but the two newest. */
export async function saveCheckpoint(
  folder: string,
  step: number,
  run: Fingerprint,
  state: TrainingState,
): Promise<void> {
  await ensureFolder(folder);
  const tensors = [...stateTensors(state)].map(
    ([name, data]) => [name, { data, shape: [data.length] }] as const,
  );
  const path = fileOf(folder, step, "safetensors");
  await writeSafetensors(path, new Map(tensors));
  const manifest: z.infer<typeof Manifest> = {
    format: "nearmiss-checkpoint-1",
    step,
    sha256: await hashFile(path),
    run,
  };
  await writeFileAtomic(fileOf(folder, step, "json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await tidy(folder);
}

/**
 * Restores the newest good checkpoint into `state`; without any, leaves it as it is and returns step 0.
 * @throws NearmissError when the folder holds a checkpoint of another run, or none that is whole.
 */
export async function resumeCheckpoint(
  folder: string,
  run: Fingerprint,
  state: TrainingState,
): Promise<Resumed> {
  const damaged: string[] = [];
  for (const step of (await committed(folder)).toReversed()) {
    try {
      await restore(folder, step, run, state);
      // Of a run that was killed after its last checkpoint, nothing more would be saved and tidied.
      await tidy(folder);
      return { step, damaged };
    } catch (error) {
      if (!(error instanceof NearmissError) || error instanceof ForeignCheckpoint) throw error;
      damaged.push(error.message);
    }
  }
  if (damaged.length === 0) return { step: 0, damaged };
  throw new NearmissError(
    `No checkpoint in ${folder} can be read:\n  ${damaged.join("\n  ")}\n` +
      "Remove the checkpoint files there to start this stage again.",
  );
}

class ForeignCheckpoint extends NearmissError {}

/** Reads and checks everything before it changes anything. */
async function restore(folder: string, step: number, run: Fingerprint, state: TrainingState): Promise<void> {
  const manifestPath = fileOf(folder, step, "json");
  const manifest = await readJson(manifestPath, Manifest);
  refuseForeign(manifestPath, manifest.run, run);
  const path = fileOf(folder, step, "safetensors");
  if ((await hashFile(path)) !== manifest.sha256) {
    throw new NearmissError(`${path}: its SHA-256 is not the one that ${manifestPath} gives: it is damaged.`);
  }
  const stored = await readSafetensors(path);
  const copies: [Float32Array, Float32Array][] = [];
  for (const [name, target] of stateTensors(state)) {
    const data = stored.get(name)?.data;
    if (data?.length !== target.length) {
      throw new NearmissError(
        `${path}: tensor "${name}" has ${data?.length ?? "no"} elements where the model has ${target.length}.`,
      );
    }
    copies.push([target, data]);
  }
  for (const [target, data] of copies) target.set(data);
  state.optimizer.steps = manifest.step;
}

function refuseForeign(path: string, theirs: Fingerprint, ours: Fingerprint): void {
  const names = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  const different = [...names].filter((name) => theirs[name] !== ours[name]);
  if (different.length === 0) return;
  const list = different.map(
    (name) => `  ${name}: ${theirs[name] ?? "absent"} there, ${ours[name] ?? "absent"} here`,
  );
  throw new ForeignCheckpoint(
    `${path} belongs to another run:\n${list.join("\n")}\n` +
      "Choose another folder, set these back, or remove the checkpoint files to start this stage again.",
  );
}

function* stateTensors({ parameters, optimizer }: TrainingState): Generator<[string, Float32Array]> {
  for (const [name, data] of parameters) yield [`parameter.${name}`, data];
  for (const [name, data] of optimizer.first) yield [`first.${name}`, data];
  for (const [name, data] of optimizer.second) yield [`second.${name}`, data];
}

function fileOf(folder: string, step: number, extension: "json" | "safetensors"): string {
  return join(folder, `checkpoint-${step}.${extension}`);
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw fileError(error, folder, "read");
  }
}

/** Steps with a manifest, rising. */
async function committed(folder: string): Promise<number[]> {
  const matches = (await filesIn(folder)).map((name) => FILE.exec(name));
  return matches
    .flatMap((match) => (match?.[2] === "json" && match[3] === undefined ? [Number(match[1])] : []))
    .sort((a, b) => a - b);
}

/** Removes old checkpoints and what a kill left half written; a manifest goes before its tensors. */
async function tidy(folder: string): Promise<void> {
  const kept = new Set((await committed(folder)).slice(-KEPT));
  for (const name of (await filesIn(folder)).sort()) {
    const match = FILE.exec(name);
    if (match === null || (match[3] === undefined && kept.has(Number(match[1])))) continue;
    await rm(join(folder, name), { force: true });
  }
}
