/** Texts that are too many for the memory, kept in files of a folder of their own until they are wanted again. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ensureFolder, fileError } from "./folder.js";
import { rawLines } from "./lines.js";

const BUFFER_CHARACTERS = 2 ** 16;

/**
 * Runs `work` with a folder that is gone afterwards, beside the file that is to be written: there the room is, whereas a
 * temporary folder of the system is often memory.
 */
export async function withSpill<T>(beside: string, work: (folder: string) => Promise<T>): Promise<T> {
  await ensureFolder(dirname(resolve(beside)));
  let folder: string;
  try {
    folder = mkdtempSync(`${resolve(beside)}.spill-`);
  } catch (error) {
    throw fileError(error, beside, "write beside");
  }
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}

/** Lines in several files by number, written a block at a time and read back in the order in which they came. */
export class SpillFiles {
  private readonly buffers = new Map<number, string[]>();
  private readonly lengths = new Map<number, number>();
  private readonly files = new Map<number, number>();

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {}

  /** @param line without a newline in it, as JSON is */
  append(file: number, line: string): void {
    const buffer = this.buffers.get(file) ?? [];
    this.buffers.set(file, buffer);
    buffer.push(line, "\n");
    const length = (this.lengths.get(file) ?? 0) + line.length;
    this.lengths.set(file, length);
    if (length >= BUFFER_CHARACTERS) this.flush(file);
  }

  async *read(file: number): AsyncGenerator<string> {
    this.flush(file);
    if (!this.files.has(file)) return;
    for await (const { text } of rawLines(this.path(file))) yield text;
  }

  close(): void {
    for (const fd of this.files.values()) closeSync(fd);
    this.files.clear();
  }

  private path(file: number): string {
    return join(this.folder, `${this.name}-${file}.jsonl`);
  }

  private flush(file: number): void {
    const text = this.buffers.get(file)?.join("") ?? "";
    if (text === "") return;
    this.buffers.delete(file);
    this.lengths.delete(file);
    try {
      let fd = this.files.get(file);
      if (fd === undefined) {
        fd = openSync(this.path(file), "w");
        this.files.set(file, fd);
      }
      writeFileSync(fd, text);
    } catch (error) {
      throw fileError(error, this.path(file), "write");
    }
  }
}

/** Lines by a key, on disk: only the keys and places are in memory. */
export class SpillMap {
  private readonly fd: number;
  private readonly places = new Map<string, number>();
  private readonly starts: number[] = [0];
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  constructor(folder: string) {
    this.fd = openSync(join(folder, "map.jsonl"), "w+");
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  set(key: string, line: string): void {
    const bytes = Buffer.from(line);
    this.places.set(key, this.starts.length - 1);
    this.starts.push((this.starts.at(-1) ?? 0) + bytes.length);
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= BUFFER_CHARACTERS) this.flush();
  }

  get(key: string): string | undefined {
    const place = this.places.get(key);
    if (place === undefined) return undefined;
    this.flush();
    const start = this.starts[place] ?? 0;
    const bytes = Buffer.alloc((this.starts[place + 1] ?? start) - start);
    readSync(this.fd, bytes, 0, bytes.length, start);
    return bytes.toString("utf8");
  }

  close(): void {
    closeSync(this.fd);
  }

  private flush(): void {
    if (this.pendingBytes === 0) return;
    writeFileSync(this.fd, Buffer.concat(this.pending));
    this.pending = [];
    this.pendingBytes = 0;
  }
}
