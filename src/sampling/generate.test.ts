import { describe, expect, it } from "vitest";
import type { DecodeModel, Likeliest } from "../model/types.js";
import { random } from "../random.js";
import { candidateKey, sampleCandidates } from "./candidates.js";
import { type Finished, generate } from "./generate.js";

const VOCAB = 12;
const STOP = 0;

/** A model whose next-token logits depend on the whole sequence, so that a mixed-up slot shows in the text. */
class Echo implements DecodeModel {
  /** Prompts and tokens computed. */
  calls = 0;
  prefills = 0;
  widest = 0;
  reserved = 0;
  private slots: number[][] = [];

  reset(slots: number): void {
    this.reserved = slots;
    this.slots = Array.from({ length: slots }, () => []);
  }

  async prefill(prompt: readonly number[], slots: readonly number[], count: number): Promise<Likeliest> {
    this.prefills++;
    this.calls++;
    for (const slot of slots) this.slots[slot] = [...prompt];
    return likeliest([[...prompt]], count);
  }

  async step(tokens: readonly number[], count: number): Promise<Likeliest> {
    this.calls++;
    this.widest = Math.max(this.widest, tokens.length);
    tokens.forEach((token, slot) => {
      this.slots[slot]?.push(token);
    });
    return likeliest(this.slots.slice(0, tokens.length), count);
  }

  move(from: number, to: number): void {
    this.slots[to] = [...(this.slots[from] ?? [])];
  }
}

function likeliest(sequences: readonly number[][], count: number): Likeliest {
  const rows = sequences.map((sequence) => {
    const stream = random(1, sequence.join());
    const weights = Array.from({ length: VOCAB }, () => Math.exp(2 * stream.normal()));
    const total = weights.reduce((a, b) => a + b, 0);
    return weights
      .map((weight, id) => ({ id, probability: weight / total }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count);
  });
  return {
    count,
    probabilities: Float32Array.from(rows.flat(), ({ probability }) => probability),
    ids: Float32Array.from(rows.flat(), ({ id }) => id),
  };
}

const options = { temperature: 1, topK: VOCAB, topP: 1, maxTokens: 9, stopIds: [STOP] };
const requests = () =>
  [[1], [2, 3], [4, 5, 6], [7]].map((prompt, p) => ({
    prompt,
    streams: Array.from({ length: 3 }, (_, i) => random(9, p, i)),
  }));

async function collect(inFlight: number, model = new Echo()): Promise<Finished[]> {
  const finished: Finished[] = [];
  for await (const one of generate(model, requests(), { ...options, inFlight })) finished.push(one);
  return finished.sort((a, b) => a.request - b.request || a.sample - b.sample);
}

describe("generate", () => {
  it("gives each sample the same tokens however many are in flight", async () => {
    const alone = await collect(1);
    expect(alone).toHaveLength(12);
    expect(new Set(alone.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(6);
    for (const inFlight of [2, 3, 5, 64]) expect(await collect(inFlight)).toEqual(alone);
  });

  it("computes a prompt once for its samples, and neither holds nor reserves more than inFlight or there are", async () => {
    const model = new Echo();
    await collect(6, model);
    expect(model.prefills).toBe(4);
    expect(model.widest).toBeLessThanOrEqual(6);
    expect(model.reserved).toBe(6);
    await collect(64, model);
    expect(model.reserved).toBe(12);
  });

  it("stops at a stop token, which is no part of the text, or says that the limit cut it off", async () => {
    const finished = await collect(4);
    expect(new Set(finished.map(({ finishReason }) => finishReason))).toEqual(new Set(["stop", "length"]));
    for (const { tokens, finishReason } of finished) {
      expect(tokens).not.toContain(STOP);
      if (finishReason === "length") expect(tokens).toHaveLength(options.maxTokens);
      else expect(tokens.length).toBeLessThanOrEqual(options.maxTokens);
    }
  });

  it("when aborted computes no further token, having yielded all that was finished", async () => {
    const whole = await collect(4);
    const model = new Echo();
    const controller = new AbortController();
    const finished: Finished[] = [];
    let calls = 0;
    const going = (async () => {
      for await (const one of generate(model, requests(), { ...options, inFlight: 4 }, controller.signal)) {
        finished.push(one);
        if (finished.length === 3) {
          controller.abort(new Error("enough"));
          calls = model.calls;
        }
      }
    })();
    await expect(going).rejects.toThrow("enough");
    expect(model.calls).toBe(calls);
    expect(finished.length).toBeLessThan(whole.length);
    for (const one of finished) expect(whole).toContainEqual(one);
  });

  it("sums the log-probabilities of the tokens at temperature 1", async () => {
    const [cold] = await (async () => {
      const finished: Finished[] = [];
      const greedy = { ...options, temperature: 0, maxTokens: 1, inFlight: 1, stopIds: [] };
      const one = [{ prompt: [1], streams: [random(1)] }];
      for await (const done of generate(new Echo(), one, greedy)) finished.push(done);
      return finished;
    })();
    const { probabilities } = await new Echo().prefill([1], [], VOCAB);
    expect(cold?.logprob).toBeCloseTo(Math.log(Math.max(...probabilities)), 5);
  });
});

describe("sampleCandidates", () => {
  const problems = [
    { id: "a", prompt: [1, 2] },
    { id: "b", prompt: [3] },
  ];
  const settings = { ...options, n: 3, inFlight: 4, seed: 5, model: "echo" };
  const tokenizer = { decode: (ids: readonly number[]) => ids.join(" "), stopIds: [STOP] };
  const run = async (done?: Set<string>) => {
    const out = [];
    for await (const one of sampleCandidates(new Echo(), tokenizer, problems, settings, done)) out.push(one);
    return out.sort((x, y) => x.problemId.localeCompare(y.problemId) || x.index - y.index);
  };

  it("draws again what an uninterrupted run would have drawn, and nothing that is done", async () => {
    const whole = await run();
    expect(whole.map(({ problemId, index }) => candidateKey(problemId, index))).toEqual([
      "0 a",
      "1 a",
      "2 a",
      "0 b",
      "1 b",
      "2 b",
    ]);
    const rest = await run(new Set([candidateKey("a", 0), candidateKey("b", 2)]));
    expect(rest).toEqual(
      whole.filter(({ problemId, index }) => !["a0", "b2"].includes(`${problemId}${index}`)),
    );
  });
});
