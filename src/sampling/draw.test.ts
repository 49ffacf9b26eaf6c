import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../random.js";
import { draw } from "./draw.js";

const logits = (probabilities: readonly number[]): Float32Array => Float32Array.from(probabilities, Math.log);

/** How often each token is drawn, in 4,000 draws. */
function shares(row: Float32Array, options: { temperature: number; topK: number; topP: number }): number[] {
  const stream = random(1, "draw");
  const counts = new Array<number>(row.length).fill(0);
  for (let i = 0; i < 4000; i++) {
    const token = draw(row, options, stream.next());
    counts[token] = (counts[token] ?? 0) + 1;
  }
  return counts.map((count) => count / 4000);
}

describe("draw", () => {
  const row = logits([0.1, 0.5, 0.3, 0.1]);

  it.each([
    { name: "all tokens", options: { temperature: 1, topK: 4, topP: 1 }, expected: [0.1, 0.5, 0.3, 0.1] },
    { name: "top-k", options: { temperature: 1, topK: 2, topP: 1 }, expected: [0, 0.625, 0.375, 0] },
    {
      name: "top-p, the token that crosses included",
      options: { temperature: 1, topK: 4, topP: 0.7 },
      expected: [0, 0.625, 0.375, 0],
    },
    {
      name: "top-p below the likeliest keeps one",
      options: { temperature: 1, topK: 4, topP: 0.2 },
      expected: [0, 1, 0, 0],
    },
    {
      name: "temperature 0.5 squares",
      options: { temperature: 0.5, topK: 4, topP: 1 },
      expected: [0.01, 0.25, 0.09, 0.01].map((p) => p / 0.36),
    },
  ])("draws in proportion: $name", ({ options, expected }) => {
    shares(row, options).forEach((share, i) => {
      expect(Math.abs(share - (expected[i] ?? 0))).toBeLessThan(0.03);
    });
  });

  it("takes the likeliest at temperature 0, the first of equals", () => {
    const options = { temperature: 0, topK: 1, topP: 1 };
    expect(draw(Float32Array.of(1, 3, 3, 2), options, 0.9)).toBe(1);
  });

  it("never leaves the k likeliest, whatever the logits", () => {
    const values = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 40 });
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 10 }), unit, (list, topK, uniform) => {
        const values = Float32Array.from(list);
        const token = draw(values, { temperature: 1, topK, topP: 1 }, uniform);
        const larger = values.filter((value) => value > (values[token] ?? 0)).length;
        expect(larger).toBeLessThan(topK);
      }),
    );
  });

  it("stays in the vocabulary at the ends of the unit interval", () => {
    for (const uniform of [0, 1 - 2 ** -32]) {
      const token = draw(row, { temperature: 1, topK: 4, topP: 1 }, uniform);
      expect(row[token]).toBeDefined();
    }
  });
});
