import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusteredBootstrap, pairedBootstrap } from "./bootstrap.js";
import { holm } from "./holm.js";
import { mcnemarExact } from "./mcnemar.js";
import { signFlipExact } from "./sign-flip.js";
import { wilson } from "./wilson.js";

describe("wilson", () => {
  // Computed in 40-digit decimals from the textbook formula.
  it.each([
    [0, 10, 0, 0.2775327998628892],
    [10, 10, 0.7224672001371107, 1],
    [1, 2, 0.09453120573423072, 0.9054687942657693],
    [50, 100, 0.4038315303659956, 0.5961684696340044],
    [81, 263, 0.2552885198782742, 0.36620957698280004],
    [264, 1319, 0.17944336673548858, 0.2226013796506943],
    [1, 1_000_000, 1.765245767453715e-7, 5.664911804311442e-6],
  ])("%i of %i", (correct, total, lo, hi) => {
    const interval = wilson(correct, total);
    expect(interval[0]).toBeCloseTo(lo, 14);
    expect(interval[1]).toBeCloseTo(hi, 14);
  });

  it("says nothing of no trials, and refuses more successes than trials", () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
    expect(() => wilson(3, 2)).toThrow(RangeError);
  });

  it("holds the proportion, stays in [0, 1] and mirrors when right and wrong change places", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (right, wrong) => {
        const total = right + wrong;
        fc.pre(total > 0);
        const [lo, hi] = wilson(right, total);
        const [mirrorLo, mirrorHi] = wilson(wrong, total);
        expect(lo).toBeGreaterThanOrEqual(0);
        expect(hi).toBeLessThanOrEqual(1);
        expect(lo).toBeLessThanOrEqual(right / total);
        expect(hi).toBeGreaterThanOrEqual(right / total);
        expect(mirrorLo).toBeCloseTo(1 - hi, 12);
        expect(mirrorHi).toBeCloseTo(1 - lo, 12);
      }),
    );
  });
});

describe("mcnemarExact", () => {
  // Computed with exact fractions: min(1, 2 sum_{i <= min} C(n, i) / 2^n).
  it.each([
    [0, 0, 1],
    [0, 1, 1],
    [7, 7, 1],
    [0, 5, 0.0625],
    [1, 5, 0.21875],
    [3, 9, 0.14599609375],
    [10, 25, 0.01667384780012071],
    [40, 60, 0.05688793364098079],
    [121, 59, 4.434449263755176e-6],
    [500, 600, 0.0028195449914364275],
    [4000, 4400, 1.3353978213570428e-5],
    [0, 900, 2.3661043723335494e-271],
    [20_000, 20_300, 0.13637447838816746],
  ])("b = %i, c = %i", (b, c, p) => {
    expect(mcnemarExact(b, c) / p).toBeCloseTo(1, 9);
    expect(mcnemarExact(c, b)).toBe(mcnemarExact(b, c));
  });

  it("refuses what is not a count", () => {
    expect(() => mcnemarExact(-1, 2)).toThrow(RangeError);
    expect(() => mcnemarExact(0.5, 2)).toThrow(RangeError);
  });

  it("falls as the arms differ more to one side", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (b, extra) => {
        const c = b + extra;
        expect(mcnemarExact(b, c + 1)).toBeLessThanOrEqual(mcnemarExact(b, c) * (1 + 1e-12));
      }),
    );
  });
});

describe("holm", () => {
  it.each([
    [[], []],
    [[0.04], [0.04]],
    // 0.01 * 4, 0.02 * 3, 0.03 * 2 (raised to 0.06), 0.04 * 1 (raised to 0.06)
    [
      [0.04, 0.01, 0.03, 0.02],
      [0.06, 0.04, 0.06, 0.06],
    ],
    [
      [0.9, 0.6, 0.001],
      [1, 1, 0.003],
    ],
  ])("%j", (raw, expected) => {
    const adjusted = holm(raw);
    expect(adjusted).toHaveLength(expected.length);
    for (const [i, p] of adjusted.entries()) expect(p).toBeCloseTo(expected[i] ?? Number.NaN, 12);
  });

  it("keeps the order of p values and lies between the raw p and Bonferroni's", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (raw) => {
        const adjusted = holm(raw);
        for (const [i, p] of raw.entries()) {
          const q = adjusted[i] ?? Number.NaN;
          expect(q).toBeGreaterThanOrEqual(p);
          expect(q).toBeLessThanOrEqual(Math.min(1, p * raw.length));
          for (const [j, other] of raw.entries())
            if (p < other) expect(q).toBeLessThanOrEqual(adjusted[j] ?? Number.NaN);
        }
      }),
    );
  });
});

