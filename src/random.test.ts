import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "./random.js";

const draws = (count: number, ...labels: (string | number)[]): number[] => {
  const stream = random(1, ...labels);
  return Array.from({ length: count }, () => stream.next());
};

describe("random", () => {
  it("gives the same numbers for the same seed and labels, and others for others", () => {
    expect(draws(5, "a", 1)).toEqual(draws(5, "a", 1));
    expect(draws(5, "a", 1)).not.toEqual(draws(5, "a", 2));
    expect(draws(5, "a", "b")).not.toEqual(draws(5, "ab"));
  });

  it("is even enough: ten bins of 100,000 numbers within five standard deviations", () => {
    const stream = random(3);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bin = stream.int(0, 9);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(100_000 * 0.1 * 0.9));
  });

  it("has neighbouring seeds that agree in no number", () => {
    const first = new Set(Array.from({ length: 200 }, (_, seed) => random(seed).next()));
    expect(first.size).toBe(200);
  });

  it("draws normal deviates of mean 0 and variance 1", () => {
    const stream = random(5);
    const values = Array.from({ length: 50_000 }, () => stream.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  it("shuffles into a permutation and leaves the list alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const before = [...items];
        const shuffled = random(seed).shuffle(items);
        expect(items).toEqual(before);
        expect([...shuffled].sort()).toEqual([...items].sort());
      }),
    );
  });

  it("refuses to pick from nothing", () => {
    expect(() => random(1).pick([])).toThrow(RangeError);
  });
});
