/**
 * `npm run bench -- beside --model FOLDER [--in-flight 1,8,32]`: whether a sample's text depends on what is sampled beside it.
 * The same prompts and seeds are sampled with so many in flight each; the first number is what the others are held against.
 * Their sums are rounded in another order, which may tip a draw: given is how many texts are the same, token by token, and
 * where the others first differ.
 */
import Table from "cli-table3";
import { z } from "zod";
import { number, text } from "../src/cli/flags.js";
import { CachedDecoder } from "../src/model/cache.js";
import { Decoder } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";
import { type Bench, wholeNumbers } from "./harness.js";
import { benchModel, MODEL, PAIRS, PRECISE, promptsOf, readPairs, SAMPLING } from "./model.js";

const Options = z.strictObject({
  ...MODEL.options,
  ...PRECISE.options,
  ...PAIRS.options,
  prompts: z.int().min(1).default(8),
  samples: z.int().min(1).default(4),
  inFlight: wholeNumbers(1)
    .refine((numbers) => numbers.length > 1, "needs two numbers or more to compare")
    .default([1, 8, 32]),
  maxNewTokens: z.int().min(1).default(96),
});
type Options = z.output<typeof Options>;

export const beside: Bench<Options> = {
  name: "beside",
  about: "Whether a sample's text depends on what is sampled beside it.",
  flags: [
    ...MODEL.flags,
    ...PRECISE.flags,
    ...PAIRS.flags,
    number("--prompts <n>", "prompts sampled from"),
    number("--samples <n>", "samples of a prompt"),
    text("--in-flight <numbers>", "samples computed at once, separated by commas"),
    number("--max-new-tokens <n>", "longest sample"),
  ],
  options: Options,
  async measure(options, say) {
    const { samples, inFlight, maxNewTokens } = options;
    const { name, config, precision, weights, tokenizer } = await benchModel(options);
    const prompts = promptsOf(await readPairs(options.pairs)).slice(0, options.prompts);
    const model = new CachedDecoder(new Decoder(config, weights, { train: "none" }));
    const sampled = async (atOnce: number): Promise<readonly (readonly number[])[]> => {
      const requests = prompts.map((prompt, p) => ({
        prompt: tokenizer.encode(prompt),
        streams: Array.from({ length: samples }, (_, i) => random(7, p, i)),
      }));
      const { stopIds } = tokenizer;
      const settings = { ...SAMPLING, inFlight: atOnce, maxTokens: maxNewTokens, stopIds };
      const texts: (readonly number[])[] = [];
      for await (const done of generate(model, requests, settings))
        texts[done.request * samples + done.sample] = done.tokens;
      return texts;
    };
    const [first = 1, ...others] = inFlight;
    const alone = await sampled(first);
    const compared = [];
    for (const atOnce of others) {
      const texts = await sampled(atOnce);
      const firstDifferences = alone.flatMap((one, i) => firstDifference(one, texts[i] ?? []) ?? []);
      compared.push({
        inFlight: atOnce,
        same: alone.length - firstDifferences.length,
        firstDifferences: firstDifferences.sort((a, b) => a - b),
      });
    }
    await model.release();
    const head = ["in flight", `the same as with ${first}`, "of", "first different token"];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const { inFlight: atOnce, same, firstDifferences } of compared)
      table.push([atOnce, same, alone.length, firstDifferences.join(" ")]);
    say(table.toString());
    const tokens = alone.reduce((sum, one) => sum + one.length, 0);
    return { model: name, precision, texts: alone.length, tokens, heldAgainst: first, compared };
  },
};

/** The first place where two texts differ, their ends included; null when they are the same. */
function firstDifference(a: readonly number[], b: readonly number[]): number | null {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return null;
}
