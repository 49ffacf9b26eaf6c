/**
 * JSON lines, UTF-8, one record a line: read through a zod schema, written whole (atomic) or line by line (an appender
 * that a kill cannot break).
 */
import {
  closeSync,
  createReadStream,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { NearmissError } from "../errors.js";
import { atomically, fileError } from "./folder.js";

const NEWLINE = 10;
/** Longer lines are no records of ours: without a bound, a binary file given by mistake would fill the memory. */
const MAX_LINE_BYTES = 64 * 2 ** 20;
/** How many bytes a write gathers, and how long an appender lets the disk lag behind: what a power cut may cost. */
const BATCH_BYTES = 2 ** 20;
const SYNC_MILLISECONDS = 1000;
const LINE_CURE = "Each line must hold one whole JSON object; mend or remove it.";

/** One record with its 1-based line number, for readers that go on to complain about it. */
export interface Line<T> {
  line: number;
  value: T;
}

/**
 * The records of a JSONL file, as a stream. Blank lines are skipped, a byte order mark and CRLF are tolerated.
 * @throws NearmissError naming file, line, field and cure: a missing file, a folder, a line that is not JSON, a record
 * that the schema refuses.
 */
export async function* readJsonl<S extends z.ZodType>(path: string, schema: S): AsyncGenerator<z.output<S>> {
  for await (const { value } of readJsonlLines(path, schema)) yield value;
}

/** {@link readJsonl}, each record with its line number. */
export async function* readJsonlLines<S extends z.ZodType>(
  path: string,
  schema: S,
): AsyncGenerator<Line<z.output<S>>> {
  for await (const { line, value: text } of textLines(path)) {
    const where = `${path}:${line}`;
    yield { line, value: check(parse(text, where, LINE_CURE), schema, where) };
  }
}

/** All records of a JSONL file. Throws as {@link readJsonl} does. */
export async function readJsonlAll<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>[]> {
  const records: z.output<S>[] = [];
  for await (const record of readJsonl(path, schema)) records.push(record);
  return records;
}

/**
 * A value that the schema accepts, or a NearmissError that says where it stands (`where`: a file and line), which
 * fields are wrong, what the record holds instead, and how to mend it.
 */
export function check<S extends z.ZodType>(
  value: unknown,
  schema: S,
  where: string,
  cure = "Mend or remove the record.",
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const shown = result.error.issues.slice(0, 4).map((issue) => `  ${fieldName(issue.path)}: ${told(issue)}`);
  const more = result.error.issues.length - shown.length;
  if (more > 0) shown.push(`  and ${more} more`);
  const keys = value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
  if (keys.length > 0) shown.push(`It has the fields: ${keys.slice(0, 20).join(", ")}.`);
  throw new NearmissError(`${where}: the record is not of the expected form.\n${shown.join("\n")}\n${cure}`);
}

function told(issue: z.core.$ZodIssue): string {
  return issue.message.replace(
    /^Invalid input: expected (\w+), received undefined$/,
    "is missing (expected a $1)",
  );
}

/** `["steps", 2, "end"]` as `steps[2].end`. */
export function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "(the record)";
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

/** Writes a JSONL file atomically; returns the number of records. */
export async function writeJsonl(
  path: string,
  records: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<number> {
  let count = 0;
  await atomically(path, async (file) => {
    let batch = "";
    for await (const record of records) {
      batch += `${JSON.stringify(record)}\n`;
      count++;
      if (batch.length >= BATCH_BYTES) {
        await file.writeFile(batch);
        batch = "";
      }
    }
    await file.writeFile(batch);
  });
  return count;
}

export interface JsonlAppender {
  /**
   * Adds a record. When it returns the line is with the kernel: a kill of this process loses nothing. The disk is
   * flushed once a second and on close. On a full disk a NearmissError is thrown and the file keeps its whole lines.
   */
  append(record: unknown): void;
  close(): void;
}

/**
 * Opens a JSONL file to add lines, making it and its folder where they are not there. A last line that a kill has cut
 * off is dropped first, so open before you read what is already done.
 */
export function openAppender(path: string): JsonlAppender {
  let fd: number;
  let size: number;
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    fd = openSync(path, "a+");
    size = mendLastLine(fd);
  } catch (error) {
    throw fileError(error, path, "write");
  }
  let synced = Date.now();
  return {
    append(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      try {
        writeFileSync(fd, line);
        size += line.length;
        if (Date.now() - synced >= SYNC_MILLISECONDS) {
          fdatasyncSync(fd);
          synced = Date.now();
        }
      } catch (error) {
        dropPartialLine(fd, size);
        throw fileError(error, path, "write");
      }
    },
    close() {
      try {
        fdatasyncSync(fd);
      } catch (error) {
        throw fileError(error, path, "write");
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** Best effort: where it fails too, the write's own failure is the one to tell, and the next opening mends the file. */
function dropPartialLine(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {}
}

/** Ends the file with a whole line: a complete record gets its missing newline, anything else is cut. Returns the size. */
function mendLastLine(fd: number): number {
  const { size } = fstatSync(fd);
  const tail = lastLine(fd, size);
  if (tail.length === 0) return size;
  if (isRecord(tail.toString("utf8"))) {
    writeFileSync(fd, "\n");
    return size + 1;
  }
  ftruncateSync(fd, size - tail.length);
  return size - tail.length;
}

/** The bytes after the last newline, read from the end so that a large file costs nothing. */
function lastLine(fd: number, size: number): Buffer {
  let tail = Buffer.alloc(0);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - 65_536);
    const block = Buffer.alloc(end - start);
    readSync(fd, block, 0, block.length, start);
    const newline = block.lastIndexOf(NEWLINE);
    tail = Buffer.concat([block.subarray(newline + 1), tail]);
    if (newline >= 0) break;
    end = start;
  }
  return tail;
}

/** A whole record: an object, for a number cut short (12 of 123) is JSON too. */
function isRecord(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function parse(text: string, where: string, cure: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NearmissError(`${where}: this is not JSON (${reason}). ${cure}`);
  }
}

/** Lines by byte 10 alone: Node's readline also splits at U+2028, which JSON allows inside a string. */
async function* textLines(path: string): AsyncGenerator<Line<string>> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 0;
  const take = (last: Buffer): Line<string> | undefined => {
    const bytes = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    line++;
    const text = decode(bytes, `${path}:${line}`).trim();
    return text === "" ? undefined : { line, value: text };
  };
  for await (const chunk of bytesOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const found = take(chunk.subarray(start, end));
      if (found !== undefined) yield found;
      start = end + 1;
    }
    held.push(chunk.subarray(start));
    heldBytes += chunk.length - start;
    if (heldBytes > MAX_LINE_BYTES) {
      throw new NearmissError(
        `${path}:${line + 1}: the line is longer than 64 MiB, so this is no JSONL file. Check the path.`,
      );
    }
  }
  const found = take(Buffer.alloc(0));
  if (found !== undefined) yield found;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Buffer, where: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new NearmissError(
      `${where}: the text is not UTF-8. Convert the file (iconv -t utf-8) and try again.`,
    );
  }
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield Buffer.from(chunk);
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

/** A whole JSON file, checked. Throws as {@link readJsonl} does. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw fileError(error, path, "read");
  }
  return check(parse(decode(bytes, path), path, "Check that the file is whole."), schema, path);
}
