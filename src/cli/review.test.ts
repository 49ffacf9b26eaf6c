/** The verbs honour a person's word: `review.jsonl` beside the input, or the one that is named. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { invent } from "../../tests/fakes/run-folder.js";
import { Pair } from "../data/records.js";
import type { Review } from "../data/review.js";
import { appendReview, readReviews } from "../data/review-file.js";
import { runProgram } from "./program.js";

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-review-"));
  invent(folder, { problems: 4, each: 4 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function mined(...more: string[]): Promise<Pair[]> {
  const files = ["problems", "candidates", "verdicts"].flatMap((name) => [`--${name}`, at(`${name}.jsonl`)]);
  await runProgram(["mine", ...files, "--out", at("pairs.jsonl"), "--report", at("report.json"), ...more]);
  return readFileSync(at("pairs.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => Pair.parse(JSON.parse(line)));
}

test("mine leaves out what review.jsonl beside the candidates rejects, and says so", async () => {
  const [first, ...others] = await mined();
  if (first === undefined) throw new Error("no pairs");
  const { problemId, chosen, rejected } = first;
  const flagged = others.find((pair) => pair.problemId !== problemId)?.problemId ?? "";
  const file = at("review.jsonl");
  appendReview(file, { kind: "reject-pair", problemId, chosen, rejected, withdrawn: false });
  appendReview(file, { kind: "flag-label", problemId: flagged, withdrawn: false });
  const left = await mined();
  expect(left.some((pair) => pair.problemId === problemId)).toBe(true);
  expect(left.filter((pair) => pair.chosen === chosen && pair.rejected === rejected)).toEqual([]);
  expect(left.filter((pair) => pair.problemId === flagged)).toEqual([]);
  const { reviews, problems } = JSON.parse(readFileSync(at("report.json"), "utf8"));
  expect(reviews).toEqual({ rejectedPairs: 1, flagged: [flagged] });
  expect(problems.flagged).toBe(1);
  // What is taken back holds no more.
  const named = at("other.jsonl");
  const taken: Review[] = [
    { kind: "flag-label", problemId: flagged, withdrawn: false },
    { kind: "flag-label", problemId: flagged, withdrawn: true },
  ];
  for (const review of taken) appendReview(named, review);
  expect(await mined("--review", named)).toEqual([first, ...others]);
});

test("a named file that is missing, or holds something else, is refused with its place", async () => {
  await expect(mined("--review", at("none.jsonl"))).rejects.toThrow(/none\.jsonl: there is no such file/);
  writeFileSync(at("wrong.jsonl"), '{"kind": "reject-pair", "problemId": "p"}\n');
  await expect(mined("--review", at("wrong.jsonl"))).rejects.toThrow(/wrong\.jsonl:1: .*\n {2}chosen/);
});

test("pairs are left out of training by their texts or their problem", async () => {
  const reviews = await readReviews(at("review.jsonl"));
  const lines = readFileSync(at("review.jsonl"), "utf8").trim().split("\n");
  const [pair, label] = lines.map((line) => JSON.parse(line));
  expect(reviews.leavesOut(pair)).toBe(true);
  expect(reviews.leavesOut({ ...pair, rejected: "another text" })).toBe(false);
  expect(reviews.leavesOut({ problemId: label.problemId, chosen: "a", rejected: "b" })).toBe(true);
});
