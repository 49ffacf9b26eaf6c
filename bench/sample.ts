/**
 * `npm run bench -- sample --model FOLDER [--in-flight 64] [--max-new-tokens 96]`: the same work as
 * bench/peers/transformers_generate.py. A run under the clock is one batch of `in-flight` samples, `samples` a prompt, of
 * prompts that no other run has.
 */
import { z } from "zod";
import { number } from "../src/cli/flags.js";
import { NearmissError } from "../src/errors.js";
import { CachedDecoder } from "../src/model/cache.js";
import { Decoder } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";
import { type Bench, REPEATS } from "./harness.js";
import { repeated, showSpread, spread } from "./measure.js";
import { benchModel, MODEL, PAIRS, PRECISE, promptsOf, readPairs, SAMPLING } from "./model.js";

const Options = z.strictObject({
  ...MODEL.options,
  ...PRECISE.options,
  ...PAIRS.options,
  ...REPEATS.options,
  inFlight: z.int().min(1).default(16),
  samples: z.int().min(1).default(4),
  maxNewTokens: z.int().min(1).default(200),
});
type Options = z.output<typeof Options>;

export const sample: Bench<Options> = {
  name: "sample",
  about: "Sampling: new tokens a second.",
  flags: [
    ...MODEL.flags,
    ...PRECISE.flags,
    ...PAIRS.flags,
    ...REPEATS.flags,
    number("--in-flight <n>", "samples computed at once"),
    number("--samples <n>", "samples of a prompt"),
    number("--max-new-tokens <n>", "longest sample"),
  ],
  options: Options,
  async measure(options, say) {
    const { inFlight, samples, maxNewTokens } = options;
    const { name, config, precision, weights, tokenizer } = await benchModel(options);
    const rows = await readPairs(options.pairs);
    const prompts = promptsOf(rows).map((text) => tokenizer.encode(text));
    const perRun = Math.ceil(inFlight / samples);
    const needed = (options.warmup + options.repeats) * perRun;
    if (prompts.length < needed) {
      throw new NearmissError(
        `${options.pairs} holds ${prompts.length} prompts and ${needed} are needed: write more pairs (bench pairs --count), or lower --repeats.`,
      );
    }
    const model = new CachedDecoder(new Decoder(config, weights, { train: "none" }));
    const settings = {
      ...SAMPLING,
      inFlight,
      maxTokens: maxNewTokens,
      stopIds: tokenizer.stopIds,
    };
    const runs = await repeated(options, async (run) => {
      const from = run * perRun;
      const requests = prompts.slice(from, from + perRun).map((prompt, p) => ({
        prompt,
        streams: Array.from({ length: samples }, (_, i) => random(7, from + p, i)),
      }));
      let tokens = 0;
      for await (const done of generate(model, requests, settings))
        tokens += done.tokens.length + (done.finishReason === "stop" ? 1 : 0);
      return tokens;
    });
    await model.release();
    const tokensPerSecond = spread(runs.map(({ seconds, result }) => result / seconds));
    say(`${showSpread(tokensPerSecond)} tokens/s with ${inFlight} in flight`);
    return {
      model: name,
      precision,
      device: options.device,
      inFlight,
      samplesPerPrompt: samples,
      maxNewTokens,
      tokens: runs.reduce((sum, { result }) => sum + result, 0),
      tokensPerSecond,
    };
  },
};
