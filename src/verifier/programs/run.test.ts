import { describe, expect, it } from "vitest";
import { Budget } from "../limits.js";
import { programsOf } from "./blocks.js";
import { type Names, runProgram } from "./run.js";

const run = (code: string, names: Names = new Map()) => runProgram(code, names, new Budget());

describe("a program of plain arithmetic", () => {
  it.each([
    ["assignments", "a = 3\nb = a * 2 + 1\nprint(b)", ["7"]],
    ["comments and blank lines", "# Given\na = 3  # apples\n\nprint(a)\n", ["3"]],
    ["decimals, exactly", "print(0.1 + 0.2, 1e3, 1_000, .5)", ["0.3 1000 1000 0.5"]],
    ["what binds tighter", "print(2 + 3 * 4 ** 2, -2 ** 2, 2 ** -1, (2 + 3) * 4)", ["50 -4 0.5 20"]],
    ["powers from the right", "print(2 ** 3 ** 2)", ["512"]],
    ["differences from the left", "print(10 - 3 - 2, 24 / 4 / 2)", ["5 3"]],
    ["whole parts, downwards", "print(7 // 2, -7 // 2, 7 % 3, -7 % 3)", ["3 -4 1 2"]],
    ["several names at once", "a = b = 2\nc, d = 3, 4\ne: int = 5\nprint(a, b, c, d, e)", ["2 2 3 4 5"]],
    ["changes", "a = 2\na += 3\na *= 4\na -= 1\na //= 2\nprint(a)", ["9"]],
    ["one line", "a = 2; b = 3; print(a * b)", ["6"]],
    ["an open bracket", "a = (1 +\n  2)\nprint(a,\n      a)", ["3 3"]],
    [
      "functions",
      "print(round(2.5), round(3.14159, 2), int(-2.7), abs(-3), max(1, 5, 2))",
      ["2 3.14 -2 3 5"],
    ],
    ["lists", "xs = [1, 2, 3]\nprint(sum(xs), min(xs))", ["6 1"]],
    ["a tuple", "a = 2\nprint((a, a / 4))", ["(2, 0.5)"]],
    ["a module", "import math\nprint(math.ceil(7 / 2), math.floor(-0.5))", ["4 -1"]],
    ["labels", "a = 9\nprint(\"Total:\", a, 'dollars')", ["Total: 9 dollars"]],
    [
      "f-strings",
      'a = 9.5\nprint(f"{a:.2f} of {a * 2} is {a / 19:.0%} {1500:,}")',
      ["9.50 of 19 is 50% 1500"],
    ],
    ["line breaks in a text", 'print("a\\nb")\nprint()', ["a", "b", ""]],
    ["a text as a comment", '"Solves it"\nprint(1)', ["1"]],
  ])("prints: %s", (_name, code, lines) => {
    expect(run(code)).toEqual({ lines, stop: null });
  });

  it.each([
    ["solve", "import sympy as sp\nx = sp.symbols('x')\nprint(sp.solve(x - 3, x)[0])\nprint(4)", [null, "4"]],
    ["a name of unknown value", "from math import sqrt\na = sqrt(2)\nprint(a + 1)", [null]],
    ["an index", "xs = [1, 2]\nprint(xs[0])", [null]],
    ["a condition", "a = 3\nb = 1 if a > 2 else 0\nprint(b)", [null]],
    ["a comprehension", "xs = [i * 2 for i in range(3)]\nprint(sum(xs))", [null]],
    ["a function of its own", "from x import max\nprint(max(1, 2))", [null]],
    ["brackets that close nothing", "print(3))", [null]],
    ["a half that is no float", 'print(round(2.675, 2))\nprint(f"{1.005:.2f}")', [null, null]],
    ["a whole quotient of what is no float", "print(1 // 0.1)\nprint(1 % 0.1)", [null, null]],
    ["a root", "print(2 ** 0.5)", [null]],
    ["a power that no one can hold", "print(9 ** 9 ** 9)", [null]],
    ["texts that double", `a = "1"\n${'a = f"{a}{a}"\n'.repeat(60)}print(a)`, [null]],
    ["tuples that double", `a = 1\n${"a = (a, a)\n".repeat(60)}print(a)`, [null]],
    ["a number that no one writes", `print(${"9".repeat(200)})`, [null]],
  ])("prints what is not known: %s", (_name, code, lines) => {
    expect(run(code)).toEqual({ lines, stop: null });
  });

  it.each([
    ["a name that nothing defines", "a = 3\nprint(a)\nprint(a + b)\nprint(a)", ["3"], "b is not defined"],
    ["a change of one", "total += 3", [], "total is not defined"],
    ["in an f-string", 'print(f"{a}")', [], "a is not defined"],
    ["a division by zero", "a = 3\nb = a / (a - 3)\nprint(b)", [], "it divides by zero"],
    ["a remainder of one", "print(3 % 0)", [], "it divides by zero"],
  ])("stops: %s", (_name, code, lines, stop) => {
    expect(run(code)).toEqual({ lines, stop });
  });

  it.each([
    ["a loop", "a = 0\nfor i in range(3):\n    a += i\nprint(a)"],
    ["a definition", "def f(x):\n    return x\nprint(f(2))"],
    ["a method", "xs = []\nxs.append(3)\nprint(sum(xs))"],
    ["an item that is set", "d = {}\nd['a'] = 3\nprint(3)"],
    ["every name of a module", "from sympy import *\nprint(x)"],
    ["an end of its own", "print(1, end='')\nprint(2)"],
    ["no Python", "cost of = 3\nprint(3)"],
    ["a text over several lines", 'a = """x\ny"""\nprint(1)'],
    ["brackets beyond depth", `a = ${"(".repeat(500)}1${")".repeat(500)}\nx.y()`],
    ["ten thousand characters and more", `a = 1\n${"a = 2\n".repeat(2_000)}print(a)`],
  ])("is not run: %s", (_name, code) => {
    expect(run(code)).toBeNull();
  });

  it("knows the names of the program before it", () => {
    const names: Names = new Map();
    run("a = 3", names);
    expect(run("print(a)", names)?.lines).toEqual(["3"]);
  });

  it("spends no more than it has", () => {
    expect(runProgram("print(1)", new Map(), new Budget(3))).toBeNull();
  });
});

describe("the programs of a text", () => {
  const code = "```python\nprint(1)\n```";
  it.each([
    ["a block of its own kind", `${code}\n\`\`\`output\n1\n\`\`\``, "1\n"],
    ["one with words before it", `${code}\nThe output is:\n\`\`\`\n1\n\`\`\``, "1\n"],
    ["none behind it", `${code}\nSo it is 1.`, null],
    ["a block of something else", `${code}\nAs a table:\n\`\`\`\n1 | 2\n\`\`\``, null],
    ["a block without words", `${code}\n\`\`\`\n1\n\`\`\``, null],
    ["a block that is cut off", `${code}\n\`\`\`output\n1`, null],
  ])("end in an output: %s", (_name, text, output) => {
    const [program, ...more] = programsOf(`Let us see.\n${text}`);
    expect(more).toEqual([]);
    expect(program?.code).toMatchObject({ text: "print(1)\n", start: 22 });
    expect(program?.output?.text ?? null).toBe(output);
  });

  it("are Python", () => {
    expect(programsOf("```js\nconsole.log(1)\n```\n```output\n2\n```")).toEqual([]);
    expect(programsOf("```Python\nprint(1)\n```")).toHaveLength(1);
  });
});
