import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DPO_METRICS,
  type LossSettings,
  type PairLogps,
  pairLoss,
  VARIANTS,
  weightedDpo,
  zeroMetrics,
} from "./losses.js";

const logp = fc.double({ min: -80, max: 0, noNaN: true });
const tokens = fc.integer({ min: 1, max: 40 });
const pairs = fc.record({
  chosen: logp,
  rejected: logp,
  referenceChosen: logp,
  referenceRejected: logp,
  chosenTokens: tokens,
  rejectedTokens: tokens,
});
const settings = fc.record({
  variant: fc.constantFrom(...VARIANTS),
  beta: fc.double({ min: 0.01, max: 1, noNaN: true }),
  labelSmoothing: fc.double({ min: 0, max: 0.45, noNaN: true }),
  sftWeight: fc.double({ min: 0, max: 2, noNaN: true }),
});
const weightedPairs = fc.array(fc.tuple(pairs, fc.double({ min: 0.1, max: 10, noNaN: true })), {
  minLength: 1,
  maxLength: 8,
});

const totalsOf = (batch: readonly PairLogps[], weights: readonly number[]) => ({
  pairs: batch.length,
  weight: weights.reduce((sum, weight) => sum + weight, 0),
  chosenTokens: batch.reduce((sum, pair) => sum + pair.chosenTokens, 0),
});

const atStart: PairLogps = {
  chosen: -31.5,
  rejected: -40.25,
  referenceChosen: -31.5,
  referenceRejected: -40.25,
  chosenTokens: 20,
  rejectedTokens: 25,
};

describe("pair losses", () => {
  it.each([
    ["sigmoid", Math.LN2],
    ["cdpo", Math.LN2],
    ["robust", Math.LN2],
    ["ipo", 25],
  ] as const)("%s starts at its known value where policy and reference agree", (variant, expected) => {
    const { loss } = pairLoss(atStart, { variant, beta: 0.1, labelSmoothing: 0.1, sftWeight: 0 });
    expect(loss).toBeCloseTo(expected, 12);
  });

  it("cdpo and robust without smoothing are sigmoid", () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        const of = (variant: LossSettings["variant"]) =>
          pairLoss(pair, { variant, beta: 0.3, labelSmoothing: 0, sftWeight: 0 });
        for (const variant of ["cdpo", "robust"] as const) {
          expect(of(variant).loss).toBe(of("sigmoid").loss);
          expect(of(variant).chosen).toBe(of("sigmoid").chosen);
        }
      }),
    );
  });

  it("robust is unbiased: its mean over flips with probability e is the clean loss", () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0, max: 0.4, noNaN: true }), (pair, e) => {
        const flipped = {
          ...pair,
          chosen: pair.rejected,
          rejected: pair.chosen,
          referenceChosen: pair.referenceRejected,
          referenceRejected: pair.referenceChosen,
        };
        const robust = { variant: "robust", beta: 0.2, labelSmoothing: e, sftWeight: 0 } as const;
        const mean = (1 - e) * pairLoss(pair, robust).loss + e * pairLoss(flipped, robust).loss;
        expect(mean).toBeCloseTo(pairLoss(pair, { ...robust, variant: "sigmoid" }).loss, 8);
      }),
    );
  });

  it("stays finite and keeps its slope for log-ratios that overflow exp", () => {
    for (const far of [-1e5, 1e5]) {
      const { loss, chosen } = pairLoss(
        { ...atStart, chosen: far },
        { variant: "sigmoid", beta: 1, labelSmoothing: 0, sftWeight: 0 },
      );
      expect(Number.isFinite(loss)).toBe(true);
      expect(chosen).toBeCloseTo(far < 0 ? -1 : 0, 12);
    }
  });
});

