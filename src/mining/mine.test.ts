import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, Pair, type Problem, type Verdict } from "../data/records.js";
import { type Review, Reviews } from "../data/review.js";
import { verify } from "../verifier/index.js";
import { choose } from "./chosen.js";
import { minePairs } from "./mine.js";
import { suspect } from "./noise.js";
import { MiningOptions } from "./options.js";
import { MiningReport } from "./report.js";

const question = "Ann has 12 red and 30 blue beads. She loses 7 of them. How many beads has she left?";
const right = "She has 12 + 30 = 42 beads.\nShe has 42 - 7 = 35 beads left.\nThe answer is: 35";
const close = "She has 12 + 30 = 41 beads.\nShe has 41 - 7 = 34 beads left.\nThe answer is: 34";
const wrongWay = "She has 12 + 30 = 42 beads.\nThen she has 42 + 7 = 49 beads left.\nThe answer is: 49";
const far =
  "Beads are red or blue, so she has 30 - 12 = 18.\nThat makes 18 - 7 = 11 of them.\nThe answer is: 11";
const broken = "She has 12 + 30 = 52 beads.\nShe has 52 - 7 = 35 beads left.\nThe answer is: 35";
const endless = `${close}\n${"And so on, and so on. ".repeat(40)}`;

const problem = (id: string, change: Partial<Problem> = {}): Problem => ({
  id,
  question,
  answer: "35",
  solution: right,
  source: "test",
  ...change,
});

/** Problems with the texts sampled for each, verified for real. */
function input(
  problems: readonly Problem[],
  texts: readonly (readonly string[])[],
  cut: readonly string[] = [],
) {
  const candidates: Candidate[] = [];
  const verdicts: Verdict[] = [];
  problems.forEach((p, i) => {
    for (const [index, text] of (texts[i] ?? []).entries()) {
      candidates.push({
        problemId: p.id,
        index,
        text,
        tokenCount: 20,
        finishReason: cut.includes(text) ? "length" : "stop",
        logprob: -index,
        sampler: { model: "test", temperature: 1, topP: 1, seed: 0 },
      });
      verdicts.push({
        problemId: p.id,
        index,
        ...verify({ question: p.question, solution: text, reference: p.answer }),
      });
    }
  });
  return { problems, candidates, verdicts, prompt: (p: Problem) => `Q: ${p.question}` };
}

const noFill = { augment: { fillTo: 0 } };

