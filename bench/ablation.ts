/**
 * `npm run bench -- ablation --model FOLDER [--rounds 3]`: a training step as it is, and with each of the engine's main
 * choices taken back, one at a time, each in a process of its own. Rounds go through all of them in turn, so that what
 * drifts, drifts for all.
 */
import Table from "cli-table3";
import { z } from "zod";
import { number } from "../src/cli/flags.js";
import { type StepResult, stepInChild } from "./child.js";
import type { Bench } from "./harness.js";
import { round, spread } from "./measure.js";
import { MODEL, PAIRS } from "./model.js";

interface Choice {
  readonly name: string;
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** glibc as it comes: empty settings are none. */
const MALLOC = { MALLOC_ARENA_MAX: "", MALLOC_MMAP_MAX_: "", MALLOC_TRIM_THRESHOLD_: "" };

const CHOICES: readonly Choice[] = [
  { name: "as it is: 8-bit base, all pairs at once, kept, prompt shared, packed" },
  { name: "float32 base", flags: ["--precision", "fp32"] },
  { name: "one pair at once", flags: ["--at-once", "1"] },
  { name: "activations computed again", flags: ["--recompute"] },
  { name: "a prompt for each completion", flags: ["--apart"] },
  { name: "padded to the longest", flags: ["--padded"] },
  { name: "freed memory given back to the kernel", env: MALLOC },
];

const Options = z.strictObject({
  ...MODEL.options,
  ...PAIRS.options,
  count: z.int().min(1).default(4),
  rounds: z.int().min(1).default(3),
});
type Options = z.output<typeof Options>;

export const ablation: Bench<Options> = {
  name: "ablation",
  about: "What each of the engine's main choices gains: a training step without it.",
  flags: [
    ...MODEL.flags,
    ...PAIRS.flags,
    number("--count <n>", "pairs of the step"),
    number("--rounds <n>", "times that each is measured"),
  ],
  options: Options,
  async measure({ model, pairs, count, rounds }, say) {
    const results = CHOICES.map((): StepResult[] => []);
    const same = ["--model", model, "--pairs", pairs, "--count", `${count}`, "--repeats", "1"];
    for (let turn = 0; turn < rounds; turn++)
      for (const [i, { flags = [], env }] of CHOICES.entries())
        results[i]?.push(await stepInChild([...same, "--precision", "int8", ...flags], env));
    const rows = CHOICES.map(({ name }, i) => {
      const own = results[i] ?? [];
      return {
        name,
        tokensPerSecond: spread(own.map(({ tokensPerSecond }) => tokensPerSecond.median)),
        processorSeconds: spread(
          own.map(({ processorSeconds }) => processorSeconds),
          2,
        ),
        peakRssGB: Math.max(...own.map(({ peakRssGB }) => peakRssGB)),
      };
    });
    const whole = rows[0]?.processorSeconds.min ?? Number.NaN;
    const head = ["a step", "tokens/s", "processor, s", "of it as it is", "GB"];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const { name, tokensPerSecond, processorSeconds, peakRssGB } of rows)
      table.push([
        name,
        tokensPerSecond.median,
        processorSeconds.min,
        round(processorSeconds.min / whole, 2),
        peakRssGB,
      ]);
    say(table.toString());
    return { model: results[0]?.[0]?.model, pairs: count, choices: rows };
  },
};
