import { describe, expect, it } from "vitest";
import { buildTrace } from "../trace.js";
import { examine } from "../verify.js";
import { largest, probabilities, utility } from "./choice.js";
import { freeSigns } from "./free.js";
import { guidedSigns } from "./guided.js";

const QUESTION =
  "Lea has 40 beads and 3 boxes. She buys twice as many beads as she has and gives 25% of all beads to 6 friends. How many beads are left?";

function signs(question: string, steps: readonly string[]) {
  const { checked, findings } = examine({ question, solution: steps });
  return freeSigns(checked, findings);
}

describe("signs of a step", () => {
  it.each([
    ["foreign", ["40 + 91 = 131 beads"]],
    ["inHead", ["40 + 37 = 77 beads"]],
    ["constant", ["40 * 7 = 280 beads"]],
    ["fraction", ["40 / 3 = 13.33 beads"]],
    ["assume", ["Assuming a box holds them all, 40 * 3 = 120."]],
    ["round", ["40 / 3 = 13.33, which we round to 13.", "13 * 6 = 78"]],
    ["hedge", ["It seems that 40 * 3 = 120."]],
    ["contradicts", ["Twice as many is 40 / 2 = 20 beads."]],
    ["sum", ["40 + 3 + 6 = 49"]],
    ["repeats", ["40 + 40 = 80"]],
    ["prose", ["Lea has 40 beads."]],
    ["empty", ["Let us see."]],
    ["first", ["40 * 2 = 80"]],
  ])("%s", (name, steps) => {
    expect(signs(QUESTION, steps).steps.some((step) => name in step)).toBe(true);
    const plain = ["Lea has 40 beads.", "40 + 6 = 46 beads"];
    const absent = signs(QUESTION, plain).steps;
    if (!["prose", "first", "answer"].includes(name)) expect(absent.some((step) => name in step)).toBe(false);
  });

  it("marks what is counted twice, and what is taken back", () => {
    const again = signs(QUESTION, ["40 + 6 = 46", "46 + 6 = 52"]);
    expect(again.steps.map((step) => step.again)).toEqual([undefined, 1]);
    const back = signs(QUESTION, ["40 * 3 = 120", "120 - 40 = 80"]);
    expect(back.steps.map((step) => step.takesBack)).toEqual([undefined, 1]);
  });

  it("counts values that nothing uses, and marks the step that ignores them", () => {
    const { steps, whole } = signs(QUESTION, [
      "40 * 2 = 80 beads",
      "40 / 3 = 13",
      "40 + 6 = 46",
      "The answer is: 46",
    ]);
    expect(steps[2]?.ignores).toBe(1);
    expect(whole.deadEnds).toBeCloseTo(2 / 3);
  });

  it("marks the step that speaks of an unused given, and a given with another noun", () => {
    const { steps } = signs(QUESTION, [
      "40 * 2 = 80 beads",
      "A quarter of all beads goes to her friends: 120 / 4",
    ]);
    expect(steps[1]?.unused).toBe(1);
    expect(signs(QUESTION, ["There are 40 boxes."]).steps[0]?.renamed).toBe(1);
    expect(signs(QUESTION, ["There are 40 beads."]).steps[0]?.renamed).toBeUndefined();
  });

  it("marks what is never used and an answer that no computation gives", () => {
    expect(signs(QUESTION, ["40 + 40 = 80", "The answer is: 80"]).whole.unused).toBe(1);
    expect(signs(QUESTION, ["40 * 2 = 80", "The answer is: 81"]).whole.uncomputed).toBe(1);
    expect(signs(QUESTION, ["40 * 2 = 80", "The answer is: 80"]).whole.uncomputed).toBeUndefined();
  });

  it("marks broken and negative answers of the whole", () => {
    expect(signs(QUESTION, ["40 / 3 = 13.33", "The answer is: 13.33"]).whole.brokenAnswer).toBe(1);
    expect(signs(QUESTION, ["6 - 40 = -34", "The answer is: -34"]).whole.negativeAnswer).toBe(1);
  });
});

describe("signs beside a reference", () => {
  const reference = ["40 * 2 = 80", "40 + 80 = 120", "120 * 0.25 = 30", "120 - 30 = 90", "The answer is: 90"];
  const beside = (steps: readonly string[]) => {
    const { checked, findings } = examine({ question: QUESTION, solution: steps });
    return guidedSigns(checked, buildTrace(QUESTION, reference), findings);
  };

  it.each([
    ["operation", ["40 * 2 = 80", "80 - 40 = 40", "The answer is: 40"], 1],
    ["operand", ["40 * 2 = 80", "40 + 80 = 120", "120 * 0.4 = 48", "120 - 48 = 72", "The answer is: 72"], 2],
    ["alone", ["40 * 2 = 80", "80 * 6 * 3 = 1440", "The answer is: 1440"], 1],
    ["misstated", ["40 * 2 = 80", "40 + 80 = 110", "110 - 30 = 80", "The answer is: 80"], 1],
  ])("%s", (name, steps, place) => {
    const { steps: found, cause } = beside(steps);
    expect(cause?.computation.step).toBe(place);
    expect(found.map((step) => name in step)).toEqual(steps.map((_, i) => i === place));
    expect(found.map((step) => step.departs)).toEqual(steps.map((_, i) => (i === place ? 1 : undefined)));
  });

  it("takes another order for the same way", () => {
    const { cause } = beside(["40 * 2 = 80", "80 + 40 = 120", "25% of 120 = 30", "120 - 30 = 90"]);
    expect(cause).toBeNull();
  });

  it("departs by the line that concludes too early, where there is one", () => {
    const early = ["40 * 2 = 80", "40 + 80 = 120"];
    expect(beside([...early, "The answer is: 120"]).steps.map((step) => step.departs)).toEqual([
      undefined,
      undefined,
      1,
    ]);
    expect(beside(early).steps.map((step) => step.departs)).toEqual([undefined, 1]);
  });

  it("departs by the answer where all computations are the reference's", () => {
    const { steps, missing } = beside(["40 * 2 = 80", "40 + 80 = 120", "The answer is: 120"]);
    expect(steps[2]).toMatchObject({ departs: 1, answers: 1 });
    expect(missing?.value).toEqual({ n: 90n, d: 1n });
  });

  it("marks the step that brings in the operand", () => {
    const { steps } = beside(["She gives 35% away.", "40 * 2 = 80", "40 + 80 = 120", "120 * 35 = 4200"]);
    expect(steps[0]).toMatchObject({ silent: 1 });
    expect(steps[3]).toMatchObject({ departs: 1 });
  });
});

describe("a choice", () => {
  it("weighs signs, and its probabilities sum to 1", () => {
    expect(utility({ a: 2, b: 1 }, { a: 0.5, b: -3 })).toBe(-2);
    const p = probabilities([0, Math.log(3), -1000]);
    expect(p[1]).toBeCloseTo(0.75);
    expect(p.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1);
    expect(largest([1, 3, 3])).toBe(1);
  });
});
