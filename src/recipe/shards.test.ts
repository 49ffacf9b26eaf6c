import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "../../tests/fakes/cli.js";
import { readJson, readJsonlAll, writeJsonl } from "../data/jsonl.js";
import { type Candidate, Pair, type Problem, Verdict } from "../data/records.js";
import { synthetic } from "../data/synthetic/index.js";
import { MiningReport, minePairs } from "../mining/index.js";
import { random } from "../random.js";

let folder: string;
const file = (name: string) => join(folder, name);
const bytes = (name: string) => readFileSync(file(name), "utf8");

const problems: Problem[] = [...synthetic({ count: 60, seed: 5, split: "train" })].map(
  ({ id, question, answer, solution, source }) => ({ id, question, answer, solution, source }),
);
/** Gold solutions with some numbers changed, in no order. */
const candidates: Candidate[] = random(1, "order").shuffle(
  problems.flatMap(({ id, solution = "" }) =>
    Array.from({ length: 4 }, (_, index): Candidate => {
      const stream = random(2, id, index);
      const text = solution.replace(/\d+/g, (n) =>
        stream.next() < 0.15 ? `${Number(n) + stream.int(1, 9)}` : n,
      );
      const sampler = { model: "test", temperature: 1, topP: 1, seed: 0 };
      return {
        problemId: id,
        index,
        text,
        tokenCount: 30,
        finishReason: "stop",
        logprob: -stream.next(),
        sampler,
      };
    }),
  ),
);

const cli = (...args: readonly string[]) => inProcess(args);

const ROWS = ["verify", "--in"];
const verifyRows = (input: string, out: string, ...more: string[]) =>
  cli(...ROWS, file(input), "--out", file(out), ...more);
const judge = (out: string, ...more: string[]) =>
  cli("verify", "--problems", file("p.jsonl"), "--in", file("c.jsonl"), "--out", file(out), ...more);
const mine = (out: string, ...more: string[]) =>
  cli(
    ...[
      "mine",
      "--problems",
      file("p.jsonl"),
      "--candidates",
      file("c.jsonl"),
      "--verdicts",
      file("v.jsonl"),
    ],
    ...["--out", file(out), ...more],
  );
