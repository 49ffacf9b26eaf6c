/**
 * `npm run bench -- NAME [options]`: prints figures for people and, as its last line, one JSON object.
 *
 * Run it on an otherwise idle machine; compare ratios of one sitting, for absolute figures drift.
 */
import { Command } from "commander";
import { report } from "../src/cli/failure.js";
import { parseLazily, type Verbs } from "../src/cli/program.js";
import { benchCommand } from "./harness.js";

/** Loaded only when named, so that one bench does not pay for another's imports. */
const BENCHES: Verbs = {
  train: async () => benchCommand((await import("./train.js")).train),
  sample: async () => benchCommand((await import("./sample.js")).sample),
  beside: async () => benchCommand((await import("./beside.js")).beside),
  verifier: async () => benchCommand((await import("./verifier.js")).verifier),
  pipeline: async () => benchCommand((await import("./pipeline.js")).pipeline),
  pairs: async () => benchCommand((await import("./pairs.js")).pairs),
  precision: async () => benchCommand((await import("./precision.js")).precision),
  gradients: async () => benchCommand((await import("./gradients.js")).gradients),
  profile: async () => benchCommand((await import("./profile.js")).profile),
  step: async () => benchCommand((await import("./step.js")).step),
  memory: async () => benchCommand((await import("./memory.js")).memory),
  "precision-runs": async () => benchCommand((await import("./precision-runs.js")).precisionRuns),
  faults: async () => benchCommand((await import("./faults.js")).faults),
  ablation: async () => benchCommand((await import("./ablation.js")).ablation),
  labels: async () => benchCommand((await import("./labels.js")).labels),
  scale: async () => benchCommand((await import("./scale.js")).scale),
  studio: async () => benchCommand((await import("./studio.js")).studio),
  programs: async () => benchCommand((await import("./programs.js")).programs),
  mutations: async () => benchCommand((await import("./mutations.js")).mutations),
};

const program = new Command("npm run bench --").description("Measure Nearmiss on this machine.");
try {
  await parseLazily(program, BENCHES, process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}
