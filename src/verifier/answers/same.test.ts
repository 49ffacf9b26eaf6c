import { describe, expect, it } from "vitest";
import { extractAnswer, sameAnswer } from "../index.js";

describe("sameAnswer", () => {
  it.each([
    ["18", "18.0"],
    ["$1,200", "1200"],
    ["3/4", "0.75"],
    ["2 1/2", "5/2"],
    ["\\frac12", "0.5"],
    ["25%", "25"],
    ["18 dollars", "18"],
    ["15 \\text{ cm}^2", "15"],
    ["So 3 + 4 = 7.\n#### 7", "7"],
    ["The answer is: 42", "42"],
    ["Beside the \\$129 paid before, the total cost of all this will be \\$324.", "324"],
    ["Hence \\boxed{x = 5}.", "5"],
    ["\\{1, 2\\}", "2, 1"],
    ["x = 1 \\text{ or } x = -1", "\\pm 1"],
    ["x \\ge 3", "[3, \\infty)"],
    ["(x+1)(x-1)", "x^2 - 1"],
    ["2x + 4y = 6", "x + 2y - 3 = 0"],
    ["\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}"],
    ["(B) Paris", "B"],
    ["Even", "\\text{even}"],
    ["\\sqrt{8}", "2\\sqrt{2}"],
    ["[0, 1) \\cup (2, 3]", "(2,3] \\cup [0,1)"],
  ])("%s is %s", (a, b) => {
    expect(sameAnswer(a, b)).toBe(true);
    expect(sameAnswer(b, a)).toBe(true);
  });

  it.each([
    ["18", "81"],
    ["0.33", "1/3"],
    ["(0, 1)", "(0, 2)"],
    ["D = (0, 1)", "D = (0, 1.5)"],
    ["(0, 1)", "[0, 1)"],
    ["1, 2, 3", "1, 2"],
    ["x > 3", "x < 3"],
    ["x + y = 1", "x - y = 1"],
    ["2x", "3x"],
    ["A", "B"],
    ["even", "odd"],
    ["10 units", "100"],
    ["", "0"],
  ])("%s is not %s", (a, b) => {
    expect(sameAnswer(a, b)).toBe(false);
    expect(sameAnswer(b, a)).toBe(false);
  });
});

describe("extractAnswer", () => {
  it.each([
    ["A: 26", "26", 26],
    ["We get \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}", 0.5],
    ["First \\boxed{1}, no: the end is long here, so finally we have \\boxed{2}", "2", 2],
    ["Total is $18 for the day.", "$18", 18],
    ["**The answer is: 7**", "7", 7],
    ["#### 1,000", "1,000", 1000],
  ])("in %s", (text, answer, value) => {
    const found = extractAnswer(text);
    expect(found).toMatchObject({ text: answer, value });
    expect(text.slice(found?.start, found?.end)).toBe(answer);
  });

  it("is null where there is none", () => expect(extractAnswer("No idea.")).toBeNull());
});
