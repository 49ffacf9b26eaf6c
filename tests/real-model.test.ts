/**
 * Greedy text against transformers' on a real model: `NEARMISS_TEST_MODEL=FOLDER npx vitest run tests/real-model.test.ts`,
 * FOLDER being one of those that tests/fixtures/real has a file for.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { CachedDecoder } from "../src/model/cache.js";
import { loadConfig } from "../src/model/config.js";
import { Decoder } from "../src/model/decoder.js";
import { loadTokenizer } from "../src/model/tokenizer.js";
import { loadWeights } from "../src/model/weights.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";

interface Expected {
  readonly question: string;
  readonly prompt: number[];
  readonly ids: number[];
}

const folder = process.env.NEARMISS_TEST_MODEL ?? "";
const file = join("tests/fixtures/real", `${basename(folder)}.json`);
const there = folder !== "" && existsSync(file) && existsSync(folder);
if (!there)
  console.log("NEARMISS_TEST_MODEL names no model folder with a fixture: real greedy text is not compared.");

it.skipIf(!there)(
  "writes transformers' greedy text on a real model, fifty prompts, several at once",
  { timeout: 900_000 },
  async () => {
    const expected = JSON.parse(readFileSync(file, "utf8")) as Expected[];
    expect(expected).toHaveLength(50);
    const tokenizer = await loadTokenizer(folder);
    const config = await loadConfig(folder);
    const model = new CachedDecoder(
      new Decoder(config, await loadWeights(folder, config), { train: "none" }),
    );
    const prompts = expected.map(({ question }) =>
      tokenizer.encodePrompt([{ role: "user", content: question }]),
    );
    expect(prompts).toEqual(expected.map(({ prompt }) => prompt));
    const requests = prompts.map((prompt) => ({ prompt, streams: [random(1)] }));
    const longest = Math.max(...expected.map(({ ids }) => ids.length));
    const options = { temperature: 0, topK: 1, topP: 1, inFlight: 10, maxTokens: longest, stopIds: [] };
    const texts: (readonly number[])[] = [];
    for await (const { request, tokens } of generate(model, requests, options)) texts[request] = tokens;
    expected.forEach(({ ids }, i) => {
      expect(texts[i]?.slice(0, ids.length)).toEqual(ids);
    });
  },
);
