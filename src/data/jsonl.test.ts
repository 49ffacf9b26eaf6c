import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { openAppender, readJson, readJsonl, readJsonlAll, writeJsonl } from "./jsonl.js";

const Row = z.object({ id: z.string(), n: z.number().optional() });
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-jsonl-"));
  file = join(folder, "x.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("reading", () => {
  it("gives back what was written, whatever the text", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.string({ unit: "binary" }) }), { maxLength: 20 }),
        async (rows) => {
          // A lone surrogate has no UTF-8 form; JSON.stringify escapes it, so it survives too.
          expect(await writeJsonl(file, rows)).toBe(rows.length);
          expect(await readJsonlAll(file, Row)).toEqual(rows);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("does not split at U+2028, and reads lines longer than one chunk", async () => {
    const rows = [{ id: "a\u2028b" }, { id: "é".repeat(100_000) }, { id: "" }];
    await writeJsonl(file, rows);
    expect(await readJsonlAll(file, Row)).toEqual(rows);
  });

  it("tolerates a byte order mark, CRLF, blank lines and a missing last newline", async () => {
    writeFileSync(file, '\uFEFF{"id":"a"}\r\n\r\n{"id":"b"}');
    expect(await readJsonlAll(file, Row)).toEqual([{ id: "a" }, { id: "b" }]);
  });

  it("streams: the records before a broken line arrive", async () => {
    writeFileSync(file, '{"id":"a"}\n{"id":');
    const seen: string[] = [];
    await expect(async () => {
      for await (const row of readJsonl(file, Row)) seen.push(row.id);
    }).rejects.toThrow(/x\.jsonl:2: this is not JSON .* mend or remove it/);
    expect(seen).toEqual(["a"]);
  });

  it.each([
    [
      "a wrong field",
      '{"id":"a"}\n\n{"id":7,"n":"x"}\n',
      /x\.jsonl:3:[\s\S]*id: .*string[\s\S]*n: .*number[\s\S]*Mend/,
    ],
    ["a record that is no object", "7\n", /x\.jsonl:1:[\s\S]*\(the record\): .*object/],
    [
      "bytes that are not UTF-8",
      Buffer.from([0x22, 0xff, 0x22, 10]),
      /x\.jsonl:1: the text is not UTF-8.*iconv/,
    ],
  ])("names file, line and field of %s", async (_name, content, message) => {
    writeFileSync(file, content);
    await expect(readJsonlAll(file, Row)).rejects.toThrow(message);
  });

  it("says that a file is missing, or is a folder", async () => {
    await expect(readJsonlAll(file, Row)).rejects.toThrow(/x\.jsonl: there is no such file.*Check the path/);
    await expect(readJsonlAll(folder, Row)).rejects.toThrow(/it is a folder, not a file/);
    await expect(readJson(file, Row)).rejects.toThrow(/there is no such file/);
  });
});

describe("writing", () => {
  it("leaves the old file and no scraps when the records fail half way", async () => {
    await writeJsonl(file, [{ id: "old" }]);
    const failing = function* () {
      yield { id: "new" };
      throw new Error("stop");
    };
    await expect(writeJsonl(file, failing())).rejects.toThrow("stop");
    expect(await readJsonlAll(file, Row)).toEqual([{ id: "old" }]);
    expect(readdirSync(folder)).toEqual(["x.jsonl"]);
  });
});

describe("appending", () => {
  it("makes the file and its folder, and goes on where it was", async () => {
    const deep = join(folder, "a", "b.jsonl");
    for (const id of ["1", "2"]) {
      const appender = openAppender(deep);
      appender.append({ id });
      appender.close();
    }
    expect(await readJsonlAll(deep, Row)).toEqual([{ id: "1" }, { id: "2" }]);
  });

  it("after a kill at any byte keeps every whole record and only those", async () => {
    const whole = '{"id":"one"}\n{"id":"two","n":12}\n';
    for (let cut = 0; cut <= whole.length; cut++) {
      writeFileSync(file, whole.slice(0, cut));
      const appender = openAppender(file);
      appender.append({ id: "new" });
      appender.close();
      const complete = whole
        .slice(0, cut)
        .split("\n")
        .filter((line) => line.endsWith("}")).length;
      const ids = (await readJsonlAll(file, Row)).map((row) => row.id);
      expect(ids).toEqual([...["one", "two"].slice(0, complete), "new"]);
    }
  });

  it("drops a cut-off line longer than the block it reads", async () => {
    writeFileSync(file, '{"id":"one"}\n');
    appendFileSync(file, `{"id":"${"x".repeat(200_000)}`);
    openAppender(file).close();
    expect(readFileSync(file, "utf8")).toBe('{"id":"one"}\n');
  });

  it.skipIf(!existsSync("/dev/full"))("tells a full disk in one line", () => {
    expect(() => openAppender("/dev/full").append({ id: "a" })).toThrow(/no space is left.*Free some space/);
  });
});
