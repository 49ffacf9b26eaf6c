/**
 * `npm run bench -- gradients --model FOLDER [--count 2]`: what an 8-bit base does to a gradient of DPO, that of an adapter
 * with respect to the difference of chosen and rejected log-probabilities. The adapter is not fresh, for with B zero nothing
 * would reach A.
 */
import { basename, resolve } from "node:path";
import { z } from "zod";
import { number } from "../src/cli/flags.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import type { Precision } from "../src/model/weights.js";
import { random } from "../src/random.js";
import type { Bench } from "./harness.js";
import { round } from "./measure.js";
import { type BenchPair, benchModel, MODEL, PAIRS, readPairs, rowOf } from "./model.js";

const Options = z.strictObject({
  ...MODEL.options,
  ...PAIRS.options,
  count: z.int().min(1).default(2),
});
type Options = z.output<typeof Options>;

type Gradients = ReadonlyMap<string, Float32Array>;

export const gradients: Bench<Options> = {
  name: "gradients",
  about: "What an 8-bit base does to an adapter's gradient.",
  flags: [...MODEL.flags, ...PAIRS.flags, number("--count <n>", "pairs that the gradient is of")],
  options: Options,
  async measure({ model, pairs: file, count }, say) {
    const pairs = (await readPairs(file)).slice(0, count);
    const fp32 = await gradientOf(pairs, model, "fp32");
    const int8 = await gradientOf(pairs, model, "int8");
    const [aa, bb, ab] = [product(fp32, fp32), product(int8, int8), product(fp32, int8)] as const;
    const distance = round(Math.sqrt((aa + bb - 2 * ab) / aa), 4);
    const cosine = round(ab / Math.sqrt(aa * bb), 4);
    say(
      `int8's gradient is ${(100 * distance).toFixed(1)} % of fp32's length away from it, cosine ${cosine}`,
    );
    return { model: basename(resolve(model)), pairs: pairs.length, distance, cosine };
  },
};

async function gradientOf(
  pairs: readonly BenchPair[],
  model: string,
  precision: Precision,
): Promise<Gradients> {
  const { config, weights, tokenizer } = await benchModel({ model, precision });
  const lora = { rank: 16, alpha: 32 };
  const [first, step] = [random(1, "adapter"), random(2, "step")];
  const adapter = freshAdapter(config, lora, () => first.next());
  for (const factor of adapter.values())
    for (let i = 0; i < factor.length; i++) factor[i] = (factor[i] as number) + step.normal() / 100;
  const decoder = new Decoder(config, weights, { train: "lora", lora, adapter });
  await decoder.backward(
    pairs.map((pair) => rowOf(tokenizer, pair)),
    (logps) => logps.map(() => [1, -1]),
  );
  await decoder.release();
  return decoder.gradients;
}

/** The inner product of two gradients of the same tensors, taken as one vector. */
function product(a: Gradients, b: Gradients): number {
  let sum = 0;
  for (const [name, x] of a) {
    const y = b.get(name);
    if (y === undefined) throw new Error(`one gradient lacks ${name}`);
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  }
  return sum;
}