describe("minePairs", () => {
  it("sets the hardest negatives against the model's own best solution", () => {
    const { pairs, report } = minePairs({
      ...input([problem("p")], [[far, right, close, wrongWay]]),
      options: { ...noFill, maxPairsPerProblem: 1 },
    });
    expect(pairs.hard).toHaveLength(1);
    expect(pairs.hard[0]).toMatchObject({
      prompt: `Q: ${question}`,
      chosen: right,
      rejected: close,
      weight: 1,
      problemId: "p",
      chosenSource: "sample:1",
      rejectedSource: "sample:2",
      dimension: "arithmetic",
      firstError: { start: 0, end: "She has 12 + 30 = 41 beads.".length },
    });
    expect(report.samples).toMatchObject({ correct: 1, wrongAnswer: 3 });
    expect(report.limits.perProblem).toBe(2);
    expect(report.problems.paired).toBe(1);
  });

  it("rejects the common mistake before the near one, as far as it is told to", () => {
    const twice = [`${wrongWay} `, `So:\n${wrongWay}`].map((text) => text.replace("Then", "Now"));
    const given = input([problem("p")], [[right, close, ...twice]]);
    const rejected = (c: number) => {
      const options = { ...noFill, maxPairsPerProblem: 1, dedupThreshold: 1, c };
      const [pair] = minePairs({ ...given, options }).pairs.hard;
      return [pair?.rejected.includes("49"), pair?.frequency];
    };
    expect(rejected(0)).toEqual([false, 1 / 4]);
    expect(rejected(4)).toEqual([true, 2 / 4]);
  });

  it("takes the worked solution where no sample is right, and nothing where there is none", () => {
    const problems = [problem("a"), problem("b", { solution: undefined })];
    const given = input(problems, [[close], [close]]);
    const { pairs, report } = minePairs({ ...given, options: noFill });
    expect(pairs.hard.map((p) => [p.problemId, p.chosen, p.chosenSource])).toEqual([["a", right, "gold"]]);
    expect(report.problems).toMatchObject({ paired: 1, noChosen: 1 });
    expect(minePairs({ ...given, options: { ...noFill, gold: false } }).pairs.hard).toEqual([]);
  });

  it("rejects a right answer by a broken chain, and never chooses one", () => {
    const { pairs, report } = minePairs({ ...input([problem("p")], [[broken]]), options: noFill });
    expect(pairs.hard.map((p) => [p.chosenSource, p.rejected])).toEqual([["gold", broken]]);
    expect(report.samples).toMatchObject({ correct: 1, brokenChain: 1, wrongAnswer: 0 });
    expect(report.pairs.rejected).toEqual({ "wrong-answer": 0, "broken-chain": 1, perturbed: 0 });
  });

  it("counts what each gate takes", () => {
    const texts = [right, close, `${close} `, endless, wrongWay];
    const { report } = minePairs({
      ...input([problem("p")], [texts], [wrongWay]),
      options: { ...noFill, tauHardness: 0.99 },
    });
    const taken = Object.fromEntries(report.gates.map((g) => [g.name, [g.in, g.taken]]));
    expect(taken).toEqual({
      complete: [4, 1],
      "length-ratio": [3, 1],
      "near-duplicate": [2, 1],
      wrongness: [1, 0],
      absurdity: [1, 0],
      hardness: [1, 1],
    });
    expect(report.problems.noNegative).toBe(1);
  });

  it("never pairs a sample that was cut off, not even where the problem has no other", () => {
    const problems = [problem("a"), problem("b")];
    const given = input(problems, [[right, close, wrongWay, far], [close]], [right, close, far]);
    const options = {
      maxPairsPerProblem: 4,
      augment: { fillTo: 4, maxShare: 1 },
      tauW: 0,
      tauA: 1,
      tauHardness: 0,
    };
    const { pairs } = minePairs({ ...given, options: { ...options, lengthRatio: 100 } });
    expect(pairs.hard.some((p) => p.problemId === "b")).toBe(true);
    for (const { chosenSource, rejectedSource, problemId } of [...pairs.hard, ...pairs.random]) {
      expect(chosenSource).toBe("gold");
      expect(rejectedSource).toMatch(problemId === "a" ? /^(sample:2|perturbed:.*)$/ : /^perturbed:/);
    }
    expect(pairs.random.map((p) => p.rejectedSource)).toContain("sample:2");
  });

  it("fills up with perturbed negatives, within their share, and counts them", () => {
    const problems = ["a", "b", "c", "d"].map((id) => problem(id));
    const given = input(problems, [[right, close], [right], [right], [right]]);
    const none = minePairs({ ...given, options: noFill });
    expect(none.pairs.hard.map((p) => p.problemId)).toEqual(["a"]);
    expect(none.report.problems).toMatchObject({ paired: 1, noNegative: 3 });

    const all = minePairs({ ...given, options: { augment: { fillTo: 1, maxShare: 1 } } });
    expect(all.pairs.hard.map((p) => p.problemId)).toEqual(["a", "b", "c", "d"]);
    expect(all.pairs.hard.map((p) => p.rejectedSource.split(":")[0])).toEqual(
      ["sample", "perturbed", "perturbed", "perturbed"], //
    );
    expect(all.report.pairs.rejected.perturbed).toBe(3);
    expect(all.report.pairs.randomPerturbed).toBe(3);
    for (const { chosen, rejected, firstError } of all.pairs.hard) {
      const before = rejected.slice(0, firstError?.start);
      const step = rejected.slice(firstError?.start, firstError?.end);
      expect(chosen.startsWith(before)).toBe(true);
      expect(rejected.split("\n")).toContain(step);
      expect(chosen.split("\n")).not.toContain(step);
    }

    const half = minePairs({ ...given, options: { augment: { fillTo: 1, maxShare: 0.5 } } });
    expect(half.report.pairs.rejected).toMatchObject({ "wrong-answer": 1, perturbed: 1 });
    expect(half.report.limits.perturbedShare).toBe(2);
    expect(half.report.problems).toMatchObject({ paired: 2, overLimit: 2 });
  });

  it("rejects perturbed negatives alone where it is told to leave the model's own", () => {
    const given = input([problem("a"), problem("b")], [[right, close, wrongWay], [right]]);
    const options = { own: false, augment: { fillTo: 2, maxShare: 1 } };
    const { pairs, report } = minePairs({ ...given, options });
    expect(pairs.hard).toHaveLength(4);
    for (const pair of [...pairs.hard, ...pairs.random]) {
      expect(pair.chosen).toBe(right);
      expect(pair.rejectedSource).toMatch(/^perturbed:/);
    }
    expect(report.samples.wrongAnswer).toBe(2);
    for (const augment of [{ maxShare: 0.9 }, { maxShare: 1, fillTo: 0 }]) {
      expect(() => minePairs({ ...given, options: { own: false, augment } })).toThrow(/augment\.maxShare: 1/);
    }
  });

  it("draws random negatives from wrong answers that the hard gates would refuse", () => {
    const { pairs } = minePairs({
      ...input([problem("p")], [[right, far, broken]]),
      options: { ...noFill, tauHardness: 0.3, maxPairsPerProblem: 1 },
    });
    expect(pairs.hard.map((p) => p.rejected)).toEqual([broken]);
    expect(pairs.random.map((p) => p.rejected)).toEqual([far]);
  });

  it("sets a problem with a doubtful reference aside and lists it", () => {
    const doubtful = problem("bad", { answer: "36", solution: "It is 36.\nThe answer is: 36" });
    const wordings = ["So", "Then", "Thus", "Now"].map((word) => right.replace("\nShe", `\n${word} she`));
    const { pairs, report } = minePairs(input([doubtful, problem("ok")], [wordings, [right, close]]));
    expect(report.suspects).toEqual([
      { problemId: "bad", reference: "36", answer: "35", votes: 4, answered: 4 },
    ]);
    expect(report.problems.suspect).toBe(1);
    expect(pairs.hard.every((p) => p.problemId === "ok")).toBe(true);
  });

  it("says which record is missing", () => {
    const given = input([problem("p")], [[right]]);
    expect(() => minePairs({ ...given, verdicts: [] })).toThrow(
      /candidate 0 is of problem "p" and has no verdict in the verdicts/,
    );
    expect(() => minePairs({ ...given, problems: [] })).toThrow(
      /candidate 0 is of problem "p", which is not in the problems/,
    );
  });
});

