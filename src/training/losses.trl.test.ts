/** Every variant against TRL's own code: scripts/fixtures/make_losses.py makes the numbers. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { DPO_METRICS, VARIANTS, weightedDpo } from "./losses.js";

const number = z.number();
const Fixture = z.object({
  pairs: z.array(
    z.object({
      chosen: number,
      rejected: number,
      referenceChosen: number,
      referenceRejected: number,
      chosenTokens: number,
      rejectedTokens: number,
    }),
  ),
  cases: z.array(
    z.object({
      variant: z.enum(VARIANTS),
      beta: number,
      labelSmoothing: number,
      sftWeight: number,
      loss: number,
      gradients: z.array(z.tuple([number, number])),
      metrics: z.record(z.string(), number),
    }),
  ),
});
const path = new URL("../../tests/fixtures/losses.json", import.meta.url);
const { pairs, cases } = Fixture.parse(JSON.parse(readFileSync(path, "utf8")));
const totals = {
  pairs: pairs.length,
  weight: pairs.length,
  chosenTokens: pairs.reduce((sum, pair) => sum + pair.chosenTokens, 0),
};
const ones = pairs.map(() => 1);

it("knows every variant of the fixture, and the fixture every variant", () => {
  expect(new Set(cases.map(({ variant }) => variant))).toEqual(new Set(VARIANTS));
});

it.each(cases)(
  "$variant, beta $beta, smoothing $labelSmoothing, SFT weight $sftWeight: loss, gradients and metrics",
  (known) => {
    const { metrics, gradients } = weightedDpo(pairs, ones, totals, known);
    expect(metrics.loss).toBeCloseTo(known.loss, 10);
    expect(gradients).toHaveLength(known.gradients.length);
    gradients.forEach(([chosen, rejected], i) => {
      expect(chosen).toBeCloseTo(known.gradients[i]?.[0] ?? Number.NaN, 12);
      expect(rejected).toBeCloseTo(known.gradients[i]?.[1] ?? Number.NaN, 12);
    });
    for (const name of DPO_METRICS) {
      // TRL counts accuracies in float32.
      if (name !== "loss") expect(metrics[name]).toBeCloseTo(known.metrics[name] ?? Number.NaN, 7);
    }
  },
);
