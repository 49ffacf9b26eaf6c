import fc from "fast-check";
import { expect, test } from "vitest";
import { expectedRows } from "./head-quantized.js";
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
