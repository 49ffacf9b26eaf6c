import { describe, expect, it } from "vitest";
import { verify } from "../verify.js";
import { ERROR_SEVERITY } from "./check.js";
import { FORMAL } from "./doubt.js";

const QUESTION = "Tom has 48 cards. He buys half as many and gives 5 away. How many cards does he have?";
const REFERENCE = ["48 / 2 = 24 cards", "48 + 24 = 72 cards", "72 - 5 = 67 cards", "The answer is: 67"];

const accusations = (input: Parameters<typeof verify>[0]) =>
  verify(input).findings.filter((f) => f.severity >= ERROR_SEVERITY && f.dimension !== "answer");

/** Accusations without those of doubt, which weighs the whole. */
const conclusions = (input: Parameters<typeof verify>[0]) =>
  accusations(input).filter((f) => !f.message.startsWith("doubtful"));

describe("the conclusion", () => {
  it.each([
    ["an intermediate value", QUESTION, [...REFERENCE.slice(0, 3), "The answer is: 72"]],
    ["a value from an early step", QUESTION, [...REFERENCE.slice(0, 3), "The answer is: 24"]],
    ["a value from nowhere", QUESTION, ["4 + 5 = 9", "The answer is: 13"]],
    [
      "an intermediate value, though the problem chooses",
      "Who has most? How much more?",
      ["9 - 2 = 7", "7 + 30 = 37", "The answer is: 7"],
    ],
  ])("is accused: %s", (_name, question, solution) => {
    const found = conclusions({ question, solution });
    expect(found.map((f) => [f.dimension, f.step])).toEqual([["logic", solution.length - 1]]);
  });

  it.each([
    ["the last result", QUESTION, REFERENCE],
    ["a percentage", "What share is it?", ["4 / 20 * 100 = 20%", "The answer is: 20"]],
    ["a whole number of parts", "How many buses?", ["100 / 40 = 2.5", "The answer is: 3"]],
    ["taken up again", "Solve.", ["16 + 2 = 18", "18 - 2 * 9 = 0", "So it was 18.", "The answer is: 18"]],
    ["tested by a computation", "Solve.", ["30 / 2 = 15", "Check: 15 * 2 = 30", "The answer is: 15"]],
    ["one of several", "What is the larger of them?", ["2 * 6 = 12", "2 * 4 = 8", "The answer is: 12"]],
  ])("passes: %s", (_name, question, solution) => {
    expect(conclusions({ question, solution })).toEqual([]);
  });
});

describe("beside a reference solution", () => {
  const referenceSolution = REFERENCE.join("\n");

  it.each([
    ["another operation", ["48 * 2 = 96", "48 + 96 = 144", "144 - 5 = 139"], "logic", 0, "24"],
    ["operands the wrong way round", ["48 / 2 = 24", "48 + 24 = 72", "5 - 72 = -67"], "logic", 2, "67"],
    ["another operand", ["48 / 2 = 24", "48 + 5 = 53", "53 - 5 = 48"], "logic", 1, "72"],
    ["a computation left out", ["48 + 48 = 96", "96 - 5 = 91"], "logic", 0, "72"],
    ["the last computation left out", ["48 / 2 = 24", "48 + 24 = 72"], "logic", 2, "67"],
    ["a number that the problem does not state", ["46 / 2 = 23", "46 + 23 = 69"], "grounding", 0, "24"],
    ["nothing in common", ["48 * 5 * 5 = 1200"], "logic", 0, undefined],
  ])("names %s", (_name, lines, dimension, step, expected) => {
    const answer = lines.at(-1)?.split("= ")[1] ?? "";
    const solution = [...lines, `The answer is: ${answer}`];
    const [first] = accusations({ question: QUESTION, solution, referenceSolution });
    expect(first).toMatchObject({ dimension, step });
    expect(first?.expected).toBe(expected);
  });

  it("says which computation is missing", () => {
    const solution = ["48 + 48 = 96", "96 - 5 = 91", "The answer is: 91"];
    const [first] = accusations({ question: QUESTION, solution, referenceSolution });
    expect(first?.message).toBe("uses 48 where the reference uses 24, and never computes 48 / 2 = 24");
  });

  it("follows another way to the same values, and accuses where that leaves", () => {
    const solution = ["48 - 5 = 43", "43 + 24 = 67", "67 + 48 = 115", "The answer is: 115"];
    const [first] = accusations({ question: QUESTION, solution, referenceSolution });
    expect(first?.step).toBe(2);
  });

  it("leaves a false sum and what follows from it to arithmetic", () => {
    const solution = ["48 / 2 = 23", "48 + 23 = 71", "71 - 5 = 66", "The answer is: 66"];
    const found = accusations({ question: QUESTION, solution, referenceSolution });
    expect(found.map((f) => [f.dimension, f.step])).toEqual([["arithmetic", 0]]);
  });

  it("accuses nothing where the answer is right", () => {
    const solution = ["48 * 1.5 = 72", "72 - 5 = 67", "The answer is: 67"];
    expect(accusations({ question: QUESTION, solution, referenceSolution })).toEqual([]);
  });
});

