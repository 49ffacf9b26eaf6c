import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readVerifierData } from "../../bench/verifier-data.js";
import { Judgement } from "../data/records.js";
import { extractAnswer, sameAnswer, verify } from "./index.js";

const EGGS = "Ann has 48 eggs. She sells half of them and breaks 3. How many eggs are left?";

describe("verify", () => {
  it("accepts a right solution", () => {
    const solution = "Half of 48 is 24.\n48 - 24 = 24 eggs\n24 - 3 = 21 eggs\nThe answer is: 21";
    const verdict = verify({ question: EGGS, solution, reference: "21" });
    expect(verdict).toMatchObject({
      correct: true,
      firstErrorStep: null,
      wrongness: 0,
      answer: { extracted: "21", distance: 0 },
    });
    expect(verdict.profile).toMatchObject({
      answer: 0,
      arithmetic: 0,
      algebra: 0,
      logic: 0,
      grounding: 0,
      form: 0,
    });
  });

  it("names the step, the span and the true value of a wrong computation", () => {
    const solution = ["Half of 48 is 24.", "Then 24 - 3 = 22 eggs are left.", "The answer is: 22"];
    const verdict = verify({ question: EGGS, solution });
    const [first] = verdict.findings;
    expect(verdict.correct).toBeNull();
    expect(verdict.profile.answer).toBeNull();
    expect(verdict.firstErrorStep).toBe(1);
    expect(first).toMatchObject({ dimension: "arithmetic", step: 1, expected: "21", found: "22" });
    expect(solution.join("\n").slice(first?.start, first?.end)).toBe("24 - 3 = 22");
    expect(verdict.wrongness).toBeGreaterThan(0.5);
  });

  it("finds a wrong answer with the reference alone, and its distance", () => {
    const verdict = verify({ question: EGGS, solution: "48 / 2 = 24\nThe answer is: 24", reference: "21" });
    expect(verdict).toMatchObject({ correct: false, firstErrorStep: 1, profile: { answer: 1 } });
    expect(verdict.answer.distance).toBeCloseTo(3 / 24, 10);
  });

  it("names the first value that leaves the reference solution", () => {
    const verdict = verify({
      question: EGGS,
      solution: ["48 + 3 = 51", "51 / 3 = 17", "The answer is: 17"],
      referenceSolution: "48 / 2 = 24\n24 - 3 = 21\n#### 21",
    });
    expect(verdict.firstErrorStep).toBe(0);
    expect(verdict.findings[0]?.dimension).toBe("logic");
  });

  it.each([
    ["algebra", "Solve 2x + 3 = 7.", ["2x + 3 = 7", "2x = 4", "x = 5", "The answer is: 5"], 2],
    ["algebra", "Simplify.", ["f(x) = (x + 1)^2 = x^2 + 2x + 2", "Done."], 0],
    ["algebra", "Solve a + b = 5, a - b = 1.", ["a + b = 5", "a - b = 1", "This gives a = 3 and b = 1."], 2],
    ["arithmetic", "Divide 355 by 6.", ["355 / 6 = 58 R 5"], 0],
    ["arithmetic", "Is 21 good?", ["21 is not a multiple of 3."], 0],
    ["logic", "How many?", ["3 + 6 = 9", "The answer is: 13"], 1],
    ["logic", "Pupils in 5 equal groups, 12 in all?", ["12 / 5 = 2.4 students"], 0],
    ["arithmetic", "How long?", ["They run all around the lake in 40 + 20 = 61 hours."], 0],
    ["arithmetic", "How many?", ["She gave 60 - 56 = 5 incorrect answers."], 0],
    ["arithmetic", "How many weeks?", ["He must save for $300 / $30 = 11 weeks."], 0],
    ["grounding", "A shop has 48 hats and gets 5.", ["84 + 5 = 89", "The answer is: 89"], 0],
    ["grounding", "A shop has 420 hats and gets 5.", ["It has 430 hats.", "430 + 5 = 435"], 1],
    ["grounding", "He works every day for 3 weeks.", ["There are 6 days in a week.", "6 * 3 = 18"], 0],
    ["grounding", "How many posts are there in March?", ["There are 30 days in March.", "30 * 3 = 90"], 0],
    ["grounding", "How many plates?", ["Half a dozen plates means 6/2 = 3 plates."], 0],
    ["arithmetic", "How much?", ["It costs $4.20 + $9.45 + $1.35 = $14.99, rounded to cents."], 0],
    ["arithmetic", "How many in 7 bags of 8?", ["7 * 8 = <<7*8=56>>57 apples"], 0],
    ["arithmetic", "How many in 7 bags of 8?", ["7 * 8 = <<1*8=8>>8 apples"], 0],
    ["arithmetic", "How many are left of 16?", ["16 eggs, minus the 3 eaten: <<16-3=13>>14 eggs"], 0],
    ["algebra", "How much have all?", ["Total = \\(A + (A + 60) + 2A\\)", "Total = \\(3A + 60\\)"], 1],
  ] as const)("finds a fault of %s in %s", (dimension, question, steps, step) => {
    const verdict = verify({ question, solution: [...steps] });
    expect(verdict.firstErrorStep).toBe(step);
    expect(verdict.findings.find((f) => f.step === step && f.severity >= 0.5)?.dimension).toBe(dimension);
  });

  it.each([
    ["rounding that the text shows", "10 / 3 = 3.33", "3.33 * 3 = 9.99"],
    ["an average rounded on purpose", "100 / 7 = 14 (rounded to the nearest whole number)"],
    ["percent as a number", "4 / 20 * 100 = 20%"],
    ["percent off", "$50 - 20% = $40"],
    ["conversions", "60 minutes = 1 hour", "1.5 hours * 60 minutes/hour = 90 minutes"],
    ["rates stated with an equals sign", "3 small beans = 1 medium bean", "1 inch on the map = 20 miles"],
    ["units inside products", "3 hours * $35/hour = $105", "3 plates x $6.00/plate = $18.00"],
    ["remarks in brackets", "$105 (lost income) - $90 (the fee) = $15"],
    ["half a unit as an amount", "1/2 cup = 8 tablespoons"],
    ["a sum rounded to tens", "48 + 53 = 100, rounded to the nearest ten"],
    ["division by a fraction", "25 / 1/3 = 75 stars"],
    ["list items", "- 8 * 2 = 16", "- \\(3! = 6\\)"],
    ["mixed numbers", "5/2 = 2 1/2", "\\(\\frac{20}{7} = 2\\frac{6}{7}\\)"],
    ["conditions", "Given |a - b| = b - a since a < b.", "Let x = 3.", "\\(u \\cdot v = 2x + y = 0\\)"],
    ["two roots", "x^2 = 9", "x = 3 or x = -3"],
    ["the same name in a simpler form", "Total = \\(A + (A + 60) + 2A\\)", "Total = \\(4A + 60\\)"],
    ["days of a month", "There are 31 days in March and 30 days in June."],
    ["spaced thousands", "400 000 / 2 = 200 000"],
    ["ranges and clocks", "From 9:30 to 10:15 is 45 minutes", "The 45-54 year-old men number 145"],
    ["a calculator's mark", "10 / 3 = $<<10/3=3.3333>>3.33", "That is 50%*8=$<<50*.01*8=4>>4."],
    ["a part and what it amounts to", "Since 4/7 is $24, 1/7 is $24/4 = $6.", "3/3 - 2/3 = 1/3 of $150"],
    ["a numeral that a comma cuts", "16,0000 / 10 = 16000 cars", "14, 400 / 80 = 180 pages"],
    ["a part of a sum in words", "7 adults + Shonda (1) + 2 children + 10 of their friends = 20 people"],
    ["a bracket left open", "100 + (100 * (10/100) = 110"],
    ["the part of a mixed number", "12 x 1 and 1/4 = 15"],
    ["a name that ends in a number", "Remaining 10 = 300/10 = 30", "The spaces in section 2 = x + 200"],
    ["a relation before a product", "In 5 years he has 60 more than 160 * 5 = 800 books."],
    ["a part of what is named", "Peaches = half of oranges = 14/2 = 7 peaches"],
    ["a share of things", "(1/3) * (1/4) = 1/12 cats"],
    ["a factor with a space behind it", "15 j = 45j - 900 from 15j = 45(j - 20)"],
    ["hours of work", "Working 8 hours in a day, he needs 2 sets of 30 minutes in an hour."],
    ["a property of an expression", "The units digit of \\(16^{17}\\) is 6."],
  ])("lets pass: %s", (_name, ...steps) => {
    const verdict = verify({ question: "A problem.", solution: steps });
    // Doubt weighs whole solutions, which these lines are not.
    const found = verdict.findings.filter((f) => f.severity >= 0.5 && !f.message.startsWith("doubtful"));
    expect(found.filter((f) => f.dimension !== "form")).toEqual([]);
  });

  it("compares an answer with its unit", () => {
    const question = "How big is it, in cubic inches?";
    const solution = "It is \\[ \\text{Volume} = 20 \\times 2 = 40 \\text{ cubic inches} \\]";
    expect(verify({ question, solution, reference: "40" }).correct).toBe(true);
  });

  it("writes numbers as a person would", () => {
    const says = (solution: string) => verify({ question: "How much?", solution }).findings[0]?.message;
    expect(says("40 / 3 = 15")).toBe("says 40 / 3 = 15; it is 13.33");
    expect(says("7 / 2 + 0 = 4")).toBe("says 7 / 2 + 0 = 4; it is 3.5");
  });

  it("scores form: no answer, cut off, looping", () => {
    expect(verify({ question: "Q", solution: "I cannot say" }).profile.form).toBe(1);
    expect(verify({ question: "Q", solution: "3 + 4 = 7\n7 +" }).profile.form).toBeGreaterThan(0.5);
    const loop = "We add the two numbers again.\n".repeat(4);
    expect(verify({ question: "Q", solution: `${loop}The answer is: 3` }).profile.form).toBeGreaterThan(0.5);
  });

  it("calls far or impossible answers absurd", () => {
    const absurdityOf = (answer: string) =>
      verify({ question: EGGS, solution: `The answer is: ${answer}`, reference: "21" }).absurdity;
    expect(absurdityOf("20")).toBe(0);
    expect(absurdityOf("2000000")).toBeGreaterThan(0.5);
    expect(absurdityOf("-7")).toBeGreaterThan(0.5);
  });
});