const pairing = (name: string) => [
  "--random",
  file(`${name}-random.jsonl`),
  "--report",
  file(`${name}-report.json`),
];
const parts = (...names: string[]) => names.flatMap((name) => ["--part", file(name)]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-shards-"));
  await writeJsonl(file("p.jsonl"), problems);
  await writeJsonl(file("c.jsonl"), candidates);
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const rows = candidates.map(({ problemId, index, text }) => {
    const { question = "", answer = "", solution = "" } = byId.get(problemId) ?? {};
    return {
      id: `${problemId} ${index}`,
      question,
      solution: text,
      reference: answer,
      referenceSolution: solution,
    };
  });
  await writeJsonl(file("rows.jsonl"), rows);
  await writeJsonl(file("rows.jsonl.zst"), rows);
  expect(await judge("v.jsonl", "--workers", "1")).toMatchObject({ code: 0 });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("verify", () => {
  test("gives the same bytes on one thread, on two, and from a compressed file", async () => {
    await verifyRows("rows.jsonl", "one.jsonl", "--workers", "1");
    await verifyRows("rows.jsonl.zst", "two.jsonl", "--workers", "2");
    expect(bytes("one.jsonl").split("\n")).toHaveLength(candidates.length + 1);
    expect(bytes("two.jsonl")).toBe(bytes("one.jsonl"));
    await judge("v-two.jsonl", "--workers", "2");
    expect(bytes("v-two.jsonl")).toBe(bytes("v.jsonl"));
  });

  test("shards, merged in any order, are one pass", async () => {
    for (const part of [1, 2, 3])
      await verifyRows("rows.jsonl", `r${part}.jsonl.gz`, "--shard", `${part}/3`, "--workers", "1");
    await cli("merge", ...parts("r2.jsonl.gz", "r3.jsonl.gz", "r1.jsonl.gz"), "--out", file("merged.jsonl"));
    await verifyRows("rows.jsonl", "whole.jsonl", "--workers", "1");
    expect(bytes("merged.jsonl")).toBe(bytes("whole.jsonl"));
    for (const part of [1, 2]) await judge(`j${part}.jsonl`, "--shard", `${part}/2`, "--workers", "1");
    await cli("merge", ...parts("j1.jsonl", "j2.jsonl"), "--out", file("v-merged.jsonl"));
    expect(bytes("v-merged.jsonl")).toBe(bytes("v.jsonl"));

    const missing = await cli("merge", ...parts("r1.jsonl.gz", "r3.jsonl.gz"), "--out", file("no.jsonl"));
    expect(missing).toMatchObject({ code: 1, said: expect.stringMatching(/Row 1 is in none of the parts/) });
    const twice = await cli("merge", ...parts("j1.jsonl", "j1.jsonl"), "--out", file("no.jsonl"));
    expect(twice).toMatchObject({
      code: 1,
      said: expect.stringMatching(/Row 0 is in .*j1\.jsonl and .*j1\.jsonl/),
    });
    const other = await cli("merge", ...parts("v.jsonl"), "--out", file("no.jsonl"));
    expect(other).toMatchObject({ code: 1, said: expect.stringMatching(/v\.jsonl is no part/) });
    expect(readdirSync(folder)).not.toContain("no.jsonl");
  });

  test("a bad row stops it with its place, whichever thread sees it, and leaves no file", async () => {
    const good = bytes("rows.jsonl").trim().split("\n");
    const bad = [...good.slice(0, 150), '{"question": 1}', ...good.slice(150)];
    await writeJsonl(
      file("bad.jsonl"),
      bad.map((line) => JSON.parse(line)),
    );
    for (const workers of ["1", "2"]) {
      const { code, said } = await verifyRows("bad.jsonl", "no.jsonl", "--workers", workers);
      expect([code, said]).toEqual([1, expect.stringMatching(/error: .*bad\.jsonl:151: [\s\S]*question/)]);
    }
    expect(readdirSync(folder).filter((name) => /^no|spill|part$/.test(name))).toEqual([]);
  });

  test("a shard that does not exist is bad usage", async () => {
    for (const shard of ["3/2", "0/2", "half"])
      expect(await verifyRows("rows.jsonl", "no.jsonl", "--shard", shard)).toMatchObject({
        code: 2,
        said: expect.stringContaining("--shard"),
      });
  });
});

describe("mine", () => {
  // A limit over the whole data set, and perturbed negatives within a share of it, need all problems to be known.
  const OPTIONS = ["--set", "maxPairs=30", "--set", "augment={fillTo: 2, maxShare: 0.3}", "--workers", "1"];

  test("from files gives what it gives in memory, on one thread or two", async () => {
    expect(await mine("m.jsonl", ...pairing("m"), ...OPTIONS)).toMatchObject({ code: 0 });
    const options = { maxPairs: 30, augment: { fillTo: 2, maxShare: 0.3 } };
    const verdicts = await readJsonlAll(file("v.jsonl"), Verdict);
    const expected = minePairs({
      problems,
      candidates,
      verdicts,
      prompt: ({ question }) => question,
      options,
    });
    expect(await readJsonlAll(file("m.jsonl"), Pair)).toEqual(expected.pairs.hard);
    expect(await readJsonlAll(file("m-random.jsonl"), Pair)).toEqual(expected.pairs.random);
    expect(await readJson(file("m-report.json"), MiningReport)).toEqual(expected.report);
    expect(expected.pairs.hard).toHaveLength(30);
    expect(expected.report.limits.total).toBeGreaterThan(0);
    await mine("m2.jsonl", ...OPTIONS.slice(0, -2), "--workers", "2");
    expect(bytes("m2.jsonl")).toBe(bytes("m.jsonl"));
  });

  test("shards, merged in any order, are one pass to the last byte, limits over all included", async () => {
    await mine("m.jsonl", ...pairing("m"), ...OPTIONS);
    for (const part of [1, 2, 3]) await mine(`s${part}.jsonl.zst`, ...OPTIONS, "--shard", `${part}/3`);
    const merged = await cli(
      ...["merge", ...parts("s3.jsonl.zst", "s1.jsonl.zst", "s2.jsonl.zst")],
      ...["--out", file("s.jsonl"), ...pairing("s")],
    );
    expect(merged).toMatchObject({ code: 0 });
    const digest = (name: string) => createHash("sha256").update(bytes(name)).digest("hex");
    for (const end of [".jsonl", "-random.jsonl", "-report.json"])
      expect(digest(`s${end}`)).toBe(digest(`m${end}`));

    const gap = await cli("merge", ...parts("s1.jsonl.zst", "s3.jsonl.zst"), "--out", file("no.jsonl"));
    expect(gap).toMatchObject({ code: 1, said: expect.stringContaining("Part 2 of 3 is missing") });
    await mine("other.jsonl", ...OPTIONS, "--set", "tauW=0.9", "--shard", "2/3");
    const mixed = await cli(
      "merge",
      ...parts("s1.jsonl.zst", "other.jsonl", "s3.jsonl.zst"),
      "--out",
      file("no.jsonl"),
    );
    expect(mixed).toMatchObject({ code: 1, said: expect.stringContaining("mined with other options") });
  });
});
