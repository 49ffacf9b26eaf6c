import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Candidate } from "../data/records.js";
import { CachedDecoder } from "../model/cache.js";
import { sampleInto } from "./candidates.js";
import { ModelSource } from "./model.js";
import { localSampler } from "./sampler.js";
import { type Progress, silent } from "./stage.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-candidates-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const source = new ModelSource("tiny");
const problems = ["a", "b", "c"].map((id, i) => ({
  id,
  question: `Ann has ${16 + i} eggs and eats 3. How many are left?`,
  answer: `${13 + i}`,
  source: "test",
}));
const options = { n: 2, temperature: 1, topP: 1, topK: 50, maxTokens: 40, inFlight: 2, seed: 1 };

async function sample(
  file: string,
  change: Partial<typeof options> = {},
  progress = silent,
  stop?: AbortSignal,
) {
  return sampleInto({
    sampler: localSampler(await source.open(silent), null, { user: "{question}" }),
    problems,
    options: { ...options, ...change },
    file: join(folder, file),
    label: "sampling",
    progress,
    signal: stop ?? new AbortController().signal,
  });
}

const lines = (file: string) =>
  readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => Candidate.parse(JSON.parse(line)))
    .sort((x, y) => x.problemId.localeCompare(y.problemId) || x.index - y.index);

test("stopped in the middle it keeps what is done, releases the model, and goes on without repeating any", async () => {
  const release = vi.spyOn(CachedDecoder.prototype, "release");
  const controller = new AbortController();
  // The first candidates of problem "a" are being written when the stop comes.
  const stopping: Progress = {
    note: () => {},
    start: () => ({ update: () => controller.abort(new Error("stop")), end: () => {} }),
  };
  await expect(sample("stopped.jsonl", {}, stopping, controller.signal)).rejects.toThrow("stop");
  expect(release).toHaveBeenCalledTimes(1);
  const kept = lines("stopped.jsonl").length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(6);

  expect(await sample("stopped.jsonl")).toMatchObject({ candidates: 6 });
  expect(release).toHaveBeenCalledTimes(2);
  await sample("whole.jsonl");
  const named = (list: Candidate[]) => list.map(({ problemId, index, text }) => ({ problemId, index, text }));
  expect(named(lines("stopped.jsonl"))).toEqual(named(lines("whole.jsonl")));
}, 60_000);

test("a file that other options filled is refused, with the file and each option named", async () => {
  await sample("other.jsonl");
  const there = lines("other.jsonl");
  const longest = Math.max(...there.map(({ tokenCount }) => tokenCount));
  const cut = there.some(({ finishReason }) => finishReason === "length");
  const refused = async (change: Partial<typeof options>, ...says: RegExp[]) => {
    const message = await sample("other.jsonl", change).then(
      () => "not refused",
      (error: Error) => error.message,
    );
    for (const part of [/other\.jsonl holds candidates that were sampled otherwise/, ...says])
      expect(message).toMatch(part);
    expect(lines("other.jsonl")).toEqual(there);
  };
  await refused({ topP: 0.5, seed: 2 }, /topP: 1 there, 0\.5 here/, /seed: 1 there, 2 here/);
  await refused({ maxTokens: longest - 1 }, new RegExp(`maxTokens: .*there, ${longest - 1} here`));
  if (cut) await refused({ maxTokens: 41 }, /maxTokens: 40 there, 41 here/);
  expect(await sample("other.jsonl", { n: 3 })).toMatchObject({ candidates: 9 });
}, 60_000);
