/**
 * `npm run bench -- sample --model FOLDER --pairs pairs.jsonl [--in-flight 16] [--samples 4] [--max-new-tokens 200]
 * [--precision int8]`: the
 * same work as bench/peers/transformers_generate.py: batches of `in-flight` samples, `samples` a prompt, the first batch
 * not timed.
 */
import { readJsonlAll } from "../src/data/jsonl.js";
import { CachedDecoder } from "../src/model/cache.js";
import { Decoder } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";
import { benchModel, machine, peakMemory, round } from "./measure.js";
import { BenchPair } from "./pairs.js";

export async function run(options: Readonly<Record<string, string>>): Promise<object> {
  const inFlight = Number(options["in-flight"] ?? 16);
  const samples = Number(options.samples ?? 4);
  const batches = Number(options.batches ?? 2);
  const maxTokens = Number(options["max-new-tokens"] ?? 200);
  const measured = await machine();
  const { folder, config, precision, weights, tokenizer } = await benchModel(options);
  const rows = await readJsonlAll(options.pairs ?? "runs/bench/pairs.jsonl", BenchPair);
  const prompts = [...new Set(rows.map(({ prompt }) => prompt))].map((text) => tokenizer.encode(text));
  const model = new CachedDecoder(new Decoder(config, weights, { train: "none" }));
  const settings = {
    temperature: 0.8,
    topK: 50,
    topP: 0.95,
    inFlight,
    maxTokens,
    stopIds: tokenizer.stopIds,
  };
  const perBatch = inFlight / samples;
  const generateFrom = async (from: number, count: number): Promise<number> => {
    const requests = prompts.slice(from, from + count).map((prompt, p) => ({
      prompt,
      streams: Array.from({ length: samples }, (_, i) => random(7, from + p, i)),
    }));
    let tokens = 0;
    for await (const done of generate(model, requests, settings))
      tokens += done.tokens.length + (done.finishReason === "stop" ? 1 : 0);
    return tokens;
  };
  await generateFrom(0, perBatch);
  const start = performance.now();
  const tokens = await generateFrom(perBatch, batches * perBatch);
  const seconds = (performance.now() - start) / 1000;
  const figures = {
    bench: "sample",
    model: folder.split("/").pop(),
    precision,
    inFlight,
    samplesPerPrompt: samples,
    prompts: batches * perBatch,
    tokens,
    seconds: round(seconds),
    tokensPerSecond: round(tokens / seconds),
    peakRssGB: round(peakMemory(), 2),
    machine: measured,
  };
  console.log(`${figures.tokensPerSecond} tokens/s with ${inFlight} in flight, ${figures.peakRssGB} GB`);
  return figures;
}
