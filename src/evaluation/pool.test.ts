import { describe, expect, it } from "vitest";
import { compareArms } from "./compare.js";
import { poolRuns, type Run } from "./pool.js";

const problems = ["p0", "p1", "p2", "p3", "p4", "p5"];
const run = (sft: string, weighted: string, nearMiss = ["p0", "p1"]): Run => ({
  arms: [
    { name: "sft", outcomes: sft },
    { name: "dpo-weighted", outcomes: weighted },
  ],
  problems,
  nearMiss,
});
const options = { seed: 1, resamples: 400 };

describe("poolRuns", () => {
  it("counts every run's answers", () => {
    const { arms, comparisons } = poolRuns([run("110000", "111000"), run("100000", "011100")], options);
    expect(arms.map(({ name, correct, total }) => [name, correct, total])).toEqual([
      ["sft", 3, 12],
      ["dpo-weighted", 6, 12],
    ]);
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]?.all).toMatchObject({ difference: 0.25, wrongToRight: 4, rightToWrong: 1 });
  });

  it("takes each run's own near-miss slice", () => {
    const { arms, comparisons } = poolRuns(
      [run("000000", "111111", ["p0"]), run("000000", "000000", ["p4", "p5"])],
      options,
    );
    expect(arms[1]?.nearMiss).toMatchObject({ correct: 1, total: 3 });
    expect(comparisons[0]?.nearMiss.difference).toBeCloseTo(1 / 3, 12);
  });

  it("does not take two runs that agree for twice the evidence", () => {
    const [once, twice] = [1, 2].map((times) => {
      const same = Array.from({ length: times }, () => run("000000", "111110"));
      return poolRuns(same, options).comparisons[0]?.all;
    });
    expect(once?.pByProblem).toBeCloseTo(once?.pMcNemar ?? Number.NaN, 12);
    expect(twice?.pByProblem).toBeCloseTo(once?.pByProblem ?? Number.NaN, 12);
    expect(twice?.pMcNemar).toBeLessThan(once?.pMcNemar ?? 0);
    expect(twice?.ci95).toEqual(once?.ci95);
  });

  it("asks what a single run's report asks", () => {
    const verdicts = (outcomes: string) =>
      problems.map((problemId, i) => ({
        problemId,
        index: 0,
        correct: outcomes[i] === "1",
        answer: { extracted: null, reference: null, distance: null },
        profile: { answer: null, arithmetic: 0, algebra: 0, logic: 0, grounding: 0, form: 0 },
        wrongness: 0,
        absurdity: 0,
        firstErrorStep: null,
        findings: [],
      }));
    const arms = ["sft", "dpo-random", "dpo-hard"].map((name, i) => ({
      name,
      candidates: [],
      verdicts: verdicts(["110000", "101000", "111100"][i] ?? ""),
    }));
    const single = compareArms({
      problems: problems.map((id) => ({ id, question: "?", answer: "1", source: "test" })),
      arms,
      nearMiss: new Set(["p0"]),
      dimensions: new Map(),
      seed: 1,
      resamples: 400,
    });
    const pooled = poolRuns([{ arms: single.arms, problems, nearMiss: ["p0"] }], options);
    expect(pooled.comparisons.map(({ a, b, all }) => [a, b, all.difference, all.ci95])).toEqual(
      single.comparisons.map(({ a, b, difference, ci95 }) => [a, b, difference, ci95]),
    );
    pooled.comparisons.forEach(({ all }, i) => {
      expect(all.pMcNemar).toBe(single.comparisons[i]?.pMcNemar);
    });
  });

  it("says what does not fit together", () => {
    const other = { ...run("000000", "000000"), problems: [...problems].reverse() };
    expect(() => poolRuns([run("000000", "000000"), other], options)).toThrow(/other problems/);
  });

  it("counts an arm in the runs that have it, and compares two over the runs that have both", () => {
    const full = run("110000", "111000");
    const fewer = { ...run("111111", ""), arms: [{ name: "sft", outcomes: "111111" }] };
    const other = { ...full, arms: [{ name: "base", outcomes: "100000" }] };
    const { arms, comparisons } = poolRuns([fewer, other, full], options);
    expect(arms.map(({ name, correct, total }) => [name, correct, total])).toEqual([
      ["sft", 8, 12],
      ["dpo-weighted", 3, 6],
      ["base", 1, 6],
    ]);
    // No run has both sft and base, so nothing is said of them.
    const alone = poolRuns([full], options);
    expect(comparisons).toEqual(alone.comparisons);
  });
});
