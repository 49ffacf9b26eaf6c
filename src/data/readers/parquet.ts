/** Rows of a Parquet file, through hyparquet; snappy is its own, gzip and brotli are Node's. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { NearmissError } from "../../errors.js";

const compressors = {
  GZIP: (input: Uint8Array) => gunzipSync(input),
  BROTLI: (input: Uint8Array) => brotliDecompressSync(input),
};

/**
 * All rows, with 64-bit integers as numbers (as text beyond 2^53).
 * @throws NearmissError for a file that is cut off or compressed in a way that cannot be read here.
 */
export async function parquetRows(bytes: Uint8Array, path: string): Promise<unknown[]> {
  const buffer = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  try {
    const rows = await parquetReadObjects({ file: buffer, compressors });
    return rows.map(plain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NearmissError(
      `${path}: this Parquet file cannot be read (${reason}). If it is cut off, fetch it again; if it is compressed with zstd or lz4, write it anew with snappy or gzip.`,
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
