/**
 * `npm run bench -- gradients --model FOLDER [--count 2]`: what an 8-bit base does to a gradient of DPO, that of an adapter
 * with respect to the difference of chosen and rejected log-probabilities. The adapter is not fresh, for with B zero nothing
 * would reach A.
 */
import { z } from "zod";
import { number } from "../src/cli/flags.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import { PRECISIONS, type Precision } from "../src/model/weights.js";
import { random } from "../src/random.js";
import type { Bench } from "./harness.js";
import { round } from "./measure.js";
import { benchModel, MODEL, PAIRS, readPairs } from "./model.js";

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
  async measure({ model, pairs, count }, say) {
    const rows = (await readPairs(pairs)).slice(0, count);
    const of = {} as Record<Precision, Gradients>;
    let name = "";
    for (const precision of PRECISIONS) {
      const loaded = await benchModel({ model, precision });
      name = loaded.name;
      const { config, weights, tokenizer } = loaded;
      const lora = { rank: 16, alpha: 32 };
      const first = random(1, "adapter");
      const adapter = freshAdapter(config, lora, () => first.next());
      const stream = random(2, "step");
      for (const factor of adapter.values())
        for (let i = 0; i < factor.length; i++) factor[i] = (factor[i] as number) + stream.normal() / 100;
      const decoder = new Decoder(config, weights, { train: "lora", lora, adapter });
      await decoder.backward(
        rows.map(({ prompt, chosen, rejected }) => ({
          prompt: tokenizer.encode(prompt),
          completions: [chosen, rejected].map((side) => [...tokenizer.encode(side), tokenizer.endId]),
        })),
        (logps) => logps.map(() => [1, -1]),
      );
      of[precision] = decoder.gradients;
      await decoder.release();
    }
    const [aa, bb, ab] = [
      product(of.fp32, of.fp32),
      product(of.int8, of.int8),
      product(of.fp32, of.int8),
    ] as const;
    const distance = round(Math.sqrt((aa + bb - 2 * ab) / aa), 4);
    const cosine = round(ab / Math.sqrt(aa * bb), 4);
    say(
      `int8's gradient is ${(100 * distance).toFixed(1)} % of fp32's length away from it, cosine ${cosine}`,
    );
    return { model: name, pairs: rows.length, distance, cosine };
  },
};

/** The inner product of two gradients, all tensors taken as one vector. */
function product(a: Gradients, b: Gradients): number {
  let sum = 0;
  for (const [name, x] of a) {
    const y = b.get(name) ?? new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  }
  return sum;
}
