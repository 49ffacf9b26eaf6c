/** SFT and DPO on the real decoder, killed again and again: what they leave is what an uninterrupted run leaves. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Moment } from "../../tests/fakes/killed-training.js";
import { STAGES, type Stage, smallTraining } from "../../tests/fakes/small-training.js";
import { hashFile } from "../data/folder.js";
import { PRECISIONS, type Precision } from "../model/weights.js";

/** One after another, each process resuming what the one before has left. */
const MOMENTS: readonly Moment[] = [
  "in the reference pass",
  "in the middle of step 1",
  "with a checkpoint half written",
  "in the middle of step 3",
  "between checkpoints",
  "with tensors that no manifest names",
  "with an old checkpoint half removed",
];
/** What the precision could make a difference to: each moment costs a process. */
const COMPUTING: readonly Moment[] = [
  "in the reference pass",
  "in the middle of step 3",
  "between checkpoints",
];

const momentsOf = (stage: Stage, precision: Precision): readonly Moment[] =>
  (precision === "fp32" ? MOMENTS : COMPUTING).filter(
    (moment) => stage === "dpo" || moment !== "in the reference pass",
  );

// Inside the repository, so that what the script imports is found.
const SCRIPTS = "node_modules/.cache/nearmiss-tests";
let root: string;
let script: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "killed-"));
  mkdirSync(SCRIPTS, { recursive: true });
  script = join(mkdtempSync(join(SCRIPTS, "killed-")), "training.mjs");
  // Bundled, since a process starts twice as fast without tsx.
  await build({
    entryPoints: ["tests/fakes/killed-training.ts"],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
});
afterAll(() => {
  rmSync(root, { recursive: true });
  rmSync(join(script, ".."), { recursive: true });
});

/** The hash of every file of a folder, by name. */
const contents = async (folder: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(readdirSync(folder).map(async (name) => [name, await hashFile(join(folder, name))])),
  );

test.each(STAGES.flatMap((stage) => PRECISIONS.map((precision) => ({ stage, precision }))))(
  "$stage in $precision, killed by SIGKILL at every bad moment, leaves the same files to the byte",
  async ({ stage, precision }) => {
    const [whole, killed] = ["whole", "killed"].map((name) => join(root, `${stage}-${precision}-${name}`));
    if (whole === undefined || killed === undefined) throw new Error("no folders");
    await smallTraining({ stage, precision, folder: whole });
    const expected = await contents(whole);
    expect(Object.keys(expected)).toEqual(
      expect.arrayContaining(["checkpoint-6.safetensors", "metrics.jsonl"]),
    );
    for (const moment of momentsOf(stage, precision)) {
      const { signal, stderr } = spawnSync(process.execPath, [script, moment, stage, precision, killed], {
        encoding: "utf8",
      });
      expect(`${moment}: ${signal} ${stderr}`).toBe(`${moment}: SIGKILL `);
      expect(await contents(killed)).not.toEqual(expected);
    }
    await smallTraining({ stage, precision, folder: killed });
    expect(await contents(killed)).toEqual(expected);
  },
);
