import { describe, expect, it } from "vitest";
import { toNumber } from "./expression/rational.js";
import { buildTrace } from "./trace.js";

const QUESTION = "Ann has 16 eggs. She eats three and sells the rest for $2 each, every day of the week.";
const SOLUTION = [
  "16 - 3 = 13 eggs",
  "So she makes 13 * $2 = $26 a day.",
  "In a week: 26 * 7 = 182, and 182 + 45 = 227.",
];

describe("buildTrace", () => {
  const trace = buildTrace(QUESTION, SOLUTION);
  const text = SOLUTION.join("\n");

  it("reads the numbers of the problem, in figures and words", () => {
    expect(trace.givens.map((given) => toNumber(given.value))).toEqual([16, 3, 2]);
    expect(trace.givens[0]?.noun).toBe("eggs");
  });

  it("links every operand to where it comes from", () => {
    const origins = trace.claims.map((claim) =>
      claim.operands.map((o) => [toNumber(o.value), o.origin, o.from ?? null]),
    );
    expect(origins).toEqual([
      [
        [16, "given", null],
        [3, "given", null],
      ],
      [
        [13, "derived", 0],
        [2, "given", null],
      ],
      [
        [26, "derived", 1],
        [7, "constant", null],
      ],
      [
        [182, "derived", 2],
        [45, "ungrounded", null],
      ],
    ]);
    expect(trace.claims.map((claim) => claim.operation)).toEqual(["-", "*", "*", "+"]);
    expect(trace.claims.map((claim) => claim.step)).toEqual([0, 1, 2, 2]);
  });

  it("gives spans in the joined text", () => {
    const [, second] = trace.claims;
    expect(text.slice(second?.result.start, second?.result.end)).toBe("26");
    expect(second?.operands.map((o) => text.slice(o.start, o.end))).toEqual(["13", "2"]);
  });

  it.each([
    ["half of 48 is 24", "*", 24],
    ["twice 5 equals 10", "*", 10],
    ["20% of 50 = 10", "*", 10],
    ["\\[ \\frac{3}{4} \\times 12 = 9 \\]", "*", 9],
    ["3 times $2, which is $6", "*", 6],
    ["7 plus 5 makes 12", "+", 12],
    ["100 divided by 4 is 25", "/", 25],
    ["1,200 ÷ 3 = 400", "/", 400],
    ["two-thirds of 9 is 6", "*", 6],
    ["It falls by 10% of 20 = 2 dollars", "*", 2],
    ["8 * 1 1/2 = 12 rolls", "*", 12],
  ])("reads %s", (line, operation, result) => {
    const [claim] = buildTrace("", [line]).claims;
    expect(claim?.operation).toBe(operation);
    expect(claim && toNumber(claim.result.value)).toBe(result);
  });

  it.each(["multiplied by 3 + 4 = 7", "Divide the sum by 2 * 5 = 10", "the price by 20% = 4"])(
    "reads no computation in %s, which lacks its first operand",
    (line) => {
      expect(buildTrace("", [line]).claims).toEqual([]);
    },
  );
});
