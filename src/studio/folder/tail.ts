/**
 * Reads a growing JSONL file again and again, each time only what was added. A file that was cut or replaced is read from
 * its beginning. Lines that cannot be read are noted, never fatal.
 */
import { type FileHandle, open } from "node:fs/promises";
import { z } from "zod";
import { told } from "../../data/jsonl.js";
import type { Fault } from "../schema.js";

/** One read: small enough that between two of them the server answers others within some ten milliseconds. */
const SLICE = 2 ** 18;
/** A longer line is no record of ours, and is passed over. */
const MAX_LINE = 64 * 2 ** 20;
const NEWLINE = 10;
/** Bytes by which a file is known again. */
const ENDING = 256;
/** Faults told one by one; beyond them they are counted. */
const TOLD = 20;

/** Where a record stands in its file, so that it can be read again. */
export interface Place {
  /** Byte offset and length of the line. */
  readonly start: number;
  readonly length: number;
  /** 1-based. */
  readonly line: number;
}

export interface Reader<T> {
  /** The file is another one now, or begins anew: forget all. */
  reset(): void;
  record(value: T, place: Place): void;
}

export class Tail<S extends z.ZodType> {
  /** Bytes read, and bytes there are. */
  bytes = 0;
  of = 0;
  faultCount = 0;
  faults: Fault[] = [];
  private line = 0;
  /** Of the file that was read; a new one of the same name has another. */
  private identity = "";
  /** The last bytes that were read. */
  private ending: Buffer = Buffer.alloc(0);
  private held: Buffer[] = [];
  private heldBytes = 0;
  private skipping = false;

  constructor(
    private readonly name: string,
    private readonly schema: S,
    private readonly reader: Reader<z.output<S>>,
  ) {}

  /** A last line without an end: its writer is at it still, or it was cut off. */
  get unfinished(): Fault[] {
    const { name: file, line, heldBytes } = this;
    const reason =
      "the last line has no end: its writer was stopped in the middle of it, or the file was cut";
    return heldBytes > 0 ? [{ file, line: line + 1, reason }] : [];
  }

  /** Reads what is new, a slice at a time, until the end. A missing file is an empty one. */
  async read(path: string | null): Promise<void> {
    const file = path === null ? null : await open(path).catch(() => null);
    if (file === null) {
      if (this.bytes > 0) this.begin("");
      return;
    }
    try {
      const { size, ino, birthtimeMs } = await file.stat();
      const identity = `${ino} ${birthtimeMs}`;
      if (identity !== this.identity || size < this.bytes || !(await this.isAsRead(file)))
        this.begin(identity);
      this.of = size;
      await this.readTo(file, size);
    } finally {
      await file.close();
    }
  }

  /** A file that was written anew in its place does not have the same bytes where the reading ended. */
  private async isAsRead(file: FileHandle): Promise<boolean> {
    const { length } = this.ending;
    const now = Buffer.alloc(length);
    await file.read(now, 0, length, this.bytes - length);
    return now.equals(this.ending);
  }

  private begin(identity: string): void {
    this.restart();
    this.identity = identity;
    this.reader.reset();
  }

  /** The next reading begins at the beginning; what was told of the file holds no more. */
  restart(): void {
    Object.assign(this, { bytes: 0, of: 0, line: 0, faultCount: 0, faults: [], held: [], heldBytes: 0 });
    this.skipping = false;
    this.identity = "";
    this.ending = Buffer.alloc(0);
  }

  private async readTo(file: FileHandle, size: number): Promise<void> {
    while (this.bytes < size) {
      const slice = Buffer.allocUnsafe(Math.min(SLICE, size - this.bytes));
      const { bytesRead } = await file.read(slice, 0, slice.length, this.bytes);
      if (bytesRead === 0) return;
      const read = slice.subarray(0, bytesRead);
      this.take(read);
      this.ending = Buffer.from(read.subarray(-ENDING));
    }
  }

  private take(slice: Buffer): void {
    let start = 0;
    for (let end = slice.indexOf(NEWLINE); end >= 0; end = slice.indexOf(NEWLINE, start)) {
      this.endLine(slice.subarray(start, end), this.bytes + start);
      start = end + 1;
    }
    const rest = slice.subarray(start);
    this.bytes += slice.length;
    this.heldBytes += rest.length;
    if (this.heldBytes > MAX_LINE) {
      this.held = [];
      this.skipping = true;
    } else if (rest.length > 0) this.held.push(rest);
  }

  private endLine(last: Buffer, at: number): void {
    const start = at - this.heldBytes;
    const whole = this.held.length === 0 ? last : Buffer.concat([...this.held, last]);
    const { skipping } = this;
    this.held = [];
    this.heldBytes = 0;
    this.skipping = false;
    this.line++;
    if (skipping) this.fault(`the line is longer than ${MAX_LINE >> 20} MiB`);
    else this.parse(whole.toString("utf8"), { start, length: whole.length, line: this.line });
  }

  private parse(text: string, place: Place): void {
    if (text.trim() === "") return;
    try {
      this.reader.record(this.schema.parse(JSON.parse(text)), place);
    } catch (error) {
      if (error instanceof SyntaxError) this.fault(`not JSON (${error.message})`);
      else if (error instanceof z.ZodError) this.fault(error.issues.slice(0, 1).map(told).join(""));
      else throw error;
    }
  }

  private fault(reason: string): void {
    this.faultCount++;
    const told = reason.length > 200 ? `${reason.slice(0, 200)}…` : reason;
    if (this.faults.length < TOLD) this.faults.push({ file: this.name, line: this.line, reason: told });
  }
}

/** The bytes of one line. */
export async function readAt(path: string, { start, length }: Place): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, start);
    return bytes.toString("utf8");
  } finally {
    await file.close();
  }
}