describe("the arms", () => {
  const texts = [right, close, wrongWay, far, broken, endless];
  const samples = fc.array(fc.array(fc.constantFrom(...texts), { maxLength: 5 }), {
    minLength: 1,
    maxLength: 5,
  });
  const options = fc.record({
    seed: fc.nat(5),
    maxPairsPerProblem: fc.integer({ min: 1, max: 3 }),
    maxPairs: fc.constantFrom(null, 1, 3),
    augment: fc.record({ fillTo: fc.nat(2), maxShare: fc.constantFrom(0, 0.5, 1) }),
  });

  it("have the same problems, prompts and chosen solutions in the same order, and keep to every bound", () => {
    fc.assert(
      fc.property(samples, options, (lists, chosen) => {
        const problems = lists.map((_, i) => problem(`p${i}`));
        const given = { ...input(problems, lists), options: chosen };
        const { pairs, report } = minePairs(given);
        expect(minePairs(given)).toEqual({ pairs, report });
        expect(MiningReport.parse(report)).toEqual(report);

        const shared = ({ prompt, chosen, chosenSource, problemId }: Pair) => ({
          ...{ prompt, chosen, chosenSource, problemId },
        });
        expect(pairs.random.map(shared)).toEqual(pairs.hard.map(shared));
        for (const pair of [...pairs.hard, ...pairs.random]) {
          expect(Pair.parse(pair)).toEqual(pair);
          expect(pair.rejected).not.toBe(pair.chosen);
          const ratio = pair.rejected.length / pair.chosen.length;
          expect(ratio <= report.options.lengthRatio && ratio >= 1 / report.options.lengthRatio).toBe(true);
        }
        for (const arm of [pairs.hard, pairs.random]) {
          const keys = arm.map((p) => `${p.problemId} ${p.rejected}`);
          expect(new Set(keys).size).toBe(keys.length);
          for (const { id } of problems)
            expect(arm.filter((p) => p.problemId === id).length).toBeLessThanOrEqual(
              chosen.maxPairsPerProblem,
            );
        }
        expect(pairs.random.every((p) => p.weight === 1)).toBe(true);
        const total = pairs.hard.length;
        if (total > 0) expect(pairs.hard.reduce((sum, p) => sum + p.weight, 0) / total).toBeCloseTo(1, 9);
        if (chosen.maxPairs !== null) expect(total).toBeLessThanOrEqual(chosen.maxPairs);
        else
          expect(report.pairs.rejected.perturbed).toBeLessThanOrEqual(chosen.augment.maxShare * total + 1e-9);
        expect(Object.values(report.problems).reduce((x, y) => x + y, 0)).toBe(problems.length);
        expect(Object.values(report.pairs.rejected).reduce((x, y) => x + y, 0)).toBe(total);
      }),
      { numRuns: 40 },
    );
  });
});

