import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { inProcess } from "../../tests/fakes/cli.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a process of its own, with what it says on each stream. */
async function nearmiss(args: readonly string[], input = "") {
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], {
    env: { ...process.env, NO_COLOR: "1", NEARMISS_MODEL: undefined },
  });
  child.stdin.end(input);
  const code = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, err] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  return { code: await code, out: out.toString(), err: err.toString() };
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

    const others = file("chain-others.jsonl", lines(problems.slice(0, 1)));
    const mine = (p: string, v: string) =>
      inProcess(["mine", "--problems", p, "--candidates", c, "--verdicts", v, "--out", pairs]);
    const unknown =
      /error: .*chain-c\.jsonl: candidate 0 is of problem "b", which is not in .*chain-others\.jsonl/;
    expect((await mine(others, v)).said).toMatch(unknown);
    expect((await inProcess(["verify", "--problems", others, "--in", c])).said).toMatch(unknown);
    const half = file("chain-half.jsonl", lines(records(v).slice(0, 1)));
    expect((await mine(p, half)).said).toMatch(/candidate 1 .* no verdict in .*chain-half\.jsonl/);
  });

  test("a file of answers is not taken for another prompt's or adapter's", async () => {
    const p = file("who-p.jsonl", lines(problems));
    const evaluate = (...more: string[]) =>
      inProcess([
        ...["eval", "--model", "tiny", "--problems", p, "--out", join(folder, "who.jsonl")],
        ...["--max-tokens", "4", ...more],
      ]);
    expect((await evaluate()).code).toBe(0);
    const longer = await evaluate("--max-tokens", "5");
    expect([longer.code, longer.said]).toEqual([1, expect.stringContaining("maxTokens: 4 there, 5 here")]);
    const prompted = await evaluate("--user", "Solve: {question}");
    expect([prompted.code, prompted.said]).toEqual([1, expect.stringContaining("sampled otherwise")]);

    // With no step between them, two seeds still give two adapters: the name alone would not tell them apart.
    const { ModelSource } = await import("../recipe/model.js");
    const progress = { note: () => {}, start: () => ({ update: () => {}, end: () => {} }) };
    const model = await new ModelSource("tiny").open(progress);
    const adapter = join(folder, "who-adapter");
    await model.trainable(await model.adapter({ rank: 1, alpha: 1 }, 1)).save(adapter);
    expect((await evaluate("--adapter", adapter)).code).toBe(1);
    rmSync(join(folder, "who.jsonl"));
    expect((await evaluate("--adapter", adapter)).code).toBe(0);
    expect((await evaluate("--adapter", adapter)).code).toBe(0);
    await model.trainable(await model.adapter({ rank: 1, alpha: 1 }, 2)).save(adapter);
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

  test("two problems of one id are refused, for their samples could not be told apart", async () => {
    const twice = file("twice.jsonl", lines([...problems, ...problems]));
    for (const verb of ["sft", "sample", "eval"]) {
      const args = [verb, "--model", "tiny", "--problems", twice, "--out", file(`${verb}-twice`)];
      const { code, said } = await inProcess(args);
      expect([code, said]).toEqual([1, expect.stringMatching(/twice\.jsonl: the id "a" stands twice/)]);
    }
  });

  test("sft counts the problems it cannot use; export writes a card of its own, with no path in it", async () => {
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
    const card = readFileSync(join(merged, "README.md"), "utf8");
    expect(card).toContain("# tiny, sft\n\ntiny, trained by supervised fine-tuning");
    for (const elsewhere of [folder, process.cwd(), "solves about half"])
      expect(card).not.toContain(elsewhere);
  }, 60_000);

  test("doctor sees that weights are cut off", async () => {
    const model = join(folder, "cut-off");
    cpSync("assets/tiny", model, { recursive: true });
    truncateSync(join(model, "model.safetensors"), 1_000_000);
    const { code, said } = await inProcess(["doctor", "--model", model]);
    expect([code, said]).toEqual([1, expect.stringMatching(/model\.safetensors: the file is cut off/)]);
  });
});

