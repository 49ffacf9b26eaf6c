import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningRateAt, SCHEDULES } from "./schedule.js";

const base = { learningRate: 1, warmupRatio: 0.2, learningRateFloor: 0.1 };
const rates = (schedule: (typeof SCHEDULES)[number], steps: number) =>
  Array.from({ length: steps }, (_, step) => learningRateAt(step, steps, { ...base, schedule }));

describe("learning rate", () => {
  it("rises in a line, peaks right after, then follows its shape", () => {
    const [a, b, peak, ...rest] = rates("cosine", 10);
    expect(a).toBeCloseTo(1 / 3, 12);
    expect(b).toBeCloseTo(2 / 3, 12);
    expect(peak).toBe(1);
    expect(rest[3]).toBeCloseTo(0.1 + 0.9 * 0.5, 12);
    expect(rates("linear", 10)[6]).toBeCloseTo(0.1 + 0.9 * 0.5, 12);
    expect(rates("constant", 10).slice(2)).toEqual(Array(8).fill(1));
  });

  it("is above 0, at most the peak, and never rises after warm-up", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEDULES),
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (schedule, steps, warmupRatio, learningRateFloor) => {
          const options = { schedule, learningRate: 3e-4, warmupRatio, learningRateFloor };
          const warmup = Math.ceil(warmupRatio * steps);
          for (let step = 0; step < steps; step++) {
            const rate = learningRateAt(step, steps, options);
            expect(rate).toBeGreaterThan(0);
            expect(rate).toBeLessThanOrEqual(3e-4);
            if (step > warmup) {
              expect(rate).toBeLessThanOrEqual(learningRateAt(step - 1, steps, options));
            }
          }
        },
      ),
    );
  });
});
