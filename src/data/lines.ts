/** Rows of a file as texts of JSON, before anybody looks into them: JSONL (gzip, zstd), or Parquet. */
import { NearmissError } from "../errors.js";
import { bytesOf, nameOf, startOf, type Watch } from "./bytes.js";
import { isParquet, parquetRows } from "./parquet.js";

const NEWLINE = 10;
/** Longer lines are no records of ours: without a bound, a binary file given by mistake would fill the memory. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

export interface RawLine {
  /** 1-based; in a Parquet file the row. */
  readonly line: number;
  /** For messages: "train.jsonl:12", "train.parquet[11]". */
  readonly where: string;
  readonly text: string;
}

/**
 * The lines that are not blank, of a file or of standard input (`-`); of a Parquet file each row as JSON.
 * @throws NearmissError for what cannot be read, is damaged, or is no text
 */
export async function* rawLines(path: string, watch?: Watch): AsyncGenerator<RawLine> {
  if (path === "-" || !isParquet(await startOf(path))) {
    yield* textLines(path, watch);
    return;
  }
  let row = 0;
  for await (const value of parquetRows(path, watch)) {
    yield { line: row + 1, where: `${path}[${row}]`, text: JSON.stringify(value) };
    row++;
  }
}

/** Lines by byte 10 alone: Node's readline also splits at U+2028, which JSON allows inside a string. */
async function* textLines(path: string, watch?: Watch): AsyncGenerator<RawLine> {
  const name = nameOf(path);
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 0;
  const take = (last: Buffer): RawLine | undefined => {
    const bytes = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    line++;
    const where = `${name}:${line}`;
    const text = decode(bytes, where).trim();
    return text === "" ? undefined : { line, where, text };
  };
  for await (const chunk of bytesOf(path, watch)) {
    if (line === 0 && heldBytes === 0 && isParquet(chunk))
      throw new NearmissError(`${name} is a Parquet file, whose end must be read first. Name it as a file.`);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const found = take(chunk.subarray(start, end));
      if (found !== undefined) yield found;
      start = end + 1;
    }
    // A copy: a small rest must not keep a large chunk alive.
    if (start < chunk.length) held.push(Buffer.from(chunk.subarray(start)));
    heldBytes += chunk.length - start;
    if (heldBytes > MAX_LINE_BYTES) {
      throw new NearmissError(
        `${name}:${line + 1}: the line is longer than 64 MiB, so this is no JSONL file. Check the path.`,
      );
    }
  }
  const found = take(Buffer.alloc(0));
  if (found !== undefined) yield found;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws NearmissError for bytes that are no UTF-8 */
export function decode(bytes: Buffer, where: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new NearmissError(
      `${where}: the text is not UTF-8. Convert the file (iconv -t utf-8) and try again.`,
    );
  }
}
