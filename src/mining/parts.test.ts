import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dimension, Verdict } from "../data/records.js";
import { jaccard, shingles } from "../data/similarity.js";
import { Column } from "./column.js";
import { withoutNearDuplicates } from "./dedup.js";
import { Mistakes } from "./frequency.js";
import { closeness, type Graded, hardness } from "./hardness.js";
import { isNearMiss, mainDimension, negativeKind } from "./near-miss.js";
import { MiningOptions } from "./options.js";
import { computationsOf, traceOverlap } from "./overlap.js";
import { Slots, selectSlots } from "./select.js";
import { acrossStrata } from "./strata.js";
import { rawWeight } from "./weights.js";

const options = MiningOptions.parse({});
const share = fc.double({ min: 0, max: 1, noNaN: true });

function judged(change: Partial<Verdict> = {}): Verdict {
  return {
    problemId: "p",
    index: 0,
    correct: false,
    answer: { extracted: "13", reference: "12", distance: 0.08 },
    profile: { answer: 1, arithmetic: 0, algebra: 0, logic: 0, grounding: 0, form: 0 },
    wrongness: 0.8,
    absurdity: 0.1,
    firstErrorStep: null,
    findings: [],
    ...change,
  };
}

describe("isNearMiss", () => {
  const answer = (distance: number | null) => ({ answer: { extracted: "13", reference: "12", distance } });
  it.each<[string, Partial<Verdict>, boolean]>([
    ["wrong, sure, plausible, close", {}, true],
    ["right", { correct: true }, false],
    ["unjudged", { correct: null }, false],
    ["hardly wrong", { wrongness: options.tauW - 0.01 }, false],
    ["just wrong enough", { wrongness: options.tauW }, true],
    ["absurd", { absurdity: options.tauA + 0.01 }, false],
    ["just plausible", { absurdity: options.tauA }, true],
    ["far", answer(options.nearDistance + 0.01), false],
    ["just close", answer(options.nearDistance), true],
    ["no answer", answer(null), false],
  ])("%s", (_, change, expected) => {
    expect(isNearMiss(judged(change), options)).toBe(expected);
  });
});

describe("negativeKind", () => {
  it.each<[boolean | null, number, string | null]>([
    [false, 0.1, "wrong-answer"],
    [false, 0.9, "wrong-answer"],
    [true, options.tauW, "broken-chain"],
    [true, options.tauW - 0.01, null],
    [null, 0.9, null],
  ])("correct %s with W %s: %s", (correct, wrongness, expected) => {
    expect(negativeKind(judged({ correct, wrongness }), options)).toBe(expected);
  });
});

describe("mainDimension", () => {
  const finding = (dimension: Dimension, start: number) => ({
    ...{ dimension, start, end: start + 1, severity: 1, step: 0, message: "" },
  });
  const profile = (change: Partial<Verdict["profile"]>) => ({ ...judged().profile, ...change });

  it("is the worst of the chain, then the first in the text, then the answer", () => {
    expect(mainDimension(judged())).toBe("answer");
    expect(mainDimension(judged({ profile: profile({ logic: 0.2, form: 0.6 }) }))).toBe("form");
    const tie = profile({ arithmetic: 0.5, grounding: 0.5 });
    const late = [finding("arithmetic", 40), finding("grounding", 5)];
    expect(mainDimension(judged({ profile: tie, findings: late }))).toBe("grounding");
    expect(mainDimension(judged({ profile: tie, findings: [] }))).toBe("arithmetic");
  });
});

