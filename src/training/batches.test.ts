import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planSteps } from "./batches.js";

const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });
const options = fc.record({
  seed: fc.nat(),
  epochs: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
  microBatchTokens: fc.integer({ min: 1, max: 120 }),
});

describe("planSteps", () => {
  it("meets every example once an epoch, in micro-batches within the budget", () => {
    fc.assert(
      fc.property(lengths, options, (sizes, chosen) => {
        const plan = planSteps(sizes, chosen);
        expect(plan.length).toBe(chosen.epochs * Math.ceil(sizes.length / chosen.batchSize));
        const met = plan.flatMap((step) => step.examples).sort((a, b) => a - b);
        expect(met).toEqual(sizes.flatMap((_, i) => Array(chosen.epochs).fill(i)));
        plan.forEach((step, index) => {
          expect(step.index).toBe(index);
          expect(step.microBatches.flat().sort((a, b) => a - b)).toEqual(
            step.examples.toSorted((a, b) => a - b),
          );
          for (const batch of step.microBatches) {
            const tokens = batch.reduce((sum, example) => sum + (sizes[example] ?? 0), 0);
            expect(batch.length === 1 || tokens <= chosen.microBatchTokens).toBe(true);
          }
          const falling = step.microBatches.flat().map((example) => sizes[example] ?? 0);
          expect(falling).toEqual(falling.toSorted((a, b) => b - a));
        });
        expect(plan.at(-1)?.epoch).toBe(chosen.epochs);
      }),
    );
  });

  it("orders steps by seed and count alone, so that arms with as many examples agree", () => {
    fc.assert(
      fc.property(lengths, options, (sizes, chosen) => {
        const order = (of: readonly number[], seed: number, microBatchTokens: number) =>
          planSteps(of, { ...chosen, seed, microBatchTokens }).map((step) => step.examples);
        const other = sizes.map((size) => 51 - size);
        expect(order(other, chosen.seed, 7)).toEqual(order(sizes, chosen.seed, 70));
      }),
    );
    const many = Array(30).fill(5);
    const plan = (seed: number) => planSteps(many, { seed, epochs: 2, batchSize: 30, microBatchTokens: 99 });
    expect(plan(1)).not.toEqual(plan(2));
    expect(plan(1)[0]?.examples).not.toEqual(plan(1)[1]?.examples);
  });

  it("takes exactly maxSteps, over as many epochs as that needs", () => {
    const few = planSteps([1, 2, 3], { seed: 0, epochs: 1, maxSteps: 7, batchSize: 2, microBatchTokens: 9 });
    expect(few.map((step) => step.examples.length)).toEqual([2, 1, 2, 1, 2, 1, 2]);
    expect(few.at(-1)?.epoch).toBeCloseTo(3 + 2 / 3, 12);
    expect(planSteps([], { seed: 0, epochs: 1, maxSteps: 7, batchSize: 2, microBatchTokens: 9 })).toEqual([]);
  });
});
