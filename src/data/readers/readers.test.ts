import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Problem } from "../records.js";
import { type ProblemSourceInput, readProblems } from "./index.js";

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-readers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, rows: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    name.endsWith(".json")
      ? JSON.stringify(rows, null, 2)
      : rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
  return path;
}

describe("each known data set", () => {
  it.each<
    [name: string, reader: "gsm8k" | "metamath" | "svamp" | "mawps" | "math", row: object, expected: object]
  >([
    [
      "gsm8k",
      "gsm8k",
      {
        question: "A vat of 900 pints gets 300 more?",
        answer: "It holds 900+300 = <<900+300=1200>>1200 pints. \n\n#### 1,200",
      },
      { answer: "1200", solution: "It holds 900+300 = 1200 pints.\nThe answer is: 1200" },
    ],
    [
      "metamath of GSM8K",
      "metamath",
      {
        type: "GSM_AnsAug",
        query: "Q?",
        original_question: "O?",
        response: "So 3 + 4 = 7.\n#### 7\nThe answer is: 7",
      },
      { question: "Q?", answer: "7", type: "GSM_AnsAug", solution: "So 3 + 4 = 7.\nThe answer is: 7" },
    ],
    [
      "metamath of MATH",
      "metamath",
      {
        type: "MATH_SV",
        query: "Q?",
        response: "So $x = \\boxed{\\frac{1}{2}}$. The answer is known.\nThe answer is: \\frac{1}{2}",
      },
      {
        answer: "\\frac{1}{2}",
        solution: "So $x = \\boxed{\\frac{1}{2}}$. The answer is known.\nThe answer is: \\frac{1}{2}",
      },
    ],
    [
      "svamp, cut in mid sentence",
      "svamp",
      {
        ID: "chal-7",
        Body: "Ida had $ 9 . If she spends 4",
        Question: "How many are left?",
        Answer: 5.0,
        Equation: "( 9.0 - 4.0 )",
        Type: "Subtraction",
      },
      {
        id: "chal-7",
        question: "Ida had $9. If she spends 4, how many are left?",
        solution: "9 - 4 = 5\nThe answer is: 5",
        answer: "5",
        type: "subtraction",
      },
    ],
    [
      "mawps in tokens",
      "mawps",
      { input: "Ida found 7 shells on Bo 's beach . How many ?", target: 7.0 },
      { question: "Ida found 7 shells on Bo's beach. How many?", answer: "7" },
    ],
    [
      "mawps as first published",
      "mawps",
      { iIndex: 4, sQuestion: "How many is half of 5?", lEquations: ["x=5/2"], lSolutions: [2.5] },
      { question: "How many is half of 5?", answer: "2.5" },
    ],
    [
      "math with an answer",
      "math",
      {
        problem: "P",
        solution: "It is $\\boxed{8}$.",
        answer: "8",
        subject: "Algebra",
        level: 2,
        unique_id: "test/algebra/1.json",
      },
      {
        id: "test/algebra/1.json",
        question: "P",
        answer: "8",
        type: "Algebra",
        solution: "It is $\\boxed{8}$.\nThe answer is: 8",
      },
    ],
    [
      "math as first published",
      "math",
      {
        problem: "P",
        solution: "First \\boxed{1}, then $\\boxed{\\sqrt{\\frac{a}{b}}}$.",
        level: "Level 5",
        type: "Geometry",
      },
      { answer: "\\sqrt{\\frac{a}{b}}", type: "Geometry" },
    ],
  ])("%s", async (_name, reader, row, expected) => {
    const [problem] = await readProblems({ reader, path: file("rows.jsonl", [row]) });
    expect(Problem.parse(problem)).toEqual(problem);
    expect(problem).toMatchObject({ source: reader, ...expected });
    // The same rows as one JSON array, as SVAMP and MetaMath come.
    const array = await readProblems({ reader, path: file("rows.json", [row]) });
    expect(array).toEqual([problem]);
  });

  it.each(["snappy.parquet", "gzip.parquet"])("gsm8k from %s", async (name) => {
    const problems = await readProblems({ reader: "gsm8k", path: fixture(name) });
    expect(problems.map(({ answer }) => answer)).toEqual(["8", "3", "9900"]);
    expect(problems[0]?.solution).toBe("It has 3 + 5 = 8 tails.\nThe answer is: 8");
    // 64-bit integers are numbers.
    const mapped = await readProblems({
      reader: "parquet",
      path: fixture(name),
      fields: { answer: "value" },
    });
    expect(mapped.map(({ answer }) => answer)).toEqual(["8", "3", "9900"]);
  });
});

