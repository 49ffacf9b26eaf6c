import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Problem, Verdict } from "../data/records.js";
import { MiningOptions } from "../mining/options.js";
import { compareArms, transitions } from "./compare.js";
import { mcnemarExact } from "./mcnemar.js";
import { ArmResult, Comparison } from "./schema.js";
import { accuracyBy, nearMissDimensions, nearMissSlice, stepCount } from "./slices.js";

const problems: Problem[] = Array.from({ length: 10 }, (_, i) => ({
  id: `p${i}`,
  question: `What is ${i} plus 1?`,
  answer: `${i + 1}`,
  solution: `${"A step.\n".repeat(1 + (i % 3))}The answer is: ${i + 1}`,
  source: "test",
}));

function verdict(problemId: string, correct: boolean | null, change: Partial<Verdict> = {}): Verdict {
  return {
    problemId,
    index: 0,
    correct,
    answer: { extracted: "7", reference: "8", distance: correct === true ? 0 : 0.1 },
    profile: {
      answer: correct === false ? 1 : 0,
      arithmetic: 0,
      algebra: 0,
      logic: 0,
      grounding: 0,
      form: 0,
    },
    wrongness: correct === true ? 0 : 0.9,
    absurdity: 0,
    firstErrorStep: null,
    findings: [],
    ...change,
  };
}

/** An arm that solves the problems whose digit is in `right`. */
const arm = (name: string, right: string) => ({
  name,
  // Right ones are short and end; wrong ones run into the limit.
  candidates: problems.map((_, i) =>
    right.includes(String(i))
      ? { tokenCount: 20, finishReason: "stop" as const }
      : { tokenCount: 60, finishReason: "length" as const },
  ),
  verdicts: problems.map((p, i) => verdict(p.id, right.includes(String(i)))),
});

/** What is asked of some arms, without a slice. */
const comparisonsOf = (...arms: readonly ReturnType<typeof arm>[]) =>
  compareArms({ problems, arms, nearMiss: new Set(), dimensions: new Map(), seed: 1 }).comparisons;

const compareTwo = (right: string, other: string) =>
  compareArms({
    problems,
    arms: [arm("sft", other), arm("dpo-hard", right), arm("unasked", "01")],
    nearMiss: new Set(["p0", "p1", "p2", "p3"]),
    dimensions: new Map([
      ["p0", "logic"],
      ["p1", "arithmetic"],
      ["p3", "logic"],
    ]),
    seed: 1,
    resamples: 500,
  });

describe("compareArms", () => {
  const { arms, comparisons } = compareTwo("0123456", "4567");

  it("counts every arm, on all problems and on the slice", () => {
    const [sft, hard] = arms;
    expect(sft).toMatchObject({ name: "sft", accuracy: 0.4, correct: 4, total: 10 });
    expect(sft?.nearMiss).toMatchObject({ accuracy: 0, correct: 0, total: 4 });
    expect(hard).toMatchObject({ name: "dpo-hard", accuracy: 0.7, correct: 7, total: 10 });
    expect(hard?.nearMiss.accuracy).toBe(1);
    // Problems 0, 3, 6, 9 have one step; 1, 4, 7 two; 2, 5, 8 three.
    expect(hard?.bySteps.map((g) => [g.steps, g.correct, g.total])).toEqual([
      [1, 3, 4],
      [2, 2, 3],
      [3, 2, 3],
    ]);
    expect(hard?.byDimension.map((g) => [g.dimension, g.total])).toEqual([
      ["arithmetic", 1],
      ["logic", 2],
    ]);
  });

  it("asks only the questions whose arms are there", () => {
    expect(comparisons.map((c) => [c.a, c.b])).toEqual([["dpo-hard", "sft"]]);
    const [c] = comparisons;
    expect(c?.difference).toBeCloseTo(0.3, 12);
    expect(c?.transitions).toEqual({
      bothRight: 3,
      bothWrong: 2,
      wrongToRight: ["p0", "p1", "p2", "p3"],
      rightToWrong: ["p7"],
    });
    expect(c?.pMcNemar).toBe(mcnemarExact(4, 1));
    expect(c?.pMcNemarNearMiss).toBe(mcnemarExact(4, 0));
    expect(c?.pHolm).toBe(c?.pMcNemar);
    expect(c?.nearMiss).toEqual({ difference: 1, ci95: [1, 1] });
  });

  it("holds preferences against the control that learns the chosen sides alone", () => {
    const comparisons = comparisonsOf(arm("sft", "0"), arm("sft-chosen", "01"), arm("dpo-weighted", "012"));
    expect(comparisons.map(({ a, b, difference }) => [a, b, difference])).toEqual([
      ["sft-chosen", "sft", expect.closeTo(0.1)],
      ["dpo-weighted", "sft", expect.closeTo(0.2)],
      ["dpo-weighted", "sft-chosen", expect.closeTo(0.1)],
    ]);
  });

  it("compares the DPO arms with base where there is no SFT", () => {
    const comparisons = comparisonsOf(arm("base", "0"), arm("dpo-random", "01"), arm("dpo-hard", "012"));
    expect(comparisons.map(({ a, b }) => [a, b])).toEqual([
      ["dpo-random", "base"],
      ["dpo-hard", "base"],
      ["dpo-hard", "dpo-random"],
    ]);
  });

  it("says how long the answers are, how many ended, and what is wrong with the wrong ones", () => {
    const [sft] = compareTwo("012", "4567").arms;
    expect(sft?.answers).toEqual({ meanTokens: (4 * 20 + 6 * 60) / 10, stopped: 4 });
    expect(sft?.errors).toEqual([{ dimension: "answer", count: 6 }]);
  });

  it("writes what the schema reads, an empty slice included", () => {
    const empty = compareArms({
      problems,
      arms: [arm("base", ""), arm("sft", "12")],
      nearMiss: new Set(),
      dimensions: new Map(),
      seed: 1,
    });
    for (const result of [...arms, ...empty.arms]) expect(ArmResult.parse(result)).toEqual(result);
    for (const result of [...comparisons, ...empty.comparisons])
      expect(Comparison.parse(result)).toEqual(result);
    expect(empty.arms[0]?.nearMiss).toEqual({ accuracy: null, ci95: [0, 1], correct: 0, total: 0 });
    expect(empty.comparisons[0]?.pMcNemarNearMiss).toBe(1);
  });

  it("does not depend on the order of an arm's verdicts", () => {
    const sft = arm("sft", "4567");
    const shuffled = { ...sft, verdicts: [...sft.verdicts].reverse() };
    const hard = arm("dpo-hard", "0123456");
    const options = { problems, nearMiss: new Set<string>(), dimensions: new Map(), seed: 1, resamples: 100 };
    expect(compareArms({ ...options, arms: [shuffled, hard] })).toEqual(
      compareArms({ ...options, arms: [arm("sft", "4567"), hard] }),
    );
  });

  it.each([
    ["a missing verdict", arm("sft", "1").verdicts.slice(1), /no verdict of problem p0/],
    ["a stranger", [...arm("sft", "1").verdicts, verdict("p99", true)], /11 verdicts of 10/],
    ["two of one", [...arm("sft", "1").verdicts, verdict("p3", true)], /p3 has two verdicts/],
    ["no reference", arm("sft", "").verdicts.map((v) => ({ ...v, correct: null })), /no reference/],
  ])("refuses %s", (_, verdicts, message) => {
    const arms = [{ ...arm("sft", "1"), verdicts }];
    expect(() =>
      compareArms({ problems, arms, nearMiss: new Set(), dimensions: new Map(), seed: 1 }),
    ).toThrow(message);
  });

  it("adjusts p values over all comparisons", () => {
    const { comparisons: all } = compareArms({
      problems,
      arms: [
        arm("base", ""),
        arm("sft", "01234"),
        arm("dpo-random", "0123456"),
        arm("dpo-hard", "0123456789"),
      ],
      nearMiss: new Set(["p1"]),
      dimensions: new Map(),
      seed: 1,
      resamples: 100,
    });
    expect(all).toHaveLength(4);
    for (const c of all) expect(c.pHolm).toBeGreaterThanOrEqual(c.pMcNemar);
    const smallest = all.reduce((x, y) => (x.pMcNemar < y.pMcNemar ? x : y));
    expect(smallest.pHolm).toBeCloseTo(Math.min(1, 4 * smallest.pMcNemar), 12);
  });
});

