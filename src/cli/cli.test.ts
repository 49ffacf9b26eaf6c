import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { report } from "./failure.js";
import { runProgram } from "./program.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function nearmiss(args: readonly string[], input = "") {
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], {
    env: { ...process.env, NO_COLOR: "1", NEARMISS_MODEL: undefined },
  });
  child.stdin.end(input);
  const code = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, err] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  return { code: await code, out: out.toString(), err: err.toString() };
}

/** The same without a process of its own: exit code and what is said. */
async function inProcess(args: readonly string[]) {
  let said = "";
  const keep = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  const spies = [process.stderr, process.stdout].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(keep),
  );
  try {
    await runProgram(args);
    return { code: 0, said };
  } catch (error) {
    const code = report(error);
    return { code, said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const file = (name: string, text = "") => {
  const path = join(folder, name);
  if (text !== "") writeFileSync(path, text);
  return path;
};

const row = (answer: number, extra: object = {}) =>
  JSON.stringify({
    question: "Ann has 16 eggs and eats 3. How many are left?",
    solution: `16 - 3 = ${answer}\nThe answer is: ${answer}`,
    reference: "13",
    ...extra,
  });

describe("verify", () => {
  test("keeps order and ids, from a file to a file", async () => {
    const steps = { id: 7, solution: undefined, steps: ["16 - 3 = 13", "The answer is: 13"] };
    const input = file("in.jsonl", [row(14, { id: "b" }), row(13, steps), row(13)].join("\n"));
    const output = file("out.jsonl");
    expect(await nearmiss(["verify", "--in", input, "--out", output])).toMatchObject({ code: 0, out: "" });
    const rows = readFileSync(output, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.map(({ id, correct }) => [id, correct])).toEqual([
      ["b", false],
      [7, true],
      [undefined, true],
    ]);
    expect(rows[0].firstErrorStep).toBe(0);
  });

  test("reads standard input and writes standard output", async () => {
    const { code, out } = await nearmiss(["verify", "--in", "-"], `${row(14)}\n\n${row(13)}\n`);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).correct),
    ).toEqual([false, true]);
  });

  test("names line, field and cure, and leaves no half file", async () => {
    const output = file("none.jsonl");
    const broken = file("broken.jsonl", `${row(13)}\n{"question": "x"`);
    const { code, err } = await nearmiss(["verify", "--in", broken, "--out", output]);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: .*broken\.jsonl:2: this is not JSON/)]);
    expect(() => readFileSync(output)).toThrow();
    const both = await nearmiss(["verify", "--in", "-"], row(13, { steps: ["x"] }));
    expect([both.code, both.err]).toEqual([1, expect.stringMatching(/standard input:1: .*[\s\S]*solution/)]);
  });
});

