/**
 * `npm run bench -- precision --model FOLDER [--pairs pairs.jsonl] [--solutions 20]`: what an 8-bit base changes, on worked
 * solutions given their prompts. `nll` is the mean negative log-probability of a token in nats, by the path that training
 * takes; Kullback-Leibler divergence from float32 and agreement on the likeliest token are by the path that sampling takes.
 */
import { z } from "zod";
import { number } from "../src/cli/flags.js";
import { Decoder } from "../src/model/decoder.js";
import { type Packed, packRows } from "../src/model/pack.js";
import type { Row } from "../src/model/types.js";
import type { Bench } from "./harness.js";
import { median, round } from "./measure.js";
import { benchModel, MODEL, PAIRS, readPairs } from "./model.js";

/** Rows of logits held at once. */
const CHUNK = 32;

const Options = z.strictObject({
  ...MODEL.options,
  ...PAIRS.options,
  solutions: z.int().min(1).default(20),
});
type Options = z.output<typeof Options>;

export const precision: Bench<Options> = {
  name: "precision",
  about: "What an 8-bit base changes: log-likelihood, divergence and agreement with float32.",
  flags: [...MODEL.flags, ...PAIRS.flags, number("--solutions <n>", "worked solutions to look at")],
  options: Options,
  async measure({ model, pairs: file, solutions }, say) {
    const pairs = await readPairs(file);
    const models = {
      fp32: await benchModel({ model, precision: "fp32" }),
      int8: await benchModel({ model, precision: "int8" }),
    };
    const { config, tokenizer, name } = models.fp32;
    const seen = new Map(pairs.map((pair) => [pair.prompt, pair]));
    const rows = [...seen.values()].slice(0, solutions).map(({ prompt, chosen }): Row => {
      return {
        prompt: tokenizer.encode(prompt),
        completions: [[...tokenizer.encode(chosen), tokenizer.endId]],
      };
    });
    const fp32 = new Decoder(config, models.fp32.weights, { train: "none" });
    const int8 = new Decoder(config, models.int8.weights, { train: "none" });

    const [nll, nll8, divergences]: [number[], number[], number[]] = [[], [], []];
    let tokens = 0;
    let agreed = 0;
    for (const row of rows) {
      const packed = packRows([row]);
      tokens += packed.labels.length;
      nll.push(-((await fp32.logps([row]))[0]?.[0] ?? Number.NaN));
      nll8.push(-((await int8.logps([row]))[0]?.[0] ?? Number.NaN));
      const [hidden, hidden8] = [await hiddenRows(fp32, packed), await hiddenRows(int8, packed)];
      const width = config.hiddenSize;
      for (let start = 0; start < packed.labels.length; start += CHUNK) {
        const count = Math.min(CHUNK, packed.labels.length - start);
        const part = (data: Float32Array) => ({
          data: data.subarray(start * width, (start + count) * width),
          shape: [count, width],
        });
        const [p, q] = [await fp32.logits(part(hidden)), await int8.logits(part(hidden8))];
        for (let r = 0; r < count; r++) {
          const line = (logits: Float32Array) =>
            logits.subarray(r * config.vocabSize, (r + 1) * config.vocabSize);
          const [a, b] = [line(p.logits), line(q.logits)];
          divergences.push(divergence(a, p.logSumExp[r] ?? 0, b, q.logSumExp[r] ?? 0));
          if (likeliest(a) === likeliest(b)) agreed++;
        }
      }
    }
    const perToken = (sums: readonly number[]): number => round(sums.reduce((a, b) => a + b, 0) / tokens, 4);
    const figures = {
      model: name,
      solutions: rows.length,
      tokens,
      nll: { fp32: perToken(nll), int8: perToken(nll8) },
      largestShiftOfOneSolution: round(
        Math.max(...nll.map((value, i) => Math.abs(value - (nll8[i] ?? Number.NaN)))),
        3,
      ),
      divergence: { mean: perToken(divergences), median: round(median(divergences), 5) },
      sameLikeliest: round(agreed / tokens, 4),
    };
    say(
      `nll ${figures.nll.fp32} in fp32, ${figures.nll.int8} in int8; KL ${figures.divergence.mean}; ` +
        `the same likeliest token ${(100 * figures.sameLikeliest).toFixed(1)} %`,
    );
    return figures;
  },
};

/** The hidden states [L, hidden] that predict the completion's tokens. */
async function hiddenRows(decoder: Decoder, packed: Packed): Promise<Float32Array> {
  const { data } = await decoder.prefill(packed, () => {});
  const width = decoder.config.hiddenSize;
  const out = new Float32Array(packed.hidden.length * width);
  for (const [i, row] of packed.hidden.entries())
    out.set(data.subarray(row * width, (row + 1) * width) as Float32Array, i * width);
  return out;
}

/** KL(p || q) in nats, of two rows of logits with their log-sum-exp. */
function divergence(p: Float32Array, pTotal: number, q: Float32Array, qTotal: number): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const [logP, logQ] = [(p[i] ?? 0) - pTotal, (q[i] ?? 0) - qTotal];
    sum += Math.exp(logP) * (logP - logQ);
  }
  return sum;
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[best] ?? 0)) best = i;
  return best;
}