describe("slices", () => {
  const options = MiningOptions.parse({ tauW: 0.3, tauA: 0.5, nearDistance: 0.5 });
  const broken = (dimension: "logic" | "arithmetic") => ({
    profile: { ...verdict("x", false).profile, [dimension]: 0.8 },
  });
  const samples = [
    verdict("p1", false, { index: 0, ...broken("logic") }),
    verdict("p1", false, { index: 1, ...broken("arithmetic") }),
    verdict("p1", false, { index: 2, ...broken("arithmetic") }),
    verdict("p2", true),
    verdict("p3", false, { absurdity: 0.9 }),
    verdict("p4", false, { wrongness: 0.1 }),
    verdict("p5", false, { answer: { extracted: null, reference: "8", distance: null } }),
    verdict("p6", false, { answer: { extracted: "99", reference: "8", distance: 0.9 } }),
    verdict("p7", false),
  ];

  it("takes problems with a sample that is wrong, not absurd and close", () => {
    expect([...nearMissSlice(samples, options)]).toEqual(["p1", "p7"]);
  });

  it("names the commonest main dimension of a problem's near misses", () => {
    expect([...nearMissDimensions(samples, options)]).toEqual([
      ["p1", "arithmetic"],
      ["p7", "answer"],
    ]);
  });

  it("counts steps without the answer line", () => {
    const problem = { id: "a", question: "q", answer: "3", source: "test" };
    expect(stepCount(problem)).toBeUndefined();
    expect(stepCount({ ...problem, solution: "1 + 1 = 2\n\n2 + 1 = 3\nThe answer is: 3" })).toBe(2);
  });

  it("splits accuracy into groups that add up", () => {
    const outcome = fc.record({ problemId: fc.nat(20).map(String), correct: fc.boolean() });
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        const groups = accuracyBy(outcomes, (id) => Number(id) % 4);
        const sum = (key: "correct" | "total") => groups.reduce((n, g) => n + g.accuracy[key], 0);
        expect(sum("total")).toBe(outcomes.length);
        expect(sum("correct")).toBe(outcomes.filter((o) => o.correct).length);
        expect(groups.map((g) => g.label)).toEqual(groups.map((g) => g.label).sort((x, y) => x - y));
      }),
    );
  });
});

describe("transitions", () => {
  it("turns round when the arms change places", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean())), (rows) => {
        const a = rows.map(([x], i) => ({ problemId: `${i}`, correct: x }));
        const b = rows.map(([, y], i) => ({ problemId: `${i}`, correct: y }));
        const there = transitions(a, b);
        const back = transitions(b, a);
        expect(there.wrongToRight).toEqual(back.rightToWrong);
        expect(
          there.bothRight + there.bothWrong + there.wrongToRight.length + there.rightToWrong.length,
        ).toBe(rows.length);
      }),
    );
  });
});