const PIECES = [
  "1",
  "23",
  "0.5",
  "x",
  "=",
  "+",
  "-",
  "*",
  "/",
  "^",
  "!",
  "(",
  ")",
  "{",
  "}",
  "\\frac",
  "\\sqrt",
  "$",
  "\\(",
  "\\)",
  "\\[",
  "\\]",
  "|",
  "%",
  "half of",
  "is",
  " ",
  "\n",
  "_",
  ",",
  ".",
  "\\boxed{",
  "\\text{",
  "9^9^9^9",
  "\ud800",
  "\u202e",
  "\0",
  "²",
  "R",
  "remainder",
  "1:2",
  "\\begin{align}",
  "#### ",
];

describe("on any text", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((p) => p.join("")),
  );

  it("never throws, gives a valid judgement with spans inside the text, and the same one twice", () => {
    fc.assert(
      fc.property(text, text, fc.option(text), (question, solution, reference) => {
        const verdict = verify({ question, solution, reference });
        expect(Judgement.safeParse(verdict).error).toBeUndefined();
        for (const f of verdict.findings) {
          expect(f.end).toBeGreaterThanOrEqual(f.start);
          expect(f.end).toBeLessThanOrEqual(solution.length);
        }
        expect(verify({ question, solution, reference })).toEqual(verdict);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  it("compares and extracts without throwing; an answer equals itself", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        sameAnswer(a, b);
        const found = extractAnswer(a);
        if (found !== null) expect(found.end).toBeLessThanOrEqual(a.length);
      }),
      { numRuns: 400, seed: 8 },
    );
    fc.assert(
      fc.property(fc.integer(), (n) => sameAnswer(`The answer is: ${n}`, String(n))),
      { numRuns: 100, seed: 9 },
    );
  });

  it.each([
    ["open brackets", "(".repeat(100_000)],
    ["nested fractions", "\\frac{".repeat(30_000)],
    ["digits", "9".repeat(200_000)],
    ["a long sum", `${"1+".repeat(50_000)}1 = 7`],
    ["dollars", "$ ".repeat(50_000)],
    ["equals signs", "=".repeat(50_000)],
    ["a power tower", "2^".repeat(50_000)],
    ["words", "half of twenty-five ".repeat(10_000)],
    ["equations", "x = 1\n".repeat(10_000)],
    ["boxes", "\\boxed{".repeat(20_000)],
    ["bars", "|".repeat(50_000)],
    ["minus signs", "-".repeat(50_000)],
    ["factorials", `${"9".repeat(50)}!!!!!! = 300!`],
  ])("stays small on %s", (_name, hostile) => {
    expect(() => verify({ question: hostile, solution: hostile, reference: hostile })).not.toThrow();
  });
});

describe.skipIf(!existsSync("../shared/data"))(
  "on labelled solutions (skipped without ../shared/data)",
  () => {
    it("accepts at least 88 % of the right GSM8K solutions", () => {
      const right = readVerifierData()?.gsm8k.filter((row) => row.label < 0) ?? [];
      const accepted = right.filter(
        (row) => verify({ question: row.problem, solution: row.steps }).firstErrorStep === null,
      );
      expect(accepted.length / right.length).toBeGreaterThanOrEqual(0.88);
    });
  },
);