describe("pairedBootstrap", () => {
  const repeat = (values: number[], times: number) => Array.from({ length: times }, () => values).flat();

  it("agrees with the normal interval where the normal is right", () => {
    // 400 paired differences: 100 of +1, 40 of -1. Mean 0.15, standard error sqrt((140 / 400 - 0.15^2) / 400).
    const a = repeat([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1], 20);
    const b = repeat([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1], 20);
    const { difference, ci95 } = pairedBootstrap(a, b, { seed: 3 });
    expect(difference).toBeCloseTo(0.15, 12);
    const spread = 1.96 * Math.sqrt((140 / 400 - 0.15 ** 2) / 400);
    expect(ci95[0]).toBeCloseTo(0.15 - spread, 2);
    expect(ci95[1]).toBeCloseTo(0.15 + spread, 2);
  });

  it("is the same for the same seed and another for another", () => {
    const a = repeat([1, 0, 1, 1, 0.5], 9);
    const b = repeat([0, 0, 1, 0.25, 1], 9);
    const at = (seed: number) => pairedBootstrap(a, b, { seed, resamples: 200 });
    expect(at(1)).toEqual(at(1));
    expect(at(1).ci95).not.toEqual(at(2).ci95);
  });

  it("is a point where the arms differ alike everywhere, and knows nothing of no problems", () => {
    expect(pairedBootstrap([1, 1, 1], [0, 0, 0], { seed: 1 })).toEqual({ difference: 1, ci95: [1, 1] });
    expect(pairedBootstrap([], [], { seed: 1 })).toEqual({ difference: 0, ci95: [-1, 1] });
    expect(() => pairedBootstrap([1], [1, 0], { seed: 1 })).toThrow(RangeError);
  });

  it("turns round when the arms change places", () => {
    const bit = fc.constantFrom(0, 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(bit, bit), { minLength: 1, maxLength: 40 }), (rows) => {
        const a = rows.map(([x]) => x);
        const b = rows.map(([, y]) => y);
        const there = pairedBootstrap(a, b, { seed: 5, resamples: 300 });
        const back = pairedBootstrap(b, a, { seed: 5, resamples: 300 });
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.ci95[0]).toBeCloseTo(-there.ci95[1], 12);
        expect(there.ci95[0]).toBeLessThanOrEqual(there.ci95[1]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("clusteredBootstrap", () => {
  it("is wider where the differences of a problem go together than where they are independent", () => {
    const together = Array.from({ length: 60 }, (_, i) => Array<number>(3).fill(i % 3 === 0 ? 1 : 0));
    const apart = together.flat().map((d) => [d]);
    const width = ({ ci95 }: { ci95: readonly [number, number] }) => ci95[1] - ci95[0];
    const [clustered, independent] = [together, apart].map((c) => clusteredBootstrap(c, { seed: 1 }));
    if (clustered === undefined || independent === undefined) throw new Error("two results are wanted");
    expect(clustered.difference).toBeCloseTo(1 / 3, 12);
    expect(independent.difference).toBeCloseTo(1 / 3, 12);
    // Three copies of each problem tell no more than one: sqrt(3) times as wide.
    expect(width(clustered) / width(independent)).toBeCloseTo(Math.sqrt(3), 0);
  });

  it("leaves out problems without a difference", () => {
    expect(clusteredBootstrap([[], [1], [], [0]], { seed: 2 })).toEqual(
      clusteredBootstrap([[1], [0]], { seed: 2 }),
    );
    expect(clusteredBootstrap([[], []], { seed: 2 })).toEqual({ difference: 0, ci95: [-1, 1] });
  });
});

describe("signFlipExact", () => {
  it("is McNemar's exact test where every difference is -1, 0 or 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (b, c) => {
        const differences = [...Array<number>(b).fill(1), 0, ...Array<number>(c).fill(-1)];
        expect(signFlipExact(differences)).toBeCloseTo(mcnemarExact(b, c), 10);
      }),
    );
  });

  it("counts the ways to choose the signs, as if each were tried", () => {
    const small = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 9 });
    fc.assert(
      fc.property(small, (differences) => {
        const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
        let as = 0;
        const ways = 2 ** differences.length;
        for (let signs = 0; signs < ways; signs++) {
          const sum = differences.reduce((total, d, i) => total + ((signs >> i) & 1 ? d : -d), 0);
          if (Math.abs(sum) >= observed) as++;
        }
        expect(signFlipExact(differences)).toBeCloseTo(as / ways, 10);
      }),
    );
  });

  it("refuses what is not a whole number", () => {
    expect(() => signFlipExact([1, 0.5])).toThrow(/0\.5 is not a whole number/);
  });
});
