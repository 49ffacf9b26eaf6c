/**
 * JSON lines, UTF-8, one record a line: read through a zod schema, written whole (atomic) or line by line (an appender
 * that a kill cannot break).
 */
import {
  closeSync,
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
import { compressedFor } from "./bytes.js";
import { atomically, fileError } from "./folder.js";
import { decode, rawLines } from "./lines.js";
import { parquetBytes } from "./parquet.js";

const NEWLINE = 10;
/** How much a write gathers. */
const BATCH_CHARACTERS = 2 ** 20;
/** How long an appender lets the disk lag behind: what a power cut may cost. */
const SYNC_MILLISECONDS = 1000;
const LINE_CURE = "Each line must hold one whole JSON object; mend or remove it.";

/**
 * The records of a JSONL file, as a stream. Blank lines are skipped, a byte order mark and CRLF are tolerated.
 * @throws NearmissError naming file, line, field and cure: a missing file, a folder, a line that is not JSON, a record
 * that the schema refuses.
 */
export async function* readJsonl<S extends z.ZodType>(path: string, schema: S): AsyncGenerator<z.output<S>> {
  for await (const { where, text } of rawLines(path)) yield checkLine(text, schema, where);
}

/** One line as a record. Throws as {@link readJsonl} does; `where` names file and line. */
export function checkLine<S extends z.ZodType>(text: string, schema: S, where: string): z.output<S> {
  return check(parse(text, where, LINE_CURE), schema, where);
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
  const shown = result.error.issues.slice(0, 4).map((issue) => `  ${told(issue)}`);
  const more = result.error.issues.length - shown.length;
  if (more > 0) shown.push(`  and ${more} more`);
  const keys = value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
  if (keys.length > 0) shown.push(`It has the fields: ${keys.slice(0, 20).join(", ")}.`);
  throw new NearmissError(`${where}: the record is not of the expected form.\n${shown.join("\n")}\n${cure}`);
}

/** The field and what is wrong with it. */
export function told(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(
    /^Invalid input: expected (\w+), received undefined$/,
    (_, kind: string) => `is missing (expected ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind})`,
  );
  return `${fieldName(issue.path)}: ${message}`;
}

/** `["steps", 2, "end"]` as `steps[2].end`. */
export function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "(the record)";
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

/**
 * Writes a file of records atomically, in the form that its name ends in: JSONL, or JSONL in `.gz` or `.zst`. Returns the
 * number of records. For Parquet see {@link writeLines}.
 */
export function writeJsonl(
  path: string,
  records: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<number> {
  return writeLines(path, texts(records));
}

async function* texts(records: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const record of records) yield JSON.stringify(record);
}

/**
 * Writes records that are JSON already; see {@link writeJsonl}.
 * @param schema of the records: what the columns are, where the name ends in `.parquet`
 */
export async function writeLines(
  path: string,
  lines: AsyncIterable<string>,
  schema?: z.ZodObject,
): Promise<number> {
  let count = 0;
  async function* counted() {
    for await (const line of lines) {
      count++;
      yield line;
    }
  }
  if (path.endsWith(".parquet") && schema === undefined)
    throw new NearmissError(
      `${path}: these records cannot be written as Parquet. Choose a name in .jsonl, .gz or .zst.`,
    );
  const bytes =
    path.endsWith(".parquet") && schema !== undefined
      ? parquetBytes(counted(), schema)
      : compressedFor(path, batches(counted()));
  await atomically(path, async (file) => {
    for await (const part of bytes) await file.writeFile(part);
  });
  return count;
}

/** Lines joined to parts of about a MiB. */
async function* batches(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let batch: string[] = [];
  let length = 0;
  for await (const line of lines) {
    batch.push(line, "\n");
    length += line.length;
    if (length < BATCH_CHARACTERS) continue;
    yield Buffer.from(batch.join(""));
    batch = [];
    length = 0;
  }
  // A file without records is compressed too, to nothing.
  yield Buffer.from(batch.join(""));
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
