import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equal, fromDecimal } from "../../verifier/expression/rational.js";
import { buildTrace } from "../../verifier/trace.js";
import { exactValue } from "../arithmetic.js";
import { readProblems } from "../readers/index.js";
import type { Problem } from "../records.js";
import { synthetic } from "../synthetic/index.js";
import { Augmentation, ansAug, augment, dropNearDuplicates, fobar } from "./index.js";

const problems = synthetic({ count: 150, seed: 21, split: "train" });
const problem = (question: string, answer: string, lines: string[]): Problem => ({
  id: "p",
  question,
  answer,
  solution: [...lines, `The answer is: ${answer}`].join("\n"),
  source: "test",
});

describe("backward questions", () => {
  const ask = (told: string) =>
    ` If we know the answer to the above question is ${told}, what is the value of unknown variable x?`;

  it("undo a chain of steps, the known ones first", () => {
    const told = problem(
      "Ida packs 3 crates of 12 jars, eats 4 jars and sells the rest at $5 a jar. What does she get?",
      "160",
      ["She packs 3*12=36 jars.", "She sells 36-4=32 jars.", "She gets 32*5=$160."],
    );
    const [crates, jars, eaten, price, ...rest] = fobar(told);
    expect(rest).toEqual([]);
    expect(crates).toEqual({
      id: "p-fobar-0",
      question: told.question.replace("3", "x") + ask("160"),
      answer: "3",
      source: "test",
      type: "fobar",
      solution:
        "Let y = x * 12.\nLet z = y - 4.\nThen z * 5 = 160, so z = 160 / 5 = 32.\nSo y - 4 = 32, and y = 32 + 4 = 36.\nSo x * 12 = 36, and x = 36 / 12 = 3.\nThe answer is: 3",
    });
    expect(jars?.question).toContain("of x jars, eats 4");
    expect(eaten?.solution).toBe(
      "3 * 12 = 36.\nLet y = 36 - x.\nThen y * 5 = 160, so y = 160 / 5 = 32.\nSo 36 - x = 32, and x = 36 - 32 = 4.\nThe answer is: 4",
    );
    expect(price?.solution).toBe(
      "3 * 12 = 36.\n36 - 4 = 32.\nThen 32 * x = 160, so x = 160 / 32 = 5.\nThe answer is: 5",
    );
  });

  it("keep fractions together", () => {
    const told = problem("Ida has 36 jars, Bo has 1/3 of them less 2. How many has he?", "10", [
      "1/3 * 36 = 12",
      "12 - 2 = 10",
    ]);
    expect(fobar(told).map(({ solution }) => solution)[0]).toBe(
      "Let y = (1/3) * x.\nThen y - 2 = 10, so y = 10 + 2 = 12.\nSo (1/3) * x = 12, and x = 12 / (1/3) = 36.\nThe answer is: 36",
    );
  });

  it.each<[why: string, question: string, answer: string, lines: string[], others?: string[]]>([
    [
      "a number used twice",
      "A kite has 6 tails, and a bow has twice 6?",
      "18",
      ["6 * 2 = 12", "6 + 12 = 18"],
    ],
    ["a wrong step", "Ida has 6 jars and 9 pots?", "16", ["6 + 9 = 16"]],
    ["a rounded step", "20 jars for 3 friends?", "6.67", ["20 / 3 = 6.67"]],
    [
      "a percentage that is used with what it leaves of 100",
      "70% are men and 180 women. How many men?",
      "420",
      ["180 / 30 = 6", "6 * 70 = 420"],
      ["180"],
    ],
    ["a chain that does not reach the answer", "Ida has 6 jars and 9 pots?", "30", ["6 + 9 = 15"]],
    ["no solution", "Ida has 6 jars?", "6", []],
    ["a question with an x of its own", "x plus 3 is 9. What is x?", "6", ["9 - 3 = 6"]],
    ["a part of a fraction or a time", "Ida runs 1/4 mile from 10:30, 8 times?", "2", ["8 / 4 = 2"], ["8"]],
  ])("are not asked for %s", (_why, question, answer, lines, others = []) => {
    expect(fobar(problem(question, answer, lines)).map((one) => one.answer)).toEqual(others);
  });

  it("of synthetic problems ask for the number that was there, with exact steps that end in it", () => {
    const all = problems.flatMap((original) => fobar(original).map((backward) => ({ original, backward })));
    expect(all.length).toBeGreaterThan(200);
    for (const { original, backward } of all) {
      const question = backward.question.replace(ask(original.answer), "");
      expect(question.replace(/\bx\b/, backward.answer)).toBe(original.question);
      const { claims } = buildTrace(backward.question, backward.solution ?? "");
      expect(claims.length).toBeGreaterThan(0);
      for (const { expression, result } of claims) {
        const value = exactValue(expression);
        expect(value !== null && equal(value, result.value), backward.solution).toBe(true);
      }
      const last = claims.at(-1)?.result.value;
      expect(last && equal(last, fromDecimal(backward.answer) ?? { n: 0n, d: 1n }), backward.solution).toBe(
        true,
      );
    }
  });
});