describe("data of one's own", () => {
  it("by the usual names", async () => {
    const rows = [
      { question: "2+2?", answer: 4 },
      { question: "2+3?", answer: "5.", solution: "2+3 = 5", type: "sum", id: 9 },
    ];
    expect(await readProblems({ reader: "jsonl", path: file("mine.jsonl", rows) })).toEqual([
      { id: "mine-0", question: "2+2?", answer: "4", source: "mine" },
      {
        id: "9",
        question: "2+3?",
        answer: "5",
        source: "mine",
        type: "sum",
        solution: "2+3 = 5\nThe answer is: 5",
      },
    ]);
  });

  it("by a map of fields", async () => {
    const fields = { question: "prompt", answer: "gold", solution: "chain", type: "topic", id: "key" };
    const path = file("mine.jsonl", [
      { prompt: "2+2?", gold: "4", chain: "2+2 = 4", topic: "sum", key: "a" },
    ]);
    expect(await readProblems({ reader: "jsonl", path, fields })).toEqual([
      {
        id: "a",
        question: "2+2?",
        answer: "4",
        source: "mine",
        type: "sum",
        solution: "2+2 = 4\nThe answer is: 4",
      },
    ]);
  });
});

describe("selection", () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    query: `q${i}`,
    original_question: `Original ${i % 40}?`,
    response: "The answer is: 1",
  }));
  const spec = () => ({ reader: "metamath", path: file("m.jsonl", rows) }) as const;
  const ids = async (more: Partial<Extract<ProblemSourceInput, { reader: "metamath" }>>) =>
    (await readProblems({ ...spec(), ...more })).map(({ id }) => id);

  it("takes a piece, shuffled or not, and ids do not depend on it", async () => {
    expect(await ids({ offset: 3, limit: 2 })).toEqual(["metamath-m-3", "metamath-m-4"]);
    const shuffled = await ids({ shuffle: 1 });
    expect(shuffled).not.toEqual(await ids({}));
    expect(shuffled).not.toEqual(await ids({ shuffle: 2 }));
    expect(new Set(shuffled)).toEqual(new Set(await ids({})));
    expect(await ids({ shuffle: 1, offset: 10, limit: 5 })).toEqual(shuffled.slice(10, 15));
  });

  it("splits MetaMath by its original question: no augmentation on both sides", async () => {
    const side = async (take: "train" | "test") => {
      const all = await readProblems({ ...spec(), partition: { test: 0.25, take } });
      return all.map(({ question }) => Number(question.slice(1)) % 40);
    };
    const [train, test] = [await side("train"), await side("test")];
    expect(train.length + test.length).toBe(200);
    expect(test.length).toBeGreaterThan(0);
    expect(train.filter((group) => test.includes(group))).toEqual([]);
    // All five augmentations of a group stay together.
    expect(test.length).toBe(5 * new Set(test).size);
  });

  it("gives synthetic problems as plain problems", async () => {
    const problems = await readProblems({ reader: "synthetic", count: 9, seed: 1, split: "test", limit: 5 });
    expect(problems.map((problem) => Problem.strict().parse(problem))).toHaveLength(5);
  });
});