test("doctor measures devices, says what fits, and estimates a recipe", async () => {
  const side = (split: string) => `{ reader: synthetic, split: ${split}, count: 3, seed: 1, maxSteps: 1 }`;
  const problems = `problems: { train: ${side("train")}, test: ${side("test")} }`;
  const recipe = file("doctor.yaml", `model: tiny\n${problems}\nsample: { n: 1, maxTokens: 40 }\n`);
  vi.stubEnv("XDG_CACHE_HOME", folder);
  const { code, said } = await inProcess(["doctor", "--recipe", recipe, "--json"]);
  vi.unstubAllEnvs();
  expect(code).toBe(0);
  const { devices, model, forecast } = JSON.parse(said.trim().split("\n").at(-1) ?? "");
  expect(devices.cpu.gflops.int8).toBeGreaterThan(1);
  expect(model.precisions.int8.fits).toEqual({ sampling: true, training: true });
  expect(model.precisions.int8.weightsGiB).toBeLessThan(model.precisions.fp32.weightsGiB);
  expect(forecast.stages.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["sft", "sample", "verify", "dpo-weighted", "evaluate-base", "score"]),
  );
  expect(forecast.sizes).toMatchObject({ train: 3, test: 3, transfer: 0 });
  expect(forecast.seconds).toBeGreaterThan(0);
});