describe("traceOverlap", () => {
  const question = "There are 48 clips, 6 pins and 2 boxes.";
  const of = (solution: string) => computationsOf(question, solution);
  const base = "48 / 2 = 24\n24 + 48 = 72\n72 - 6 = 66";

  it("reads computations off a solution, in terms of the problem's numbers", () => {
    expect(of(`${base}\nThe answer is: 66`)).toEqual([
      { result: "24", formula: "(48/2)" },
      { result: "72", formula: "((48/2)+48)" },
      { result: "66", formula: "(((48/2)+48)-6)" },
    ]);
  });

  it.each([
    ["the same", base, 1],
    ["other words and order of terms", "Half is 48 / 2 = 24.\nIn all 48 + 24 = 72.\nSo 72 - 6 = 66.", 1],
    ["another way to a result", "0.5 * 48 = 24\n24 + 48 = 72\n72 - 6 = 66", 1],
    ["a slip that is carried on", "48 / 2 = 22\n22 + 48 = 70\n70 - 6 = 64", 1],
    ["a wrong operation at the end", "48 / 2 = 24\n24 + 48 = 72\n72 + 6 = 78", 2 / 3],
    ["a wrong operation at the start", "48 * 2 = 96\n96 + 48 = 144\n144 - 6 = 138", 0],
    ["a step too few", "48 / 2 = 24\n24 - 6 = 18", 2 / 5],
    ["nothing computed", "It is 66.", 0],
  ])("%s", (_, solution, expected) => {
    expect(traceOverlap(of(base), of(solution))).toBeCloseTo(expected, 12);
    expect(traceOverlap(of(solution), of(base))).toBeCloseTo(expected, 12);
  });

  it("counts a result as often as both have it", () => {
    const twice = [1, 2].map((n) => ({ result: "8", formula: `${n}` }));
    expect(traceOverlap(twice, twice.slice(1))).toBeCloseTo(2 / 3, 12);
    expect(traceOverlap([], [])).toBe(0);
  });

  it("keeps formulas short however often a result is used", () => {
    let value = 3n;
    const lines = Array.from({ length: 30 }, () => {
      const line = `${value} + ${value} = ${2n * value}`;
      value *= 2n;
      return line;
    });
    for (const { formula } of of(lines.join("\n"))) expect(formula.length).toBeLessThan(1000);
  });

  it("is in [0, 1], and 1 with itself", () => {
    const computation = fc.record({
      result: fc.constantFrom("1", "2", "3"),
      formula: fc.constantFrom("a", "b", "c"),
    });
    const list = fc.array(computation, { maxLength: 6 });
    fc.assert(
      fc.property(list, list, (x, y) => {
        const overlap = traceOverlap(x, y);
        expect(overlap >= 0 && overlap <= 1).toBe(true);
        if (x.length > 0) expect(traceOverlap(x, x)).toBe(1);
      }),
    );
  });
});

describe("hardness", () => {
  it("follows the formula", () => {
    // closeness = 0.5 (1 - 0.08) + 0.5 * 0.6 = 0.76; hardness = 0.8 * 0.9 * 0.76
    const near = closeness(judged(), 0.6, options);
    expect(near).toBeCloseTo(0.76, 12);
    const graded = { wrongness: 0.8, absurdity: 0.1, closeness: near, frequency: 0.25 };
    expect(hardness(graded, { a: 1, b: 1, c: 0 })).toBeCloseTo(0.5472, 12);
    expect(hardness(graded, { a: 1, b: 1, c: 1 })).toBeCloseTo(0.5472 / 4, 12);
    expect(hardness(graded, { a: 2, b: 0, c: 0.5 })).toBeCloseTo((0.64 * 0.76) / 2, 12);
    expect(
      closeness(judged({ answer: { extracted: null, reference: "1", distance: null } }), 0.6, options),
    ).toBe(0.3);
  });

  it("stays in [0, 1], grows with W, overlap and frequency and falls with A and distance", () => {
    const point = fc.record({ w: share, a: share, distance: share, overlap: share, frequency: share });
    const exponents = fc.record({ a: share, b: share, c: share });
    fc.assert(
      fc.property(point, exponents, share, (here, powers, step) => {
        const at = ({ w: wrongness, a: absurdity, distance, overlap, frequency }: typeof here) => {
          const verdict = judged({ answer: { extracted: "1", reference: "2", distance } });
          const near = closeness(verdict, overlap, options);
          return hardness({ wrongness, absurdity, closeness: near, frequency }, powers);
        };
        const value = at(here);
        expect(value >= 0 && value <= 1).toBe(true);
        for (const name of ["w", "overlap", "frequency"] as const)
          expect(at({ ...here, [name]: here[name] * step })).toBeLessThanOrEqual(value + 1e-12);
        for (const name of ["a", "distance"] as const)
          expect(at({ ...here, [name]: here[name] * step })).toBeGreaterThanOrEqual(value - 1e-12);
      }),
    );
  });
});

