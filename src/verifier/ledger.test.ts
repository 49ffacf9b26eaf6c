import { describe, expect, it } from "vitest";
import { toNumber } from "./expression/rational.js";
import { phraseOf } from "./givens.js";
import { examine } from "./verify.js";

const ledger = (question: string, solution: readonly string[]) => {
  const { news, unused } = examine({ question, solution }).checked.ledger;
  const numbers = (kind: "inHead" | "constant" | "foreign") =>
    news.flatMap((step) => step[kind].map((value) => toNumber(value)));
  return {
    unused: unused.map((given) => phraseOf(given, question)),
    inHead: numbers("inHead"),
    constant: numbers("constant"),
    foreign: numbers("foreign"),
  };
};

describe("the ledger of numbers", () => {
  it.each([
    ["a percentage as a ratio", "A car of $20 loses 30%.", ["20 * .3 = 6"]],
    ["what a percentage leaves", "A car of $20 loses 30%.", ["20 * 0.7 = 14"]],
    ["what it grows to", "A car of $20 gains 30%.", ["20 * 1.30 = 26"]],
    ["a half as a division", "She eats half of 52 cards.", ["52 / 2 = 26"]],
    ["a fraction in its parts", "3/4 of 40 men", ["40 / 4 = 10", "10 * 3 = 30"]],
    ["a multiple with the one added", "He has 3 times as many as 8.", ["8 * 4 = 32"]],
    ["dozens", "She buys 2 dozen eggs at $3.", ["24 * 3 = 72"]],
    ["a number word", "Three men carry 8 bags.", ["All three carry 8 bags."]],
    ["a count of what is summed", "Three shops sell 5, 6 and 7 hats.", ["5 + 6 + 7 = 18"]],
    ["an ordinal", "A house of three floors has 5 rooms on each.", ["The third floor has 5 rooms."]],
    ["a fraction as a percentage", "1/4 of 60 men", ["60 * 25% = 15"]],
    ["clock times", "From 2 p.m. to 10:30 pm he reads 5 books.", ["5 * 1 = 5"]],
    ["ranges and years", "In 2004, boys of 3-5 years ate 6 pies.", ["6 * 1 = 6"]],
    ["two givens in the head", "A pool fills in 60 of 1020 minutes; 5 pumps.", ["5 * 17 = 85"]],
  ])("knows a given in another guise: %s", (_name, question, solution) => {
    expect(ledger(question, solution).unused).toEqual([]);
  });

  it("names what is never used, as the problem writes it", () => {
    const question = "Ann has 48 clips, $50, 20% of the rest and 7 more than Bo.";
    expect(ledger(question, ["1 + 1 = 2"]).unused).toEqual(["48 clips", "$50", "20%", "7"]);
  });

  it("tells numbers found in the head from constants and from those from nowhere", () => {
    const found = ledger("Ann has 48 clips and buys 31.", ["79 * 7 = 553", "553 + 517 = 1070"]);
    expect(found).toEqual({ unused: [], inHead: [79], constant: [7], foreign: [517] });
  });

  it("takes results and the numbers of steps for known", () => {
    const found = ledger("Ann has 48 clips and buys 31.", [
      "Step 9: 48 + 31 = 79",
      "Step 11: 79 / 100 = 79%",
    ]);
    expect(found.foreign).toEqual([]);
  });
});
