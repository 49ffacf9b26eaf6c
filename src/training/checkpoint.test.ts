import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resumeCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { AdamW } from "./optimizer.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = { stage: "sft", "options.seed": 1 };
const values = (...numbers: number[]) => new Map([["w", Float32Array.from(numbers)]]);

/** A state after `steps` updates. */
function stateAfter(steps: number) {
  const parameters = values(0.1, -2, 3e-30);
  const optimizer = new AdamW(parameters);
  for (let i = 0; i < steps; i++) optimizer.step(values(1, -0.5, 2 ** -20), 0.01);
  return { parameters, optimizer };
}

describe("checkpoints", () => {
  it("restore parameters, both moments and the step bit for bit", async () => {
    await saveCheckpoint(folder, 3, run, stateAfter(3));
    const state = stateAfter(0);
    expect(await resumeCheckpoint(folder, run, state)).toEqual({ step: 3, damaged: [] });
    expect(state).toEqual(stateAfter(3));
  });

  it("are absent at first, which changes nothing, in a folder that is not there too", async () => {
    const state = stateAfter(0);
    expect(await resumeCheckpoint(join(folder, "none"), run, state)).toEqual({ step: 0, damaged: [] });
    expect(state).toEqual(stateAfter(0));
  });

  it("keep two generations and clear away what a kill left half written", async () => {
    writeFileSync(join(folder, "checkpoint-9.safetensors.0a1b2c3d.part"), "half");
    writeFileSync(join(folder, "checkpoint-8.safetensors"), "no manifest");
    writeFileSync(join(folder, "mine.txt"), "not ours to touch");
    for (const step of [2, 10, 4, 20]) await saveCheckpoint(folder, step, run, stateAfter(step));
    expect(readdirSync(folder).sort()).toEqual([
      "checkpoint-10.json",
      "checkpoint-10.safetensors",
      "checkpoint-20.json",
      "checkpoint-20.safetensors",
      "mine.txt",
    ]);
  });

  it("that were killed before the manifest was written do not count", async () => {
    await saveCheckpoint(folder, 2, run, stateAfter(2));
    await saveCheckpoint(folder, 4, run, stateAfter(4));
    rmSync(join(folder, "checkpoint-4.json"));
    const state = stateAfter(0);
    expect((await resumeCheckpoint(folder, run, state)).step).toBe(2);
    expect(state).toEqual(stateAfter(2));
  });

  it.each([
    ["cut-off tensors", "safetensors", (path: string) => truncateSync(path, 100)],
    [
      "a flipped bit",
      "safetensors",
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
    ["a cut-off manifest", "json", (path: string) => truncateSync(path, 30)],
  ] as const)("with %s give way to the one before, and say so", async (_what, extension, damage) => {
    await saveCheckpoint(folder, 2, run, stateAfter(2));
    await saveCheckpoint(folder, 4, run, stateAfter(4));
    damage(join(folder, `checkpoint-4.${extension}`));
    const state = stateAfter(0);
    const resumed = await resumeCheckpoint(folder, run, state);
    expect(resumed.step).toBe(2);
    expect(resumed.damaged).toHaveLength(1);
    expect(resumed.damaged[0]).toContain(`checkpoint-4.${extension}`);
    expect(state).toEqual(stateAfter(2));
  });

  it("are refused when none is whole, rather than starting again in silence", async () => {
    await saveCheckpoint(folder, 2, run, stateAfter(2));
    truncateSync(join(folder, "checkpoint-2.safetensors"), 64);
    await expect(resumeCheckpoint(folder, run, stateAfter(0))).rejects.toThrow(
      /No checkpoint in .* can be read[\s\S]*damaged[\s\S]*start this stage again/,
    );
  });

  it("of another run are refused, naming what differs, and nothing is loaded", async () => {
    await saveCheckpoint(folder, 2, run, stateAfter(2));
    const state = stateAfter(0);
    await expect(resumeCheckpoint(folder, { ...run, "options.seed": 2 }, state)).rejects.toThrow(
      /belongs to another run:\n {2}options\.seed: 1 there, 2 here\n/,
    );
    expect(state).toEqual(stateAfter(0));
  });

  it("of a model of other shape are refused, naming the tensor", async () => {
    await saveCheckpoint(folder, 2, run, stateAfter(2));
    const parameters = values(1, 2);
    await expect(
      resumeCheckpoint(folder, run, { parameters, optimizer: new AdamW(parameters) }),
    ).rejects.toThrow('tensor "parameter.w" has 3 elements where the model has 2');
  });
});
