/**
 * A bench as a command: its options checked as those of `nearmiss` are, its figures set beside the machine's own speed and
 * the memory taken, printed for people or for scripts, and written where asked.
 */
import type { Command } from "commander";
import { z } from "zod";
import { number, text, toggle } from "../src/cli/flags.js";
import { printJson, printText } from "../src/cli/io.js";
import { commandOf, type Verb } from "../src/cli/verb.js";
import { writeFileAtomic } from "../src/data/folder.js";
import { machine, peakMemory } from "./measure.js";

/** Prints a line for people; with `--json` nothing. */
export type Say = (line: string) => void;

export interface Bench<Options>
  extends Pick<Verb<z.ZodType<Options>>, "name" | "about" | "flags" | "options" | "note"> {
  /** Figures by name. The same names mean the same everywhere: `model`, `precision`, `tokens`, `tokensPerSecond`, ... */
  measure(options: Options, say: Say): Promise<object>;
}

/** `--warmup` and `--repeats`, for `repeated`. */
export const REPEATS = {
  flags: [
    number("--warmup <n>", "runs before the clock starts"),
    number("--repeats <n>", "runs under the clock; their median, least and most are given"),
  ],
  options: { warmup: z.int().min(0).default(1), repeats: z.int().min(1).default(3) },
};

/** An option that is whole numbers separated by commas, each `least` or more. */
export const wholeNumbers = (least: number) =>
  z
    .string()
    .transform((items) => items.split(",").map(Number))
    .pipe(z.array(z.int().min(least)));

export function benchCommand<Options>(bench: Bench<Options>): Command {
  const { name, about, note } = bench;
  return commandOf({
    name,
    program: "npm run bench --",
    about,
    ...(note === undefined ? {} : { note }),
    flags: [
      // A bench's options lie in a block of their own, beside those that all benches have.
      ...bench.flags.map((flag) => ({ ...flag, into: `work.${flag.into}` })),
      toggle("--json", "print nothing but the result, one JSON object (npm: --silent too)"),
      text("--out <file>", "also write the result to a JSON file"),
    ],
    options: z.strictObject({
      work: bench.options,
      json: z.boolean().default(false),
      out: z.string().min(1).optional(),
    }),
    examples: [`npm run --silent bench -- ${name} --json`],
    async run({ work, json, out }) {
      const say: Say = json ? () => undefined : printText;
      const measuredOn = await machine();
      const figures = await bench.measure(work, say);
      const result = {
        bench: name,
        date: new Date().toISOString().slice(0, 10),
        ...figures,
        peakRssGB: peakMemory(),
        machine: measuredOn,
      };
      const { cpu, cores, matmulGflops } = measuredOn;
      say(
        `${result.peakRssGB} GB at most; ${cores} cores (${cpu}), a product at ${matmulGflops.fp32} GFLOP/s in float32, ${matmulGflops.int8} in 8 bits`,
      );
      if (out !== undefined) await writeFileAtomic(out, `${JSON.stringify(result, null, 2)}\n`);
      printJson(result);
    },
  });
}