describe("verbs on files", () => {
  const problems = ["a", "b"].map((id) => ({
    id,
    question: `Ann has 16 eggs and eats 3. How many are left in basket ${id}?`,
    answer: "13",
    source: "test",
  }));
  const lines = (rows: readonly object[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join("");
  const records = (path: string) =>
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  test("what sample writes, verify judges with the problems and mine takes", async () => {
    const p = file("chain-p.jsonl", lines(problems));
    const candidate = (index: number, answer: number) => ({
      problemId: "b",
      index,
      text: `16 - 3 = ${answer}\nThe answer is: ${answer}`,
      tokenCount: 12,
      finishReason: "stop",
      logprob: -1,
      sampler: { model: "tiny", temperature: 1, topP: 1, seed: 0 },
    });
    const c = file("chain-c.jsonl", lines([candidate(0, 13), candidate(1, 12)]));
    const [v, pairs] = [file("chain-v.jsonl"), file("chain-pairs.jsonl")];
    expect((await inProcess(["verify", "--problems", p, "--in", c, "--out", v])).code).toBe(0);
    expect(records(v)).toMatchObject([
      { problemId: "b", index: 0, correct: true },
      { problemId: "b", index: 1, correct: false },
    ]);
    const mined = await inProcess([
      ...["mine", "--problems", p, "--candidates", c, "--verdicts", v],
      ...["--out", pairs, "--json"],
    ]);
    expect(mined).toMatchObject({ code: 0 });
  });

  test("a file of answers is not taken for another prompt's or adapter's", async () => {
    const p = file("who-p.jsonl", lines(problems));
    const evaluate = (...more: string[]) =>
      inProcess([
        ...["eval", "--model", "tiny", "--problems", p, "--out", join(folder, "who.jsonl")],
        ...["--max-tokens", "4", ...more],
      ]);
    expect((await evaluate()).code).toBe(0);
    const prompted = await evaluate("--user", "Solve: {question}");
    expect([prompted.code, prompted.said]).toEqual([1, expect.stringContaining("sampled otherwise")]);

    // With no step between them, two seeds still give two adapters: the name alone would not tell them apart.
    const { ModelSource } = await import("../recipe/model.js");
    const progress = { note: () => {}, start: () => ({ update: () => {}, end: () => {} }) };
    const model = await new ModelSource("tiny").open(progress);
    const adapter = join(folder, "who-adapter");
    await model.trainable(model.freshAdapter({ rank: 1, alpha: 1 }, 1)).save(adapter);
    expect((await evaluate("--adapter", adapter)).code).toBe(1);
    rmSync(join(folder, "who.jsonl"));
    expect((await evaluate("--adapter", adapter)).code).toBe(0);
    expect((await evaluate("--adapter", adapter)).code).toBe(0);
    await model.trainable(model.freshAdapter({ rank: 1, alpha: 1 }, 2)).save(adapter);
    expect((await evaluate("--adapter", adapter)).code).toBe(1);
  });

  test("an empty file is an error, not 0 of 0", async () => {
    const empty = file("empty.jsonl", "\n");
    for (const verb of ["sft", "sample", "eval"]) {
      const args = [verb, "--model", "tiny", "--problems", empty, "--out", file(`${verb}-none`)];
      const { code, said } = await inProcess(args);
      expect([code, said]).toEqual([1, expect.stringContaining("empty.jsonl is empty")]);
    }
  });

  test("sft counts the problems it cannot use; export writes no card of the model before training", async () => {
    const solved = { ...problems[0], solution: "16 - 3 = 13\nThe answer is: 13" };
    const p = file("half-p.jsonl", lines([solved, ...problems.slice(1)]));
    const run = join(folder, "half-run");
    const out = join(run, "adapters", "sft");
    const { code, said } = await inProcess(["sft", "--model", "tiny", "--problems", p, "--out", out]);
    expect([code, said]).toEqual([0, expect.stringContaining("left out 1 of 2 problems")]);
    const merged = join(folder, "half-merged");
    const args = ["export", "--run", run, "--arm", "sft", "--model", "tiny", "--out", merged];
    expect((await inProcess(args)).code).toBe(0);
    expect(readdirSync(merged)).toEqual(expect.arrayContaining(["config.json", "model.safetensors"]));
    expect(readdirSync(merged)).not.toContain("README.md");
  }, 60_000);

  test("doctor sees that weights are cut off", async () => {
    const model = join(folder, "cut-off");
    cpSync("assets/tiny", model, { recursive: true });
    truncateSync(join(model, "model.safetensors"), 1_000_000);
    const { code, said } = await inProcess(["doctor", "--model", model]);
    expect([code, said]).toEqual([1, expect.stringMatching(/model\.safetensors: the file is cut off/)]);
  });
});

describe("exit codes and errors", () => {
  const TABLE: readonly (readonly [what: string, args: string[], code: number, says: RegExp])[] = [
    ["no such verb", ["rnu"], 2, /unknown command 'rnu'[\s\S]*Did you mean run\?/],
    ["no such flag", ["doctor", "--jsno"], 2, /unknown option '--jsno'/],
    ["a missing flag", ["mine"], 2, /required option '--problems <file>'/],
    ["a number that is none", ["eval", "--limit", "few"], 2, /Expected a whole number/],
    [
      "a wrong number of a flag",
      ["sft", "--model", "tiny", "--problems", "p", "--out", "o", "--rank", "0"],
      2,
      /^error: --rank, --alpha has a mistake:\n {2}rank: expected a number of at least 1/,
    ],
    ["an alpha that is none", ["dpo", "--alpha", "x"], 2, /--alpha.*Expected a number/],
    ["a missing file", ["verify", "--in", "nowhere.jsonl"], 1, /^error: .*nowhere\.jsonl.*no such file/],
    ["a missing recipe", ["run", "nowhere.yaml"], 2, /^error: .*nowhere\.yaml.*no such file/],
    ["a missing model", ["doctor", "--model", "nowhere"], 1, /^error: There is no model "nowhere"/],
    [
      "an option unknown to --set",
      ["sft", "--model", "tiny", "--problems", "p", "--out", "o", "--set", "epoch=2"],
      2,
      /epoch: unknown key; did you mean "epochs"\?/,
    ],
    [
      "no such run",
      ["export", "--run", "nowhere", "--arm", "sft", "--out", "o"],
      1,
      /There is no run folder nowhere/,
    ],
  ];
  test.each(TABLE)("%s", async (_, args, code, says) => {
    const result = await inProcess(args);
    expect(result.said).toMatch(says);
    expect(result.said).not.toContain("    at ");
    expect(result.code).toBe(code);
  });

  test("a wrong recipe lists every mistake and exits with 2", async () => {
    const recipe = file("wrong.yaml", "modle: x\nsample: { n: 0 }\narms: [bas]\n");
    const { code, err } = await nearmiss(["run", recipe]);
    expect(code).toBe(2);
    for (const part of [
      'line 1: modle: unknown key; did you mean "model"?',
      "line 2: sample.n",
      'did you mean "base"?',
      "problems: is missing",
    ])
      expect(err).toContain(part);
  });
});

test("help stands on each verb, with an example", async () => {
  const verbs = ["run", "sft", "sample", "verify", "mine", "dpo", "eval", "export", "doctor"];
  for (const verb of verbs) {
    const { code, said } = await inProcess([verb, "--help"]);
    expect(code).toBe(0);
    expect(said).toContain(`Example:\n  $ nearmiss ${verb}`);
  }
});

test("run --check lists the stages of the shipped recipes", async () => {
  const { code, out } = await nearmiss(["run", "recipes/quickstart.yaml", "--check", "--json"]);
  expect(code).toBe(0);
  const stages: unknown = JSON.parse(out).stages;
  expect(stages).toEqual(
    expect.arrayContaining(["problems", "sft", "mine", "dpo-weighted", "evaluate-base", "report"]),
  );
});