describe("what is wrong", () => {
  const good = { question: "2+2?", answer: "#### 4" };
  it.each<[name: string, spec: () => unknown, message: RegExp]>([
    [
      "a missing file",
      () => ({ reader: "gsm8k", path: join(folder, "none.jsonl") }),
      /none\.jsonl: there is no such file.*Check/,
    ],
    ["a folder", () => ({ reader: "gsm8k", path: folder }), /it is a folder.*Name a file/],
    [
      "an empty file",
      () => ({ reader: "gsm8k", path: file("x.jsonl", []) }),
      /No problems are left: .*x\.jsonl has 0/,
    ],
    [
      "an offset past the end",
      () => ({ reader: "gsm8k", path: file("x.jsonl", [good]), offset: 5 }),
      /has 1, and the first 5/,
    ],
    [
      "no answer mark",
      () => ({ reader: "gsm8k", path: file("x.jsonl", [good, { question: "q", answer: "4" }]) }),
      /x\.jsonl:2:[\s\S]*answer: has no last line "#### ANSWER"/,
    ],
    [
      "another data set",
      () => ({ reader: "gsm8k", path: file("x.jsonl", [{ input: "q", target: 4 }]) }),
      /x\.jsonl:1:[\s\S]*question: is missing[\s\S]*fields: input, target[\s\S]*choose the reader/,
    ],
    [
      "a field of another name",
      () => ({ reader: "jsonl", path: file("x.jsonl", [good]), fields: { answer: "gold" } }),
      /x\.jsonl:1:[\s\S]*gold: is missing/,
    ],
    [
      "a field of another kind",
      () => ({ reader: "jsonl", path: file("x.jsonl", [{ question: ["q"], answer: 4 }]) }),
      /x\.jsonl:1:[\s\S]*question: .*expected string/,
    ],
    [
      "an empty answer in an array",
      () => ({ reader: "jsonl", path: file("x.json", [good, { question: "q", answer: " " }]) }),
      /x\.json\[1\]:[\s\S]*answer: .*empty/,
    ],
    [
      "a row that is no object",
      () => ({ reader: "mawps", path: file("x.jsonl", [7]) }),
      /x\.jsonl:1:[\s\S]*`input` and `target`/,
    ],
    [
      "an array that is cut off",
      () => ({ reader: "svamp", path: cutOff() }),
      /cut\.json: this is not JSON.*whole/,
    ],
    [
      "a Parquet file that is cut off",
      () => ({ reader: "gsm8k", path: cutParquet() }),
      /cut\.parquet: this Parquet file cannot be read.*fetch it again/,
    ],
    [
      "two problems of one id",
      () => ({
        reader: "jsonl",
        path: file(
          "x.jsonl",
          [1, 2].map(() => ({ ...good, id: "a" })),
        ),
      }),
      /x\.jsonl:2: the id "a" is taken by .*x\.jsonl:1/,
    ],
    ["an unknown reader", () => ({ reader: "gsmk", path: "x" }), /problem source:[\s\S]*reader: .*gsm8k/],
    ["an unknown option", () => ({ reader: "gsm8k", path: "x", limits: 3 }), /problem source:[\s\S]*limits/],
  ])("%s", async (_name, spec, message) => {
    await expect(readProblems(JSON.parse(JSON.stringify(spec())))).rejects.toThrow(message);
  });

  function cutOff(): string {
    const path = join(folder, "cut.json");
    writeFileSync(path, '[{"Body": "Ida');
    return path;
  }
  function cutParquet(): string {
    const path = join(folder, "cut.parquet");
    writeFileSync(path, readFileSync(fixture("snappy.parquet")).subarray(0, 300));
    return path;
  }
});

const shared = new URL("../../../../shared/data/", import.meta.url).pathname;
describe.skipIf(!existsSync(shared))("real files (skipped where ../shared/data is not there)", () => {
  it.each<["gsm8k" | "svamp" | "mawps" | "math", string, number]>([
    ["gsm8k", "gsm8k/train.jsonl", 7473],
    ["gsm8k", "gsm8k/test.jsonl", 1319],
    ["svamp", "svamp/SVAMP.json", 1000],
    ["mawps", "mawps/addsub.jsonl", 395],
    ["mawps", "mawps/multiarith.jsonl", 600],
    ["mawps", "mawps/singleeq.jsonl", 508],
    ["mawps", "mawps/singleop.jsonl", 562],
    ["math", "math/math500.jsonl", 500],
  ])("%s %s: %i problems", async (reader, path, count) => {
    const problems = await readProblems({ reader, path: join(shared, path) });
    expect(problems).toHaveLength(count);
    for (const { answer, solution, question } of problems) {
      if (reader === "svamp" || reader === "mawps") expect(question).not.toMatch(/ [.,?](?!\d)/);
      if (reader !== "math") expect(answer).toMatch(/^-?\d+(\.\d+)?$/);
      if (solution === undefined) continue;
      expect(solution).not.toMatch(/<<|####/);
      expect(solution.split("\n").at(-1)).toBe(`The answer is: ${answer}`);
    }
  });
});
