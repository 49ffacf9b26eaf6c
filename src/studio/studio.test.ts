/** The views' pure cores, and the reading of run folders. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { mathParts } from "../../studio/parts/maths.js";
import { piecesOf } from "../../studio/parts/pieces.js";
import { traceGraph } from "../../studio/parts/trace.js";
import { soon } from "../../studio/parts/turns.js";
import { wordDifference } from "../../studio/parts/words.js";
import { inventedReport } from "../../tests/fakes/report.js";
import { invent } from "../../tests/fakes/run-folder.js";
import { lockFolder } from "../data/lock.js";
import type { Finding } from "../data/records.js";
import { minePairs } from "../mining/index.js";
import { armsView } from "./arms.js";
import { FolderRecords } from "./folder/folder.js";
import { findRuns } from "./folder/paths.js";
import { pairView } from "./pairs.js";
import { stepsInAll } from "./progress.js";
import { PairQuery, readQuery, SolutionQuery, writeQuery } from "./query.js";
import { solutionsPage, solutionView } from "./solutions.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "nearmiss-views-"));
  invent(join(root, "a"), { problems: 4, each: 5 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (name: string) => new FolderRecords(join(root, name), name);
const ALL = { offset: 0, limit: 500 };
const query = (text: string) => readQuery(SolutionQuery, new URLSearchParams(text));

describe("the table of solutions", () => {
  const names = async (text: string) =>
    (await solutionsPage(open("a"), query(text), ALL)).rows.map(
      ({ problemId, index }) => `${problemId}/${index}`,
    );

  test("keeps the order of the file, and counts all", async () => {
    const page = await solutionsPage(open("a"), query(""), { offset: 6, limit: 2 });
    expect(page).toMatchObject({ all: 20, total: 20, offset: 6 });
    expect(page.rows.map(({ problemId, index }) => [problemId, index])).toEqual([
      ["problem-1", 1],
      ["problem-1", 2],
    ]);
  });

  test("filters by answer, problem, text, mined and ranges, together", async () => {
    expect(await names("problem=problem-2&answer=right")).toEqual(["problem-2/0", "problem-2/3"]);
    expect(await names("search=13 %2B 6 %3D 20")).toEqual(["problem-3/1"]);
    expect(await names("search=PROBLEM-3&answer=right")).toEqual(["problem-3/0", "problem-3/3"]);
    expect(await names("mined=yes")).toEqual([0, 1, 2, 3].map((p) => `problem-${p}/1`));
    expect(await names("wMax=0.1")).toEqual(await names("answer=right"));
    expect(await names("dimension=arithmetic")).toEqual(await names("answer=wrong"));
  });

  test("sorts either way, ties in the order of the file", async () => {
    const rising = (await solutionsPage(open("a"), query("sort=wrongness"), ALL)).rows;
    const values = rising.map(({ wrongness }) => wrongness ?? Number.NaN);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(await names("sort=tokens&order=down&answer=wrong&problem=problem-0")).toEqual([
      "problem-0/4",
      "problem-0/2",
      "problem-0/1",
    ]);
  });

  test("a query survives its own address", () => {
    fc.assert(
      fc.property(
        fc.record({
          search: fc.string({ maxLength: 40 }),
          answer: fc.constantFrom("any", "right", "wrong"),
          wMin: fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
          sort: fc.constantFrom("file", "wrongness", "tokens"),
          order: fc.constantFrom("up", "down"),
        }),
        (fields) => {
          const wanted = SolutionQuery.parse(fields);
          expect(query(writeQuery(SolutionQuery, wanted))).toEqual(wanted);
        },
      ),
    );
  });
});

describe("a run folder", () => {
  test("is read on as it grows; a broken line is told with its place, and an unfinished one waited for", async () => {
    invent(join(root, "growing"), { problems: 2, each: 1 });
    const records = open("growing");
    const count = async () => (await solutionsPage(records, query(""), ALL)).all;
    expect(await count()).toBe(2);
    const file = join(root, "growing", "candidates.jsonl");
    const line = (index: number) =>
      JSON.stringify({
        problemId: "problem-1",
        index,
        text: "2 + 2 = 5",
        tokenCount: 9,
        finishReason: "stop",
        logprob: -1,
        sampler: { model: "tiny", temperature: 1, topP: 1, seed: 1 },
      });
    appendFileSync(file, `${line(7)}\n{"problemId": 12}\nnot json\n${line(8).slice(0, 20)}`);
    expect(await count()).toBe(3);
    const told = async () => (await records.overview()).faults.map(({ file, line }) => `${file}:${line}`);
    const broken = ["candidates.jsonl:4", "candidates.jsonl:5"];
    // Nobody writes in this folder, so that what is begun will not be ended.
    expect(await told()).toEqual(["candidates.jsonl:6", ...broken]);
    const unlock = lockFolder(join(root, "growing"));
    expect(await told()).toEqual(broken);
    unlock();
    appendFileSync(file, `${line(8).slice(20)}\n`);
    expect(await count()).toBe(4);
    expect(await told()).toEqual(broken);
    expect((await solutionView(records, "samples", "problem-1", 8))?.verdict).toBeNull();
  });

  test("that is large and asked for before anything of it is read says that more is to come", async () => {
    invent(join(root, "large"), {
      problems: 4,
      each: 5,
      drawn: true,
      text: () => "1 + 1 = 2. ".repeat(10_000),
    });
    const records = open("large");
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const asked = records.solutions("samples");
      // An answer does not wait for the disk for ever.
      vi.runAllTimers();
      const { bytes = 0, of = 0 } = (await asked)?.reading ?? {};
      expect(bytes).toBeLessThan(of);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(async () => {
      const { bytes, of } = (await records.solutions("samples"))?.reading ?? {};
      expect(bytes).toBe(of);
    });
  });

  test("that is sampled anew forgets what was there", async () => {
    invent(join(root, "anew"), { problems: 3, each: 2 });
    const records = open("anew");
    expect((await solutionsPage(records, query(""), ALL)).all).toBe(6);
    invent(join(root, "anew"), { problems: 1, each: 1, text: () => "9 + 9 = 18" });
    const { all, rows } = await solutionsPage(records, query(""), ALL);
    expect(all).toBe(1);
    expect(rows[0]).toMatchObject({ preview: "9 + 9 = 18", judged: true });
  });

  test.each([
    ["{", "broken"],
    [JSON.stringify({ version: 1, plan: ["sample"], stages: {} }), "new"],
    [stateOf("running"), "stopped"],
    [stateOf("running", "no space is left"), "failed"],
    [stateOf("done"), "done"],
  ])("whose state is %s is told as such", async (state, status) => {
    invent(join(root, "state"), { problems: 1, each: 1 });
    writeFileSync(join(root, "state", "state.json"), state);
    const { run } = await open("state").overview();
    expect(run.status).toBe(status);
    if (status === "failed") expect(run.error).toBe("no space is left");
  });

  test("warns as soon as a file gives reason to, and no longer", async () => {
    const folder = join(root, "warned");
    invent(folder, { problems: 2, each: 2 });
    const records = open("warned");
    const warnings = async () => (await records.overview()).warnings;
    expect(await warnings()).toEqual([]);
    const { miner, arms } = inventedReport();
    writeFileSync(
      join(folder, "mining.json"),
      JSON.stringify({ ...miner, pairs: { ...miner?.pairs, total: 7 } }),
    );
    expect(await warnings()).toEqual([expect.stringMatching(/^Only 7 pairs/)]);
    writeFileSync(join(folder, "mining.json"), JSON.stringify(miner));
    expect(await warnings()).toEqual([]);
    const step = (step: number, reward: number) =>
      `${JSON.stringify({ arm: "dpo-hard", stage: "dpo", step, "rewards/chosen": reward, "rewards/rejected": -1 })}\n`;
    appendFileSync(join(folder, "recipe.yaml"), "dpo: { beta: 0.5 }\n");
    appendFileSync(join(folder, "metrics.jsonl"), step(1, 0));
    expect(await warnings()).toEqual([]);
    appendFileSync(join(folder, "metrics.jsonl"), step(2, -2));
    expect(await warnings()).toEqual([expect.stringMatching(/^dpo-hard: by step 2 .* lost 4\.0 nats/)]);
    appendFileSync(join(folder, "metrics.jsonl"), step(3, 0));
    expect(await warnings()).toEqual([]);
    const worse = arms.map((arm) => (arm.name === "dpo-hard" ? { ...arm, accuracy: 0 } : arm));
    const { comparisons, problems, nearMiss, transfer } = inventedReport();
    const scores = { arms: worse, comparisons, problems, nearMiss, transfer };
    writeFileSync(join(folder, "scores.json"), JSON.stringify(scores));
    expect(await warnings()).toEqual([expect.stringMatching(/^dpo-hard solves fewer problems than sft/)]);
  });

  test("whose scores are of another form says what is missing there, and what to do", async () => {
    const folder = join(root, "older");
    invent(folder, { problems: 1, each: 1 });
    const { arms, comparisons, problems, nearMiss } = inventedReport();
    const older = arms.map(({ errors, ...arm }) => arm);
    const file = join(folder, "scores.json");
    writeFileSync(file, JSON.stringify({ arms: older, comparisons, problems, nearMiss, transfer: [] }));
    const records = open("older");
    const says =
      /arms\[0\]\.errors: is missing .*\(and 4 more\)\. Remove the file .*: the stage score writes it anew/;
    await expect(armsView(records)).rejects.toThrow(says);
    const told = async () => (await records.overview()).faults;
    expect(await told()).toEqual([{ file: "scores.json", line: null, reason: expect.stringMatching(says) }]);
    writeFileSync(file, '{"arms": [');
    await expect(armsView(records)).rejects.toThrow(/not JSON, or cut off\. Remove the file/);
    rmSync(file);
    expect(await armsView(records)).toBeNull();
    expect(await told()).toEqual([]);
  });

  test("is found alone and among others; two of one name are told apart", () => {
    invent(join(root, "deep", "a"), { problems: 1, each: 1 });
    const found = findRuns([join(root, "a"), join(root, "deep"), join(root, "nowhere")]);
    expect(found.map(({ id }) => id)).toEqual(["a", "a~2"]);
  });
});

function stateOf(status: "running" | "done", error?: string): string {
  const stage = { key: "k", status, seconds: 3, figures: {}, ...(error === undefined ? {} : { error }) };
  return JSON.stringify({ version: 1, plan: ["sample"], stages: { sample: stage } });
}

test("where a weight comes from is what the miner computed", async () => {
  const folder = join(root, "mined");
  invent(folder, { problems: 6, each: 4 });
  const records = open("mined");
  const problems = [...(await records.problems("samples")).values()];
  const solutions = await records.solutions("samples");
  const rows = Array.from({ length: solutions?.columns.count ?? 0 }, (_, i) => i);
  const candidates = await Promise.all(rows.map((row) => solutions?.candidate(row) ?? Promise.reject(row)));
  const verdicts = await Promise.all(rows.map((row) => solutions?.verdict(row) ?? Promise.reject(row)));
  const { pairs, report } = minePairs({
    problems,
    candidates,
    verdicts: verdicts.filter((verdict) => verdict !== null),
    prompt: ({ question }) => question,
    options: { c: 0.5, mu: 2, wMax: 20 },
  });
  writeFileSync(
    join(folder, "pairs-hard.jsonl"),
    pairs.hard.map((pair) => `${JSON.stringify(pair)}\n`).join(""),
  );
  writeFileSync(join(folder, "mining.json"), JSON.stringify(report));
  expect(pairs.hard.length).toBeGreaterThan(4);
  const views = await Promise.all(pairs.hard.map((_, line) => pairView(records, "hard", line)));
  const means = views.map((view) => view?.factors?.mean ?? Number.NaN);
  expect(views.every((view) => view?.factors?.agrees)).toBe(true);
  expect(views.map((view) => view?.factors?.factors[3])).toEqual(
    pairs.hard.map(({ frequency = 0 }) => 1 + 2 * frequency),
  );
  for (const view of views) expect(view?.rejected.text).toContain(view?.firstError ?? "no first error");
  // All weights are divided by one number: their mean.
  expect(Math.max(...means) - Math.min(...means)).toBeLessThan(1e-9);
  expect(readQuery(PairQuery, new URLSearchParams("kind=purple")).kind).toBe("hard");
});

describe("work in turns", () => {
  test("keeps its order, lets others go between two turns, and is taken back", () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const done: string[] = [];
      let now = 0;
      vi.spyOn(performance, "now").mockImplementation(() => now);
      /** A job that takes longer than a turn. */
      const job = (name: string) => () => {
        done.push(name);
        now += 20;
      };
      soon(job("first"));
      const takeBack = soon(job("taken back"));
      soon(job("last"));
      expect(done).toEqual([]);
      takeBack();
      vi.advanceTimersToNextTimer();
      expect(done).toEqual(["first"]);
      vi.runAllTimers();
      expect(done).toEqual(["first", "last"]);
    } finally {
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });
});

