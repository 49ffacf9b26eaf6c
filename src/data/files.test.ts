import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readJsonlAll, writeJsonl, writeLines } from "./jsonl.js";
import { rawLines } from "./lines.js";
import { Pair } from "./records.js";
import { SpillFiles, SpillMap, withSpill } from "./spill.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-files-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);

const Row = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string(),
  count: z.int(),
  share: z.number(),
  sure: z.boolean().nullable(),
  list: z.array(z.object({ step: z.int(), message: z.string() })),
});
// More than the MiB that is compressed at a time, and than one row group of Parquet.
const rows: z.infer<typeof Row>[] = Array.from({ length: 12_000 }, (_, i) => ({
  ...(i % 3 === 0 ? {} : { id: `row ${i}` }),
  text: `Ann has ${i} eggs \u2028 and ½. ${"x".repeat(i % 200)}`,
  count: i,
  share: i / 7,
  sure: i % 3 === 0 ? null : i % 2 === 0,
  list: Array.from({ length: i % 3 }, (_, step) => ({ step, message: `step ${step}` })),
}));
async function* lines(records: readonly unknown[] = rows) {
  for (const row of records) yield JSON.stringify(row);
}

test.each(["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])("%s comes back as it was written", async (name) => {
  expect(await writeLines(file(name), lines())).toBe(rows.length);
  expect(await readJsonlAll(file(name), Row)).toEqual(rows);
});

test("Parquet keeps texts, numbers and lists; what is absent comes back as null", async () => {
  expect(await writeLines(file("a.parquet"), lines(), Row)).toBe(rows.length);
  const back = await readJsonlAll(file("a.parquet"), Row.extend({ id: z.string().nullable() }));
  expect(back).toEqual(rows.map((row) => ({ ...row, id: row.id ?? null })));
  await expect(writeJsonl(file("b.parquet"), rows)).rejects.toThrow(
    /b\.parquet: these records cannot be written/,
  );
});

test("pairs come back from Parquet, and a span that is not in the rejected text is refused", async () => {
  const pair = (firstError: unknown) => ({
    ...{ prompt: "1 + 1?", chosen: "2", rejected: "1 + 1 = 3\nThe answer is: 3", firstError },
    ...{ weight: 1, problemId: "p", hardness: 0.5, frequency: 0.25, dimension: "arithmetic" },
    ...{ chosenSource: "gold", rejectedSource: "sample:0" },
  });
  const pairs = [pair({ start: 0, end: 9 }), pair(null)].map((row) => Pair.parse(row));
  await writeLines(file("pairs.parquet"), lines(pairs), Pair);
  expect(await readJsonlAll(file("pairs.parquet"), Pair)).toEqual(pairs);
  await writeJsonl(file("wrong.jsonl"), [pair({ start: 0, end: 9 }), pair({ start: 9, end: 99 })]);
  await expect(readJsonlAll(file("wrong.jsonl"), Pair)).rejects.toThrow(/wrong\.jsonl:2.*firstError/s);
});

test("gzip that other programs wrote in one piece is read, and they read ours", async () => {
  const text = "1\n2\n";
  writeFileSync(file("other.gz"), gzipSync(text));
  expect(await readJsonlAll(file("other.gz"), z.number())).toEqual([1, 2]);
  await writeJsonl(file("own.gz"), [1, 2]);
  expect(gunzipSync(readFileSync(file("own.gz"))).toString()).toBe(text);
});

test.each(["none.jsonl", "none.jsonl.gz", "none.jsonl.zst"])(
  "%s without records is an empty list",
  async (name) => {
    await writeJsonl(file(name), []);
    expect(await readJsonlAll(file(name), Row)).toEqual([]);
  },
);

test.each([
  ["gz", /the gzip data is damaged or cut off/],
  ["zst", /the zstd data is damaged or cut off/],
  ["parquet", /this Parquet file cannot be read/],
] as const)("a .%s file that is cut off is told", async (ending, says) => {
  const [whole, cut] = [file(`whole.${ending}`), file(`cut.${ending}`)];
  await writeLines(whole, lines(), Row);
  const bytes = readFileSync(whole);
  writeFileSync(cut, bytes.subarray(0, bytes.length - 1000));
  await expect(readJsonlAll(cut, z.unknown())).rejects.toThrow(says);
});

test("what is read is told as a share, up to 1", async () => {
  for (const name of ["a.jsonl", "a.jsonl.gz", "a.parquet"]) {
    const shares: number[] = [];
    for await (const _ of rawLines(file(name), (share) => shares.push(share)));
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((x, y) => x - y));
  }
});

describe("what is spilled to disk", () => {
  test("comes back by file and in order, and is gone afterwards", async () => {
    const all = await withSpill(file("out.jsonl"), async (place) => {
      const spill = new SpillFiles(place, "x");
      for (let i = 0; i < 5000; i++) spill.append(i % 3, JSON.stringify({ i, text: "½".repeat(40) }));
      const read: string[] = [];
      for await (const line of spill.read(1)) read.push(line);
      for await (const line of spill.read(7)) read.push(line);
      spill.close();
      return read.map((line) => JSON.parse(line).i);
    });
    expect(all).toEqual(Array.from({ length: 1667 }, (_, i) => 3 * i + 1));
    const failing = withSpill(file("out.jsonl"), () => Promise.reject(new Error("stop")));
    await expect(failing).rejects.toThrow("stop");
    expect(readdirSync(folder).filter((name) => name.includes("spill"))).toEqual([]);
  });

  test("comes back by key", () =>
    withSpill(file("map"), async (place) => {
      const map = new SpillMap(place);
      for (let i = 0; i < 5000; i++) map.set(`key ${i}`, `½ ${i}`);
      expect([map.get("key 0"), map.get("key 4999"), map.get("key 5000")]).toEqual([
        "½ 0",
        "½ 4999",
        undefined,
      ]);
      map.set("late", "line");
      expect([map.get("late"), map.get("key 7"), map.has("never")]).toEqual(["line", "½ 7", false]);
      map.close();
    }));
});
