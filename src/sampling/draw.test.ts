import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../random.js";
import { draw } from "./draw.js";

/** How often each place is drawn, in 4,000 draws. */
function shares(row: Float32Array, options: { temperature: number; topP: number }): number[] {
  const stream = random(1, "draw");
  const counts = new Array<number>(row.length).fill(0);
  for (let i = 0; i < 4000; i++) {
    const place = draw(row, options, stream.next());
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts.map((count) => count / 4000);
}

describe("draw", () => {
  const row = Float32Array.of(0.5, 0.3, 0.1, 0.1);

  it.each([
    { name: "all tokens", options: { temperature: 1, topP: 1 }, expected: [0.5, 0.3, 0.1, 0.1] },
    {
      name: "top-p, the token that crosses included",
      options: { temperature: 1, topP: 0.7 },
      expected: [0.625, 0.375, 0, 0],
    },
    {
      name: "top-p below the likeliest keeps one",
      options: { temperature: 1, topP: 0.2 },
      expected: [1, 0, 0, 0],
    },
    {
      name: "temperature 0.5 squares",
      options: { temperature: 0.5, topP: 1 },
      expected: [0.25, 0.09, 0.01, 0.01].map((p) => p / 0.36),
    },
  ])("draws in proportion: $name", ({ options, expected }) => {
    shares(row, options).forEach((share, i) => {
      expect(Math.abs(share - (expected[i] ?? 0))).toBeLessThan(0.03);
    });
  });

  it("takes the likeliest at temperature 0", () => {
    expect(draw(row, { temperature: 0, topP: 1 }, 0.9)).toBe(0);
  });

  it("never draws a token of no probability, nor one beyond the last", () => {
    const logits = fc.array(fc.float({ min: -200, max: 30, noNaN: true }), { minLength: 1, maxLength: 40 });
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(logits, unit, (list, uniform) => {
        const falling = Float32Array.from(
          list.sort((a, b) => b - a).map((x, _, all) => Math.exp(x - (all[0] ?? 0))),
        );
        expect(falling[draw(falling, { temperature: 1, topP: 1 }, uniform)]).toBeGreaterThan(0);
      }),
    );
  });

  it("stays among the tokens at the ends of the unit interval", () => {
    for (const uniform of [0, 1 - 2 ** -32])
      expect(row[draw(row, { temperature: 1, topP: 1 }, uniform)]).toBeDefined();
  });
});