describe("how common a mistake is", () => {
  const ended = (extracted: string | null, correct = false, wrongness = 0.8) =>
    judged({ correct, wrongness, answer: { extracted, reference: "12", distance: null } });
  const broken = ended("12", true);
  const sound = ended("12", true, 0);
  const samples = [ended("13"), ended("13.0"), ended("14"), ended(null), broken, sound, sound, sound];
  const mistakes = new Mistakes(samples, options);

  it.each([
    ["answers that mean the same are one mistake", ended("13"), 2 / 8, 3 / 9],
    ["alone", ended("14"), 1 / 8, 2 / 9],
    ["no answer", ended(null), 1 / 8, 2 / 9],
    ["a broken chain, not the sound ones", broken, 1 / 8, 2 / 9],
  ])("%s", (_, verdict, asSample, asOther) => {
    expect(mistakes.ofSample(verdict)).toBeCloseTo(asSample, 12);
    expect(mistakes.ofOther(verdict)).toBeCloseTo(asOther, 12);
  });

  it("is never 0 for a solution that is no sample", () => {
    expect(mistakes.ofOther(ended("99"))).toBeCloseTo(1 / 9, 12);
  });

  it("adds up over the mistakes to the share of wrong samples", () => {
    const answers = fc.array(fc.constantFrom("1", "2", "2.0", "3", null, "12"), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(answers, (list) => {
        const verdicts = list.map((answer) => ended(answer, answer === "12", answer === "12" ? 0 : 0.8));
        const wrong = verdicts.filter(({ correct }) => correct === false);
        const all = new Mistakes(verdicts, options);
        for (const verdict of wrong) {
          const share = all.ofSample(verdict);
          expect(share > 0 && share <= wrong.length / verdicts.length + 1e-12).toBe(true);
        }
        // Each of k samples with one mistake has the share k / n: 1 / k of each, summed, is the number of mistakes.
        const kinds = new Set(wrong.map(({ answer }) => answer.extracted?.replace(".0", "") ?? ""));
        const sum = wrong.reduce((total, v) => total + 1 / (all.ofSample(v) * verdicts.length), 0);
        expect(sum).toBeCloseTo(kinds.size, 9);
      }),
    );
  });
});

/** Weights as a data set of these negatives has them. */
function scaled(negatives: readonly Graded[], given = options): number[] {
  const raw = negatives.map((negative) => rawWeight(negative, given));
  const slots = new Slots();
  for (const weight of raw) slots.add({ kind: "wrong-answer", dimension: "logic", hardness: 1 }, weight);
  const { meanWeight } = selectSlots(slots, given);
  return raw.map((weight) => weight / meanWeight);
}

describe("weights", () => {
  const graded = fc.record({ wrongness: share, absurdity: share, closeness: share, frequency: share });

  it("follows the formula and clips", () => {
    const given = { ...options, alpha: 1, kappa: 2, lambda: 0.5, mu: 2, wMin: 0.25, wMax: 4 };
    const at = (wrongness: number, absurdity: number, closeness: number, frequency: number) =>
      rawWeight({ wrongness, absurdity, closeness, frequency }, given);
    expect(at(0.5, 0.2, 0.8, 0.25)).toBeCloseTo(1.5 * 0.64 * 1.4 * 1.5, 12);
    expect(at(1, 1, 1, 1)).toBe(0.25);
    expect(at(1, 0, 1, 1)).toBe(4);
  });

  it("have mean 1, and keep their ratios within wMax / wMin", () => {
    fc.assert(
      fc.property(fc.array(graded, { minLength: 1, maxLength: 50 }), (negatives) => {
        const weights = scaled(negatives);
        expect(weights.reduce((x, y) => x + y, 0) / weights.length).toBeCloseTo(1, 9);
        expect(Math.max(...weights) / Math.min(...weights)).toBeLessThanOrEqual(
          (options.wMax / options.wMin) * (1 + 1e-9),
        );
      }),
    );
  });

  it("are all 1 where nothing is weighed", () => {
    const flat = { ...options, alpha: 0, kappa: 0, lambda: 0, mu: 0 };
    const negative = { wrongness: 0.3, absurdity: 0.6, closeness: 0.9, frequency: 0.5 };
    expect(scaled([negative, { ...negative, absurdity: 0.1, frequency: 1 }], flat)).toEqual([1, 1]);
  });
});

