import { describe, expect, it } from "vitest";
import { verify } from "../verify.js";

const QUESTION = "Seth sold 6 more than 3 times as many as Max, who sold 24. How many did Seth sell?";
const solution = (code: string, output: string, answer = "90") =>
  `Let's compute it.\n\`\`\`python\n${code}\n\`\`\`\n\`\`\`output\n${output}\n\`\`\`\nThe answer is: ${answer}`;
const CODE = "max_bars = 24\nprint(3 * max_bars + 6)";

const accused = (text: string, reference?: string) =>
  verify({ question: QUESTION, solution: text, reference: reference ?? null }).findings.filter(
    ({ message }) => message.startsWith("says the program"),
  );

describe("an output that was made up", () => {
  it.each([
    ["another number", CODE, "90", "says the program prints 90; it prints 78"],
    ["one of several lines", "print(1)\nprint(2)", "1\n3", "says the program prints 3; it prints 2"],
    ["a number of a line", 'print("a:", 4)', "a: 5", "says the program prints a: 5; it prints a: 4"],
    ["rounded wrongly", "print(10 / 3)", "3.4", "says the program prints 3.4; it prints 3.3333333333333335"],
    [
      "of a program that stops",
      "print(Max + 6)",
      "90",
      "says the program prints 90; the program stops before that, for Max is not defined",
    ],
  ])("is accused: %s", (_name, code, output, message) => {
    const text = solution(code, output);
    const [found, ...more] = accused(text, "78");
    expect(more).toEqual([]);
    expect(found).toMatchObject({ message, dimension: "arithmetic" });
    const line = output.split("\n").at(-1);
    expect(text.slice(found?.start, found?.end)).toBe(line);
  });

  it.each([
    ["the truth", CODE, "78"],
    ["a float", CODE, "78.0"],
    ["a float's last digits", "print(0.1 + 0.2)", "0.30000000000000004"],
    ["a number with separators", "print(1234567)", "1,234,567"],
    ["rounded", "print(10 / 3)", "3.33"],
    ["an error that is shown", "print(Max + 6)", "NameError: name 'Max' is not defined"],
    ["another count of lines", "print(1)\nprint(2)", "3"],
    ["no number", "print(24)", "twenty-four"],
    ["what is not run", "for i in range(3):\n    print(i)", "7"],
    ["nothing", CODE, ""],
  ])("is not: %s", (_name, code, output) => {
    expect(accused(solution(code, output), "78")).toEqual([]);
  });

  it("is the first error, and no right answer clears it", () => {
    const wrong = verify({ question: QUESTION, solution: solution(CODE, "90"), reference: "78" });
    const line = solution(CODE, "90").split("\n").indexOf("90");
    expect(wrong.firstErrorStep).toBe(line);
    expect(wrong.profile.arithmetic).toBeGreaterThan(0.9);
    const lucky = verify({ question: QUESTION, solution: solution(CODE, "90"), reference: "90" });
    expect(lucky.correct).toBe(true);
    expect(lucky.firstErrorStep).toBe(line);
  });

  it("is looked for in every program, with the names of those before", () => {
    const text = `${solution("a = 24\nprint(a)", "24")}\n${solution("print(a + 1)", "26")}`;
    expect(accused(text).map(({ expected, found }) => [expected, found])).toEqual([["25", "26"]]);
  });
});