describe("choose", () => {
  const sample = (index: number, change: Partial<Candidate>, verdict: Partial<Verdict>) => {
    const given = input([problem("p")], [[right]]);
    const [candidate] = given.candidates;
    const [judged] = given.verdicts;
    if (candidate === undefined || judged === undefined) throw new Error("no sample");
    return {
      candidate: { ...candidate, index, text: `${index}`, ...change },
      verdict: { ...judged, index, wrongness: 0, absurdity: 0, ...verdict },
    };
  };
  const options = MiningOptions.parse({});

  it.each([
    [
      "the lowest wrongness",
      [sample(0, {}, { wrongness: 0.1 }), sample(1, {}, { wrongness: 0.05 })],
      "sample:1",
    ],
    ["then the lowest absurdity", [sample(0, {}, { absurdity: 0.1 }), sample(1, {}, {})], "sample:1"],
    [
      "then the likeliest token by token",
      [sample(0, { logprob: -20, tokenCount: 10 }, {}), sample(1, { logprob: -30, tokenCount: 20 }, {})],
      "sample:1",
    ],
    ["no cut-off one", [sample(0, { finishReason: "length" }, {})], "gold"],
    ["no wrong one", [sample(0, {}, { correct: false })], "gold"],
    ["none in doubt", [sample(0, {}, { wrongness: options.chosenMaxW + 0.01 })], "gold"],
  ])("%s", (_, samples, source) => {
    expect(choose(problem("p"), samples, options)?.source).toBe(source);
  });
});

describe("the label-noise guard", () => {
  const options = MiningOptions.parse({}).noise;
  const votes = (...answers: (string | null)[]) =>
    answers.map((answer, index): Verdict => {
      const solution = answer === null ? "I do not know." : `It is so.\nThe answer is: ${answer}`;
      return { problemId: "p", index, ...verify({ question, solution, reference: "35" }) };
    });

  it.each([
    [
      "most agree on another answer",
      votes("36", "36.0", "36", "36", "35"),
      { answer: "36", votes: 4, answered: 5 },
    ],
    ["too few", votes("36", "36", "36"), null],
    ["not most", votes("36", "36", "36", "36", "1", "2", "3", "4"), null],
    ["most agree with the reference", votes("35", "35", "35", "35", "35"), null],
    [
      "samples without an answer do not count",
      votes("36", "36", "36", "36", null, null, null, null, null),
      {
        votes: 4,
      },
    ],
  ])("%s", (_, verdicts, expected) => {
    const found = suspect(problem("p"), verdicts, options);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
    expect(suspect(problem("p"), verdicts, { ...options, enabled: false })).toBeNull();
  });

  it("does not count samples whose own chain is at fault", () => {
    const faulty = votes("36", "36", "36", "36").map((v) => ({
      ...v,
      profile: { ...v.profile, arithmetic: 0.9 },
    }));
    expect(suspect(problem("p"), faulty, options)).toBeNull();
  });
});

describe("a person's reviews", () => {
  const two = [problem("p"), problem("q")];
  const sampled = [
    [right, close, wrongWay],
    [right, close, wrongWay],
  ];
  const mine = (...reviews: Review[]) =>
    minePairs({
      ...input(two, sampled),
      reviews: new Reviews(reviews),
      options: { ...noFill, maxPairsPerProblem: 1 },
    });
  const sides = (pairs: readonly Pair[]) => pairs.map(({ problemId, rejected }) => [problemId, rejected]);
  const reject = {
    kind: "reject-pair",
    problemId: "p",
    chosen: right,
    rejected: close,
    withdrawn: false,
  } as const;
  const flag = { kind: "flag-label", problemId: "q", withdrawn: false } as const;

  it("leave a rejected pair out of both arms, where the next hardest takes its place", () => {
    expect(sides(mine().pairs.hard)).toEqual([
      ["p", close],
      ["q", close],
    ]);
    const { pairs, report } = mine(reject);
    expect(sides(pairs.hard)).toEqual([
      ["p", wrongWay],
      ["q", close],
    ]);
    expect(sides(pairs.random)[0]).toEqual(["p", wrongWay]);
    expect(report.reviews).toEqual({ rejectedPairs: 1, flagged: [] });
  });

  it("set a problem with a flagged label aside, and list it", () => {
    const { pairs, report } = mine(flag);
    expect(sides(pairs.hard)).toEqual([["p", close]]);
    expect(report.problems).toMatchObject({ paired: 1, flagged: 1 });
    expect(report.reviews.flagged).toEqual(["q"]);
  });

  it("no longer hold once withdrawn", () => {
    const taken = mine(reject, flag, { ...flag, withdrawn: true }, { ...reject, withdrawn: true });
    expect(taken).toEqual(mine());
  });
});