describe("near-duplicates", () => {
  const text =
    "First we find the cost of the apples, which is 3 * 4 = 12 dollars, and then the cost of the pears, which is 2 * 5 = 10 dollars.";

  it("keeps the first of a kind", () => {
    const items = [text, `${text} `, "Something else is 7 + 8 = 15 and no more.", text.toLowerCase()];
    expect(withoutNearDuplicates(items, (t) => t, 0.9)).toEqual([items[0], items[2]]);
    expect(withoutNearDuplicates(items, (t) => t, 1)).toHaveLength(2);
  });

  it("leaves no two items at or over the threshold, and drops nothing that has no double", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", "1"), { maxLength: 8 }).map((w) => w.join(" "));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 10 }), fc.constantFrom(0.3, 0.6, 0.9), (items, threshold) => {
        const kept = withoutNearDuplicates(items, (t) => t, threshold);
        const similar = (x: string, y: string) => jaccard(shingles(x), shingles(y)) >= threshold;
        kept.forEach((x, i) => {
          expect(kept.slice(i + 1).some((y) => similar(x, y))).toBe(false);
        });
        for (const item of items) expect(kept.some((y) => similar(item, y))).toBe(true);
      }),
    );
  });
});

describe("acrossStrata", () => {
  const items = [
    { d: "logic", h: 0.9 },
    { d: "logic", h: 0.8 },
    { d: "form", h: 0.2 },
    { d: "logic", h: 0.7 },
    { d: "answer", h: 0.5 },
  ];
  const take = (limit: number) =>
    acrossStrata(
      items,
      (x) => x.d,
      (x) => x.h,
      limit,
    ).map((x) => x.h);

  it("takes the best of each stratum first", () => {
    expect(take(0)).toEqual([]);
    expect(take(-1)).toEqual([]);
    expect(take(2)).toEqual([0.9, 0.5]);
    expect(take(4)).toEqual([0.9, 0.5, 0.2, 0.8]);
    expect(take(99)).toHaveLength(5);
  });
});

describe("selectSlots", () => {
  const slot = fc.record({
    kind: fc.constantFrom("wrong-answer" as const, "perturbed" as const),
    dimension: fc.constantFrom("logic" as const, "form" as const, "arithmetic" as const),
    hardness: share,
  });
  const limits = fc.record({
    maxShare: fc.constantFrom(0, 0.25, 0.5, 1),
    maxPairs: fc.option(fc.nat({ max: 20 })),
  });

  it("keeps within both limits, and counts what each has dropped", () => {
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 40 }), limits, (list, { maxShare, maxPairs }) => {
        const slots = new Slots();
        for (const [i, one] of list.entries()) slots.add(one, i);
        const augment = { ...options.augment, maxShare };
        const { kept, meanWeight, perturbedShare, total } = selectSlots(slots, { augment, maxPairs });
        const places = list.flatMap((_, i) => (kept[i] === 1 ? [i] : []));
        expect(places.length).toBe(list.length - perturbedShare - total);
        expect(places.length).toBeLessThanOrEqual(maxPairs ?? list.length);
        if (places.length > 0)
          expect(meanWeight).toBeCloseTo(places.reduce((sum, i) => sum + i, 0) / places.length, 9);
        const made = list.filter(({ kind }) => kind === "perturbed").length;
        const room = Math.floor((maxShare / (1 - maxShare)) * (list.length - made));
        expect(perturbedShare).toBe(maxShare === 1 ? 0 : Math.max(0, made - room));
      }),
    );
  });
});

describe("Column", () => {
  it("is an array of numbers, beyond the end of a block too", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { maxLength: 20 }),
        fc.nat({ max: 70_000 }),
        (tail, n) => {
          const all = [...Array.from({ length: n }, (_, i) => (i * 7919) % 1009), ...tail];
          const column = new Column();
          for (const value of all) column.push(value);
          expect(column.length).toBe(all.length);
          expect(tail.map((_, i) => column.at(n + i))).toEqual(tail);
          expect(() => column.at(all.length)).toThrow(RangeError);
          expect(Array.from(column.sorted())).toEqual(Array.from(Float64Array.from(all).sort()));
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("MiningOptions", () => {
  it("fills up with defaults, nested ones too, and refuses what it does not know", () => {
    expect(MiningOptions.parse({ augment: { fillTo: 0 } })).toEqual({
      ...options,
      augment: { ...options.augment, fillTo: 0 },
    });
    expect(MiningOptions.safeParse({ tauw: 0.1 }).success).toBe(false);
    expect(MiningOptions.safeParse({ tauW: 1.1 }).success).toBe(false);
  });
});