describe("texts on the page", () => {
  test("formulas are found, and money is none", () => {
    const found = (text: string) => mathParts(text).flatMap(({ maths }) => (maths === null ? [] : [maths]));
    expect(found("so \\(x = 2\\) and $$y^2$$, \\boxed{\\frac{1}{2}}")).toEqual([
      "x = 2",
      "y^2",
      "\\boxed{\\frac{1}{2}}",
    ]);
    expect(found("She has $5 and spends $3, so $2 are left")).toEqual([]);
  });

  test("pieces of a line cover it without gaps, whatever the findings", () => {
    const span = fc.tuple(fc.nat(60), fc.nat(60)).map(
      ([start, end]): Finding => ({
        dimension: "logic",
        severity: 0.5,
        step: 0,
        start,
        end,
        message: "m",
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.array(span, { maxLength: 6 }), (text, findings) => {
        const pieces = piecesOf(text, 0, text.length, findings);
        expect(pieces.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
        for (const { start, end, findings: own } of pieces)
          for (const i of own)
            expect((findings[i]?.start ?? 0) < end && (findings[i]?.end ?? 0) > start).toBe(true);
      }),
    );
  });

  test("a word difference gives both texts back, and shares what is the same", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), fc.string({ maxLength: 50 }), (a, b) => {
        const found = wordDifference(a, b);
        expect(found?.a.map(({ text }) => text).join("")).toBe(a);
        expect(found?.b.map(({ text }) => text).join("")).toBe(b);
        const shared = (runs: readonly { text: string; own: boolean }[] = []) =>
          runs.flatMap(({ text, own }) => (own ? [] : text)).join("");
        expect(shared(found?.a)).toBe(shared(found?.b));
      }),
    );
    expect(wordDifference("12 + 30 = 42", "12 + 30 = 41")?.b.filter(({ own }) => own)).toEqual([
      { text: "41", own: true },
    ]);
  });

  test("a trace knows what is given, derived and from nowhere", () => {
    const { nodes, edges } = traceGraph("Ann has 12 red and 30 blue beads.", "12 + 30 = 42\n42 + 99 = 141");
    const kinds = Object.fromEntries(nodes.map(({ label, kind }) => [label, kind]));
    expect(kinds).toMatchObject({
      "12": "given",
      "30": "given",
      "99": "ungrounded",
      "12 + 30 = 42": "derived",
    });
    expect(edges).toContainEqual({ from: "claim-0", to: "claim-1" });
  });

  test("steps in all, from the share of an epoch that was reached", () => {
    expect(stepsInAll({ epochs: 1, maxSteps: 9 }, 2, 0.1)).toBe(9);
    expect(stepsInAll({ epochs: 2, maxSteps: null }, 5, 0.5)).toBe(20);
    expect(stepsInAll({ epochs: 2, maxSteps: null }, 0, 0)).toBeNull();
  });
});