describe("exit codes and errors", () => {
  const TABLE: readonly (readonly [what: string, args: string[], code: number, says: RegExp])[] = [
    ["no such verb", ["rnu"], 2, /unknown command 'rnu'[\s\S]*Did you mean run\?/],
    ["no such flag", ["doctor", "--jsno"], 2, /unknown option '--jsno'/],
    ["a flag without its value", ["mine", "--out"], 2, /option '--out <file>' argument missing/],
    [
      "missing flags, all of them",
      ["mine", "--out", "o"],
      2,
      /^error: nearmiss mine cannot .*\n {2}--problems: is missing.*\n {2}--candidates: .*\n {2}--verdicts: .*\n.*--help/,
    ],
    ["a number that is none", ["eval", "--limit", "few"], 2, /--limit: expected a number, found "few"/],
    [
      "a number that is not whole",
      ["eval", "--limit", "1.5"],
      2,
      /--limit: expected a whole number, found 1.5/,
    ],
    [
      "a wrong number of a flag",
      ["sft", "--model", "tiny", "--problems", "p", "--out", "o", "--rank", "0"],
      2,
      /^error: .*\n {2}--rank: expected a number of at least 1, found 0\n/,
    ],
    [
      "a device that is none",
      ["sample", "--device", "gpu"],
      2,
      / {2}--device: expected one of auto, cpu, webgpu, cuda/,
    ],
    ["an alpha that is none", ["dpo", "--alpha", "x"], 2, /--alpha: expected a number, found "x"/],
    ["a prompt without the question", ["eval", "--user", "Go"], 2, /--user: must contain \{question\}/],
    ["a setting without a value", ["sample", "--set", "n"], 2, /--set n: expected KEY=VALUE/],
    ["a setting that is not YAML", ["sample", "--set", "n=[1"], 2, /--set n=\[1: \[1 is not YAML/],
    [
      "a setting in no block",
      ["sample", "--set", "n=1", "--set", "n.x=2"],
      2,
      /--set n\.x=2: there is no such/,
    ],
    ["a missing file", ["verify", "--in", "nowhere.jsonl"], 1, /^error: .*nowhere\.jsonl.*no such file/],
    ["a missing recipe", ["run", "nowhere.yaml"], 2, /^error: .*nowhere\.yaml.*no such file/],
    ["a missing model", ["doctor", "--model", "nowhere"], 1, /^error: There is no model "nowhere"/],
    [
      "an option unknown to --set",
      ["sft", "--model", "tiny", "--problems", "p", "--out", "o", "--set", "epoch=2"],
      2,
      / {2}--set epoch: unknown key; did you mean "epochs"\?/,
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
    const { code, said } = await inProcess(["run", recipe]);
    expect(code).toBe(2);
    for (const part of [
      'line 1: modle: unknown key; did you mean "model"?',
      "line 2: sample.n",
      'did you mean "base"?',
      "problems: is missing",
    ])
      expect(said).toContain(part);
  });
});

test("help stands on each verb, with an example", async () => {
  const verbs = [
    "run",
    "sft",
    "sample",
    "verify",
    "mine",
    "merge",
    "dpo",
    "eval",
    "export",
    "completion",
    "doctor",
  ];
  for (const verb of verbs) {
    const { code, said } = await inProcess([verb, "--help"]);
    expect(code).toBe(0);
    expect(said).toContain(`Example:\n  $ nearmiss ${verb}`);
  }
});

describe("run --check", () => {
  const recipe = (name: string, model: string, test: string) =>
    file(
      `${name}.yaml`,
      `model: ${model}\nproblems:\n  train: { reader: jsonl, path: ${name}.jsonl }\n  test: ${test}\n`,
    );
  const check = (path: string) => inProcess(["run", path, "--check", "--out", join(folder, "checked")]);
  const problem = (id: number) =>
    `${JSON.stringify({ question: `What is ${id} + 1?`, answer: `${id + 1}` })}\n`;
  const synthetic = "{ reader: synthetic, split: test, count: 5, seed: 1 }";

  test("says what it found, and writes nothing", async () => {
    file("fine.jsonl", problem(1) + problem(2));
    const { code, said } = await check(recipe("fine", "tiny", synthetic));
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/tiny \(qwen2, 1\.1 million parameters, files whole\)/),
    ]);
    expect(said).toMatch(/Train: 2 problems\nTest: 5 problems\nStages: problems, sft/);
    expect(existsSync(join(folder, "checked"))).toBe(false);
  });

  test("names everything that is wrong with the model and the problems", async () => {
    file("broken.jsonl", `${problem(1)}{"question": "x"`);
    const model = join(folder, "check-cut");
    cpSync("assets/tiny", model, { recursive: true });
    truncateSync(join(model, "model.safetensors"), 1_000_000);
    const { code, said } = await check(recipe("broken", model, "{ reader: gsm8k, path: nowhere.jsonl }"));
    expect(code).toBe(1);
    for (const part of [
      /model: .*model\.safetensors: the file is cut off/,
      /problems\.train: .*broken\.jsonl:2: this is not JSON/,
      /problems\.test: .*nowhere\.jsonl.*no such file/,
    ])
      expect(said).toMatch(part);
  });

  test("leaves the Hub alone", async () => {
    file("hub.jsonl", problem(1));
    const data = "{ reader: huggingface, dataset: owner/data, split: test }";
    const { code, said } = await check(recipe("hub", "Owner/Name", data));
    expect(code).toBe(0);
    expect(said).toMatch(/Model: Owner\/Name \(on the .*Hub.*\)\nTrain: 1 problems\nTest: on the .*Hub/);
  });

  test("run itself stops at a broken model before it reads the problems", async () => {
    file("early.jsonl", problem(1));
    const model = join(folder, "early-model");
    cpSync("assets/tiny", model, { recursive: true });
    writeFileSync(join(model, "config.json"), '{"architectures": ["GPT2LMHeadModel"]}');
    const out = join(folder, "early");
    const { code, said } = await inProcess(["run", recipe("early", model, synthetic), "--out", out]);
    expect([code, said]).toEqual([1, expect.stringMatching(/GPT2LMHeadModel is not supported/)]);
    expect(existsSync(join(out, "test.jsonl"))).toBe(false);
  });
});

test("run --check lists the stages of the shipped recipes", async () => {
  const { code, said } = await inProcess(["run", "recipes/quickstart.yaml", "--check", "--json"]);
  expect(code).toBe(0);
  const stages: unknown = JSON.parse(said).stages;
  expect(stages).toEqual(
    expect.arrayContaining(["problems", "sft", "mine", "dpo-weighted", "evaluate-base", "report"]),
  );
});
