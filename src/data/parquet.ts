/** Parquet files, read and written a row group at a time. Snappy is hyparquet's own; gzip and brotli are Node's. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { type BasicType, ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { z } from "zod";
import { NearmissError } from "../errors.js";
import type { Watch } from "./bytes.js";

const compressors = {
  GZIP: (input: Uint8Array) => gunzipSync(input),
  BROTLI: (input: Uint8Array) => brotliDecompressSync(input),
  ZSTD: (input: Uint8Array) => decompress(input),
};

/** Rows of one group of a file that is written: what is held in memory. */
const GROUP_ROWS = 10_000;

/** Whether a file's first bytes are Parquet's. */
export const isParquet = (start: Buffer) => start.subarray(0, 4).toString("latin1") === "PAR1";

/**
 * The rows, with 64-bit integers as numbers (as text beyond 2^53). One row group is held at a time.
 * @throws NearmissError for a file that is cut off or compressed in a way that cannot be read here
 */
export async function* parquetRows(path: string, watch: Watch = () => {}): AsyncGenerator<unknown> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      for (const row of await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }))
        yield plain(row);
      rowStart = rowEnd;
      watch(rowEnd / Number(metadata.num_rows));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NearmissError(
      `${path}: this Parquet file cannot be read (${reason}). If it is cut off, fetch it again; if it is compressed with lz4, write it anew with snappy, gzip or zstd.`,
      { cause: error },
    );
  }
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/**
 * Rows as the bytes of a Parquet file: texts, numbers and truth values as such; what is nested as JSON; a value that may
 * be a text or a number as text.
 * @param rows JSON objects as text
 * @param schema what they are; its keys are the columns
 */
export async function* parquetBytes(
  rows: AsyncIterable<string>,
  schema: z.ZodObject,
): AsyncGenerator<Uint8Array> {
  const columns = columnsOf(schema);
  const sink = new ByteWriter();
  const described = columns.map(({ name, type }) => ({ name, type, data: [] }));
  const writer = new ParquetWriter({ writer: sink, schema: schemaFromColumnData({ columnData: described }) });
  const taken = () => {
    const bytes = sink.getBytes().slice();
    sink.index = 0;
    return bytes;
  };
  let group: Record<string, unknown>[] = [];
  const write = async () => {
    await writer.write({
      columnData: columns.map(({ name, type }) => ({
        name,
        type,
        data: group.map((row) => cell(row[name], type)),
      })),
      rowGroupSize: GROUP_ROWS,
    });
    group = [];
    return taken();
  };
  for await (const row of rows) {
    group.push(JSON.parse(row));
    if (group.length === GROUP_ROWS) yield await write();
  }
  if (group.length > 0) yield await write();
  await writer.finish();
  yield taken();
}

function cell(value: unknown, type: BasicType): unknown {
  return type === "STRING" && value !== undefined && value !== null ? String(value) : (value ?? null);
}

/** The part of JSON Schema that says what a column holds. */
const Kinds = z.union([z.string().transform((kind) => [kind]), z.array(z.string())]).default([]);
const Column = z.looseObject({ type: Kinds, anyOf: z.array(z.looseObject({ type: Kinds })).default([]) });
const TYPES: Readonly<Record<string, BasicType>> = {
  string: "STRING",
  boolean: "BOOLEAN",
  integer: "INT32",
  number: "DOUBLE",
};

function columnsOf(schema: z.ZodObject): { name: string; type: BasicType }[] {
  const { properties } = z
    .looseObject({ properties: z.record(z.string(), Column) })
    .parse(z.toJSONSchema(schema));
  return Object.entries(properties).map(([name, { type, anyOf }]) => {
    const kinds = [...type, ...anyOf.flatMap((branch) => branch.type)].filter((kind) => kind !== "null");
    if (kinds.length > 1 && kinds.every((kind) => kind === "string" || kind === "number"))
      return { name, type: "STRING" };
    return { name, type: (kinds.length === 1 && TYPES[kinds[0] ?? ""]) || "JSON" };
  });
}
