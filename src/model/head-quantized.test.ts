import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../random.js";
import { loadConfig } from "./config.js";
import { inEightBits, isFrozen } from "./frozen.js";
import { expectedRows, QuantizedHead } from "./head-quantized.js";
import { quantize } from "./quantize.js";

const WIDTH = 3;
const VOCABULARY = 6;
/** Of a vocabulary of six tokens, how likely each is: any positive numbers, made to sum to 1. */
const likely = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: VOCABULARY, maxLength: VOCABULARY });
const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), {
  minLength: VOCABULARY * WIDTH,
  maxLength: VOCABULARY * WIDTH,
});

function sorted(weights: readonly number[], count: number) {
  const total = weights.reduce((a, b) => a + b, 0);
  const order = weights.map((weight, id) => ({ id, p: weight / total })).sort((a, b) => b.p - a.p);
  const taken = order.slice(0, count);
  return {
    order,
    likeliest: {
      count,
      probabilities: Float32Array.from(taken, ({ p }) => p),
      ids: Float32Array.from(taken, ({ id }) => id),
    },
  };
}

test("the likeliest tokens' rows count as they are, the others at the mean of all", () => {
  fc.assert(
    fc.property(likely, numbers, fc.integer({ min: 1, max: VOCABULARY }), (weights, values, count) => {
      const quantized = quantize({ data: Float32Array.from(values), shape: [VOCABULARY, WIDTH] });
      const entry = (id: number, i: number) =>
        (quantized.bytes.data[id * WIDTH + i] ?? 0) * (quantized.scale.data[id] ?? 0);
      const rest = Float32Array.from({ length: WIDTH }, (_, i) => 7 * (i + 1));
      const { order, likeliest } = sorted(weights, count);
      const found = expectedRows(likeliest, quantized, rest);
      for (let i = 0; i < WIDTH; i++) {
        const sum = order.reduce((s, { id, p }, k) => s + p * (k < count ? entry(id, i) : (rest[i] ?? 0)), 0);
        expect(Math.abs((found[i] ?? Number.NaN) - sum)).toBeLessThan(1e-3 * (1 + Math.abs(sum)));
      }
    }),
  );
});

test("several rows, and a token too unlikely to look at", () => {
  const quantized = quantize({ data: Float32Array.of(1, 0, 0, 1), shape: [2, 2] });
  const found = expectedRows(
    { count: 2, probabilities: Float32Array.of(0.75, 0.25, 1, 1e-7), ids: Float32Array.of(1, 0, 0, 1) },
    quantized,
    Float32Array.of(100, 100),
  );
  [0.25, 0.75, 1, 0].forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 5);
  });
});

test("probabilities add up to 1 and their gradients to nothing: no direction makes every token likelier", async () => {
  const [width, tokens, rows] = [32, 40, 3];
  const stream = random(11, "head");
  const drawn = (count: number, scale: number) =>
    Float32Array.from({ length: count }, () => scale * (2 * stream.next() - 1));
  const matrix = { data: drawn(tokens * width, 1), shape: [tokens, width] };
  const vocabulary = inEightBits(new Map([["head", matrix]])).get("head");
  if (vocabulary === undefined || !isFrozen(vocabulary)) throw new Error("the head is not of 8 bits");
  const tiny = await loadConfig("assets/tiny");
  const config = { ...tiny, hiddenSize: width, vocabSize: tokens };
  const norm = { data: new Float32Array(width).fill(1), shape: [width] };
  const head = new QuantizedHead(config, norm, vocabulary);
  const few = drawn(rows * width, 1);
  // Every row with every token as its label.
  const hidden = new Float32Array(rows * tokens * width);
  const labels = new Int32Array(rows * tokens);
  for (let i = 0; i < labels.length; i++) {
    const row = Math.floor(i / tokens);
    hidden.set(few.subarray(row * width, (row + 1) * width), i * width);
    labels[i] = i % tokens;
  }
  const x = { data: hidden, shape: [labels.length, width] };
  const { logps } = await head.score(x, labels, null);
  const probabilities = logps.map(Math.exp);
  const { logps: again, dHidden } = await head.score(x, labels, probabilities);
  expect(again).toEqual(logps);
  for (let row = 0; row < rows; row++) {
    const own = probabilities.subarray(row * tokens, (row + 1) * tokens);
    expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    for (let i = 0; i < width; i++) {
      const slopes = Array.from(
        { length: tokens },
        (_, label) => dHidden[(row * tokens + label) * width + i] ?? Number.NaN,
      );
      expect(slopes.reduce((sum, slope) => sum + slope, 0)).toBeCloseTo(0, 5);
      expect(Math.max(...slopes.map(Math.abs))).toBeGreaterThan(1e-3);
    }
  }
  await head.release();
});
