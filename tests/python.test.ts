/** The real nearmiss-torch: its own tests, and a run that it trains. NEARMISS_PYTHON names a Python that has it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRecipe } from "../src/recipe/load.js";
import { runPipeline } from "../src/recipe/pipeline.js";
import { silent } from "../src/recipe/stage.js";
import { stagesOf } from "../src/recipe/stages/index.js";

const PYTHON = process.env.NEARMISS_PYTHON;
const MINUTES = 60_000;

const RECIPE = `
model: tiny
problems:
  train: { reader: synthetic, split: train, count: 24, seed: 1 }
  test: { reader: synthetic, split: test, count: 4, seed: 2 }
lora: { rank: 4, alpha: 8 }
sft: { maxSteps: 2, batchSize: 8, learningRate: 5.0e-4 }
arms: [sft]
eval: { maxTokens: 4, nearMissSamples: 0 }
`;

describe.skipIf(PYTHON === undefined)("nearmiss-torch (skipped without NEARMISS_PYTHON)", () => {
  it(
    "passes its own tests",
    () => {
      const { status, stdout, stderr } = spawnSync(PYTHON ?? "", ["-m", "pytest", "-q"], {
        cwd: "python",
        encoding: "utf8",
      });
      expect(status, stdout + stderr).toBe(0);
    },
    4 * MINUTES,
  );

  it(
    "trains a run to the metrics of the engine here",
    async () => {
      const lines = [];
      for (const engine of ["onnx", "torch"]) {
        const out = mkdtempSync(join(tmpdir(), `run-${engine}-`));
        const recipe = parseRecipe(`${RECIPE}train: { engine: ${engine} }`, "/small.yaml");
        const { signal } = new AbortController();
        await runPipeline({ recipe, stages: stagesOf(recipe).slice(0, 2), out, progress: silent, signal });
        lines.push(readFileSync(join(out, "metrics.jsonl"), "utf8").trim().split("\n"));
        rmSync(out, { recursive: true });
      }
      const [ours = [], theirs = []] = lines.map((all) => all.map((line) => JSON.parse(line)));
      expect(ours).toHaveLength(2);
      expect(theirs).toHaveLength(2);
      ours.forEach((line, i) => {
        expect(Object.keys(theirs[i])).toEqual(Object.keys(line));
        expect(theirs[i].loss).toBeCloseTo(line.loss, 4);
        expect(theirs[i].grad_norm).toBeCloseTo(line.grad_norm, 3);
      });
    },
    2 * MINUTES,
  );
});
