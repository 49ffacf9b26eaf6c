/** The tokenizer of the `tiny` model, trained here on a few hundred problems and loaded as any model's is. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainTokenizer, writeTokenizerFiles } from "../scripts/tiny/tokenizer.js";
import { synthetic } from "../src/data/synthetic/index.js";
import { loadConfig } from "../src/model/config.js";
import { loadTokenizer, type Tokenizer } from "../src/model/tokenizer.js";

const textsOf = (split: "train" | "test", count: number): string[] =>
  synthetic({ count, seed: 1, split }).flatMap(({ question, solution }) => [question, solution]);

describe("the tiny tokenizer", () => {
  const train = textsOf("train", 400);
  let folder = "";
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nearmiss-tiny-"));
    await writeTokenizerFiles(folder, train);
    tokenizer = await loadTokenizer(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const roundTrip = (text: string): string => tokenizer.decode(tokenizer.encode(text));

  it("gives back every text: ASCII, and any other in its composed form", () => {
    const ascii = fc.string({ unit: "binary-ascii", maxLength: 80 });
    fc.assert(fc.property(ascii, (text) => roundTrip(text) === text));
    const composed = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.normalize("NFC"));
    fc.assert(fc.property(composed, (text) => roundTrip(text) === text));
    for (const text of textsOf("test", 100)) expect(roundTrip(text)).toBe(text);
  });

  it("gives a digit a token of its own, the same one wherever it stands", () => {
    const [one] = tokenizer.encode("1");
    const places = ["1", "21", " 1", "= 1", "(1)", "1%", "$1.1", "x1", "The answer is: 1\n1"];
    for (const text of places) {
      const digits = tokenizer.encode(text).filter((id) => tokenizer.decode([id]).includes("1"));
      expect(digits, text).toEqual(digits.map(() => one));
    }
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(tokenizer.encode(String(n)).map((id) => tokenizer.decode([id]))).toEqual([...String(n)]);
      }),
    );
  });

  it("knows most words of unseen problems as one token with the space in front", () => {
    const words = textsOf("test", 100).flatMap((text) => text.match(/ [A-Za-z]+/g) ?? []);
    const known = words.filter((word) => tokenizer.encode(word).length === 1);
    expect(known.length / words.length).toBeGreaterThan(0.97);
  });

  it("cuts a prompt and its answer where they meet, so that they can be encoded apart", () => {
    const [question = "", solution = ""] = textsOf("test", 1);
    const prompt = tokenizer.renderPrompt([{ role: "user", content: question }]);
    expect(prompt).toBe(`Q: ${question}\nA:\n`);
    expect(tokenizer.encode(prompt + solution)).toEqual([
      ...tokenizer.encodePrompt([{ role: "user", content: question }]),
      ...tokenizer.encode(solution),
    ]);
  });

  it("ends an answer with a special token, which every file names", async () => {
    expect(tokenizer.endId).toBe(1);
    expect(tokenizer.stopIds).toEqual([1, 0]);
    expect(tokenizer.encode("<|im_end|>")).toEqual([1]);
    expect(tokenizer.decode([1, 0])).toBe("");
    const config = await loadConfig(folder);
    expect(config.eosIds).toEqual([1]);
    const { model } = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8"));
    const ids = Object.values<number>(model.vocab).sort((a, b) => a - b);
    expect(ids).toEqual([...Array(config.vocabSize).keys()]);
  });
});

describe("trainTokenizer", () => {
  it("merges the most frequent pair first, within a piece only", () => {
    const { model } = trainTokenizer(["aab aab aab", "ab 11 11 11"], 1000);
    expect(model.merges).toEqual(["a b", "a ab", "Ġ aab"]);
  });

  it("does not depend on the order of the texts", () => {
    const texts = textsOf("train", 50);
    expect(trainTokenizer(texts.toReversed(), 400)).toEqual(trainTokenizer(texts, 400));
  });

  it("keeps to the size asked for, and refuses one too small for bytes", () => {
    expect(Object.keys(trainTokenizer(textsOf("train", 50), 300).model.vocab).length).toBe(300);
    expect(() => trainTokenizer([], 257)).toThrow("a vocabulary of 257 cannot hold the 258 base tokens");
  });
});
