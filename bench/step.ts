/**
 * `npm run bench -- step --model FOLDER [--precision int8] [--tokens 512] [--recompute] [--at-once 1] [--apart] [--padded]`:
 * one step of DPO's work, forward and backward with LoRA of rank 16, and each choice of the engine's that can be taken back,
 * taken back. `memory` and `ablation` run it in processes of their own.
 *
 * The rows are `--count` pairs of the file or, with `--tokens`, one pair whose prompt and completions each take half of so
 * many tokens. `processorSeconds` are those of all threads: where other work goes on beside, they drift less than the clock.
 */
import { z } from "zod";
import { number, toggle } from "../src/cli/flags.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import type { Tokenizer } from "../src/model/tokenizer.js";
import type { Row } from "../src/model/types.js";
import { random } from "../src/random.js";
import { rowTokens } from "../src/training/examples.js";
import { type Bench, REPEATS } from "./harness.js";
import { peakMemory, repeated, round, showSpread, spread } from "./measure.js";
import { benchModel, MODEL, PAIRS, PRECISE, readPairs, rowOf } from "./model.js";

const Options = z.strictObject({
  ...MODEL.options,
  ...PRECISE.options,
  ...PAIRS.options,
  ...REPEATS.options,
  count: z.int().min(1).default(4),
  tokens: z.int().min(4).optional(),
  atOnce: z.int().min(1).optional(),
  recompute: z.boolean().default(false),
  apart: z.boolean().default(false),
  padded: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

export const step: Bench<Options> = {
  name: "step",
  about: "One step of DPO's work, forward and backward: seconds and memory.",
  flags: [
    ...MODEL.flags,
    ...PRECISE.flags,
    ...PAIRS.flags,
    ...REPEATS.flags,
    number("--count <n>", "pairs of the file"),
    number("--tokens <n>", "instead: one pair, so many tokens of prompt and completion"),
    number("--at-once <n>", "pairs computed at once; all unless said otherwise"),
    toggle("--recompute", "compute activations a second time instead of keeping them"),
    toggle("--apart", "compute a prompt for each of its completions"),
    toggle("--padded", "fill every completion up to the longest"),
  ],
  options: Options,
  async measure(options, say) {
    const { recompute } = options;
    const model = await benchModel(options);
    const { config, weights, name, precision } = model;
    const loadedGB = peakMemory();
    const pairs =
      options.tokens === undefined ? await pairRows(model.tokenizer, options) : [madeUp(options.tokens)];
    const atOnce = options.atOnce ?? pairs.length;
    const rows = (options.padded ? padded(pairs) : pairs).flatMap((row) =>
      options.apart ? row.completions.map((completion) => ({ ...row, completions: [completion] })) : [row],
    );
    const lora = { rank: 16, alpha: 32 };
    const stream = random(1, "adapter");
    const adapter = freshAdapter(config, lora, () => stream.next());
    const decoder = new Decoder(config, weights, { train: "lora", lora, adapter, recompute });
    const size = options.apart ? 2 * atOnce : atOnce;
    const processor: number[] = [];
    const runs = await repeated(options, async () => {
      const before = process.cpuUsage();
      for (let i = 0; i < rows.length; i += size)
        await decoder.backward(rows.slice(i, i + size), (logps) => logps.map((row) => row.map(() => 1)));
      const { user, system } = process.cpuUsage(before);
      processor.push((user + system) / 1e6);
    });
    await decoder.release();
    // Work is counted as the peers count it, whatever was computed for it: see `train`.
    const tokens = pairs.reduce((n, row) => n + rowTokens(row) + row.prompt.length, 0);
    const tokensPerSecond = spread(runs.map(({ seconds }) => tokens / seconds));
    say(`${showSpread(tokensPerSecond)} tokens/s`);
    return {
      model: name,
      precision,
      pairs: pairs.length,
      longest: Math.max(...rows.map(rowTokens)),
      tokens,
      atOnce,
      recompute,
      apart: options.apart,
      padded: options.padded,
      loadedGB,
      tokensPerSecond,
      processorSeconds: round(Math.min(...processor.slice(options.warmup)), 2),
    };
  },
};

async function pairRows(tokenizer: Tokenizer, { pairs, count }: Options): Promise<Row[]> {
  return (await readPairs(pairs)).slice(0, count).map((pair) => rowOf(tokenizer, pair));
}

/** A pair of any tokens: what they are does not change the work. */
function madeUp(tokens: number): Row {
  const half = Math.floor(tokens / 2);
  const ids = (seed: number) => Array.from({ length: half }, (_, i) => (seed + 7 * i) % 1000);
  return { prompt: ids(1), completions: [ids(2), ids(3)] };
}

/** Every prompt and completion as long as the longest, the added tokens computed like the others. */
function padded(rows: readonly Row[]): Row[] {
  const fill = (ids: readonly number[], to: number) => [
    ...ids,
    ...new Array<number>(to - ids.length).fill(0),
  ];
  const prompt = Math.max(...rows.map((row) => row.prompt.length));
  const completion = Math.max(...rows.flatMap((row) => row.completions.map(({ length }) => length)));
  return rows.map((row) => ({
    prompt: fill(row.prompt, prompt),
    completions: row.completions.map((ids) => fill(ids, completion)),
  }));
}