describe("rewordings", () => {
  it("keep the work and change the words", () => {
    const told = problem("Ida packs 3 crates of 12 jars and eats 4 of the jars. How many are left?", "32", [
      "She packs 3*12=36 jars.",
      "So the rest is 36-4=32 jars",
    ]);
    expect(ansAug(told).map(({ solution }) => solution?.split("\n").slice(0, -1))).toEqual([
      ["She packs 3 * 12 = 36 jars.", "So the rest is 36 - 4 = 32 jars"],
      ["First, she packs 3 * 12 = 36 jars.", "Then, the rest is 36 - 4 = 32 jars"],
      ["3 * 12 = 36.", "36 - 4 = 32."],
      ["First, 3 times 12 is 36.", "Then, 36 minus 4 is 32."],
    ]);
  });

  it("keep the sentences where the equations alone would not tell the solution", () => {
    const lines = ["She has 11 jars, and 11 + 9 = 20."];
    const texts = (answer: string, question: string) =>
      ansAug(problem(question, answer, lines)).map(({ solution }) => solution);
    expect(texts("20", "Ida has 11 jars and gets 9. How many?")).toContain("11 + 9 = 20.\nThe answer is: 20");
    for (const text of [...texts("20", "Ida gets 9 jars?"), ...texts("40", "Ida has 11 jars and gets 9?")]) {
      expect(text).toContain("has 11 jars");
    }
  });

  it("leave alone what computes nothing, and drop what would not read back", () => {
    expect(ansAug(problem("Who?", "Ida", ["It is Ida."]))).toEqual([]);
    for (const original of problems.slice(0, 60)) {
      const results = (text: string) =>
        buildTrace(original.question, text).claims.map(({ result }) => result.value);
      for (const variant of ansAug(original)) {
        expect(results(variant.solution ?? "")).toEqual(results(original.solution));
        expect(variant.solution).not.toBe(original.solution);
        expect(variant.solution?.split("\n").at(-1)).toBe(`The answer is: ${original.answer}`);
      }
    }
  });
});

describe("augmentation", () => {
  it("adds at most so many to each problem, the same for the same seed, whatever stands beside it", () => {
    const options = Augmentation.parse({ fobar: 1, ansAug: 2, seed: 4 });
    const all = augment(problems, options);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id } of problems) {
      expect(all.filter((one) => one.id.startsWith(`${id}-fobar`)).length).toBeLessThanOrEqual(1);
      expect(all.filter((one) => one.id.startsWith(`${id}-ansaug`)).length).toBeLessThanOrEqual(2);
    }
    expect(all.slice(0, augment(problems.slice(0, 5), options).length)).toEqual(
      augment(problems.slice(0, 5), options),
    );
    expect(augment(problems, Augmentation.parse({}))).toEqual(problems);
  });
});

describe("the guard against leaks", () => {
  const ask = (id: string, question: string): Problem => ({ id, question, answer: "1", source: "test" });
  const long =
    "Ida packs 3 crates of 12 jars, eats 4 jars on Monday and sells the rest of the jars to Bo and to his aunt.";
  const test = [ask("t0", `${long} How many jars does she sell?`), ask("t1", "What is 2 + 2?")];

  it("takes out the same question, however it is written, and a nearly equal one", () => {
    const train = [
      ask("same", `  ${long.toUpperCase()} how many jars does she sell`),
      ask("near", `${long} How many jars does Ida sell?`),
      ask("other", "Bo walks 9 miles to his aunt. How many miles is it there and back?"),
      ask("short", "What is 2 + 3?"),
    ];
    const { kept, removed } = dropNearDuplicates(train, test);
    expect(kept.map(({ id }) => id)).toEqual(["other", "short"]);
    expect(removed.map(({ problem: { id }, test: { id: of } }) => [id, of])).toEqual([
      ["same", "t0"],
      ["near", "t0"],
    ]);
    expect(removed[0]?.similarity).toBe(1);
    expect(removed[1]?.similarity).toBeLessThan(1);
  });

  it("keeps everything where there is no test", () => {
    expect(dropNearDuplicates(test, [])).toEqual({ kept: test, removed: [] });
  });
});

const gsm8k = new URL("../../../../shared/data/gsm8k/train.jsonl", import.meta.url).pathname;
describe.skipIf(!existsSync(gsm8k))("on GSM8K (skipped where ../shared/data is not there)", () => {
  it("asks back in about two of three problems and rewords nearly all", async () => {
    const real = await readProblems({ reader: "gsm8k", path: gsm8k, shuffle: 1, limit: 50 });
    expect(real.filter((one) => fobar(one).length > 0).length).toBeGreaterThan(25);
    expect(real.filter((one) => ansAug(one).length > 1).length).toBeGreaterThan(42);
  });
});