describe("weighted DPO", () => {
  it("has the derivatives that central differences give, for every variant", () => {
    fc.assert(
      fc.property(weightedPairs, settings, (items, options) => {
        const batch = items.map(([pair]) => pair);
        const weights = items.map(([, weight]) => weight);
        const totals = totalsOf(batch, weights);
        const lossWith = (index: number, side: "chosen" | "rejected", by: number) =>
          weightedDpo(
            batch.map((pair, i) => (i === index ? { ...pair, [side]: pair[side] + by } : pair)),
            weights,
            totals,
            options,
          ).metrics.loss;
        const { gradients } = weightedDpo(batch, weights, totals, options);
        const step = 1e-4;
        gradients.forEach(([chosen, rejected], i) => {
          for (const [side, exact] of [["chosen", chosen] as const, ["rejected", rejected] as const]) {
            const numeric = (lossWith(i, side, step) - lossWith(i, side, -step)) / (2 * step);
            expect(Math.abs(numeric - exact)).toBeLessThan(1e-6 * (1 + Math.abs(exact)));
          }
        });
      }),
    );
  });

  it("with every weight 1 is the plain mean to the last bit", () => {
    fc.assert(
      fc.property(fc.array(pairs, { minLength: 1, maxLength: 9 }), settings, (batch, drawn) => {
        const options = { ...drawn, sftWeight: 0 };
        const ones = batch.map(() => 1);
        const { metrics, gradients } = weightedDpo(batch, ones, totalsOf(batch, ones), options);
        const plain = batch.map((pair) => pairLoss(pair, options));
        expect(metrics.loss).toBe(plain.reduce((sum, { loss }) => sum + loss, 0) / batch.length);
        gradients.forEach(([chosen, rejected], i) => {
          expect(chosen).toBe((plain[i]?.chosen ?? Number.NaN) / batch.length);
          expect(rejected).toBe((plain[i]?.rejected ?? Number.NaN) / batch.length);
        });
      }),
    );
  });

  it("does not depend on the scale of the weights, and adds up over micro-batches", () => {
    fc.assert(
      fc.property(weightedPairs, settings, fc.nat(), (items, options, cut) => {
        const batch = items.map(([pair]) => pair);
        const weights = items.map(([, weight]) => weight);
        const totals = totalsOf(batch, weights);
        const whole = weightedDpo(batch, weights, totals, options);

        const tripled = weights.map((weight) => 3 * weight);
        const scaled = weightedDpo(batch, tripled, totalsOf(batch, tripled), options);
        const at = cut % batch.length;
        const first = weightedDpo(batch.slice(0, at), weights.slice(0, at), totals, options);
        const second = weightedDpo(batch.slice(at), weights.slice(at), totals, options);

        for (const name of DPO_METRICS) {
          const size = 1 + Math.abs(whole.metrics[name]);
          expect(Math.abs(scaled.metrics[name] - whole.metrics[name])).toBeLessThan(1e-9 * size);
          const sum = first.metrics[name] + second.metrics[name];
          expect(Math.abs(sum - whole.metrics[name])).toBeLessThan(1e-9 * size);
        }
        expect([...first.gradients, ...second.gradients]).toEqual(whole.gradients);
      }),
    );
  });

  it("counts a pair by its share of the weights, in the loss and in the gradient", () => {
    const far = { ...atStart, chosen: -20 };
    const options = { variant: "sigmoid", beta: 0.1, labelSmoothing: 0, sftWeight: 0 } as const;
    const { metrics, gradients } = weightedDpo(
      [atStart, far],
      [3, 1],
      totalsOf([atStart, far], [3, 1]),
      options,
    );
    const farLoss = pairLoss(far, options);
    expect(metrics.loss).toBeCloseTo((3 * Math.LN2 + farLoss.loss) / 4, 12);
    expect(gradients[0]?.[0]).toBeCloseTo((3 * -0.05) / 4, 12);
    expect(gradients[1]?.[1]).toBeCloseTo(farLoss.rejected / 4, 12);
    expect(metrics["rewards/chosen"]).toBeCloseTo(0.1 * 11.5 * 0.5, 12);
    expect(metrics["rewards/accuracies"]).toBe(0.5);
  });

  it("adds the chosen side's negative log-probability per token, unweighted", () => {
    const options = { variant: "sigmoid", beta: 0.1, labelSmoothing: 0, sftWeight: 0.5 } as const;
    const short = { ...atStart, chosen: -6, referenceChosen: -6, chosenTokens: 5 };
    const { metrics, gradients } = weightedDpo(
      [atStart, short],
      [1, 9],
      totalsOf([atStart, short], [1, 9]),
      options,
    );
    expect(metrics.loss).toBeCloseTo(Math.LN2 + (0.5 * (31.5 + 6)) / 25, 12);
    expect(gradients[0]?.[0]).toBeCloseTo(-0.05 / 10 - 0.5 / 25, 12);
  });

  it("starts every step's sum at zero", () => {
    expect(Object.keys(zeroMetrics())).toEqual([...DPO_METRICS]);
    expect(Object.values(zeroMetrics()).every((value) => value === 0)).toBe(true);
  });
});