describe("numbers of the problem that are not what they are used as", () => {
  const question = "A shop sells 12 shirts at $15 each and 4 hats at $9 each. How much is earned?";
  const reference = "12 * 15 = 180\n4 * 9 = 36\n180 + 36 = 216\n#### 216";
  const found = (solution: readonly string[]) =>
    accusations({ question, solution, referenceSolution: reference }).map((f) => [f.dimension, f.message]);

  it("names a given that is left out", () => {
    expect(found(["12 * 15 = 180", "180 + 9 = 189", "The answer is: 189"])).toContainEqual([
      "grounding",
      'never uses "4 hats" of the problem, which the reference solution uses',
    ]);
  });

  it("names a given that stands where another belongs", () => {
    expect(found(["12 * 9 = 108", "4 * 15 = 60", "108 + 60 = 168", "The answer is: 168"])).toContainEqual([
      "grounding",
      "takes 9 for what is 15",
    ]);
  });

  it.each([
    [
      "a number from nowhere",
      "He buys 12 shirts at $15 each.",
      ["12 * 15 = 180"],
      ["12 + 30 = 42"],
      "uses 30, which the problem does not state",
    ],
    [
      "a total taken for each",
      "He spends $216 on 12 shirts.",
      ["216 / 12 = 18"],
      ["At $216 per shirt he pays 12 * 216 = 2592"],
      'takes "$216" for each, which the problem does not say',
    ],
    [
      "a given left out of the last sum",
      "He pays $20 for shirts, $4 for hats and a tip of $5.",
      ["20 + 4 = 24", "24 + 5 = 29"],
      ["The tip is $5.", "20 + 4 = 24"],
      'leaves out "$5" of the problem',
    ],
  ])("names %s", (_, told, right, wrong, message) => {
    const referenceSolution = [...right, `#### ${right.at(-1)?.split(" = ")[1]}`].join("\n");
    const solution = [...wrong, `The answer is: ${wrong.at(-1)?.split(" = ")[1]}`];
    const all = accusations({ question: told, solution, referenceSolution });
    expect(all.map((f) => [f.dimension, f.message])).toContainEqual(["grounding", message]);
  });

  it.each([
    [
      "a share of the wrong quantity",
      "30 pupils have 10 pencils each. 1/5 of the pencils are lost.",
      "30 * 10 = 300\n300 * 1/5 = 60\n#### 60",
      ["30 * 1/5 = 6", "The answer is: 6"],
    ],
    [
      "a product that a later given is not in",
      "3 cages hold rats that get 6 straws each. In all 160 straws are given.",
      "160 / 3 = 53.33\n53.33 / 6 = 8.89\n#### 8.89",
      ["3 * 6 = 18", "The answer is: 18"],
    ],
    [
      "a rate that the problem states",
      "12 shirts cost $15 each.",
      "12 * 15 = 180\n#### 180",
      ["At $15 per shirt he pays 15 / 12 = 1.25", "The answer is: 1.25"],
    ],
  ])("leaves %s to logic", (_, told, referenceSolution, solution) => {
    const all = accusations({ question: told, solution, referenceSolution });
    expect([...new Set(all.map((f) => f.dimension))].filter((d) => d !== "answer")).toEqual(["logic"]);
  });

  it("leaves a wrong operation to logic", () => {
    const wrong = found(["12 * 15 = 180", "4 * 9 = 36", "180 - 36 = 144", "The answer is: 144"]);
    expect(wrong.map(([dimension]) => dimension)).toEqual(["logic"]);
  });
});

describe("problems in formal notation", () => {
  it.each(["Find $x$ so that x is 5.", "He has $6$ beads.", "\\(5\\) beads", "How many integers are there?"])(
    "are told: %s",
    (question) => expect(FORMAL.test(question)).toBe(true),
  );

  it.each(["A pen costs $.50, a book $5 and $6.", "What does he pay, in $?", "It costs $5."])(
    "are not problems about money: %s",
    (question) => expect(FORMAL.test(question)).toBe(false),
  );
});
