/** Bytes of a file or of standard input (`-`), decompressed; and bytes compressed as a file's name says. */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import { compress, init } from "@bokuweb/zstd-wasm";
import { Decompress } from "fzstd";
import { NearmissError } from "../errors.js";
import { fileError } from "./folder.js";

const READ_BYTES = 2 ** 18;

/** How a compressed stream is known, by its first bytes, and read. */
const DECOMPRESSORS: readonly {
  readonly name: string;
  readonly magic: readonly number[];
  readonly read: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}[] = [
  { name: "gzip", magic: [0x1f, 0x8b], read: gunzipped },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], read: unzstd },
];

/** By the end of a file's name. What is compressed in parts and joined is one stream, for both formats. */
const COMPRESSORS: Readonly<Record<string, (part: Buffer) => Promise<Uint8Array>>> = {
  gz: promisify<Buffer, Uint8Array>(gzip),
  zst: async (part) => {
    zstdReady ??= init();
    await zstdReady;
    return compress(part);
  },
};

/** To begin it a second time would take its memory from under a compression. */
let zstdReady: Promise<void> | undefined;

/** Told how much of a file has been read, as a share in [0, 1]. */
export type Watch = (share: number) => void;

/** What a path is called in messages. */
export const nameOf = (path: string) => (path === "-" ? "standard input" : path);

/**
 * The bytes of a file or of standard input, as they come; gzip and zstd are told by their first bytes and decompressed.
 * @throws NearmissError for a file that cannot be read or is damaged
 */
export async function* bytesOf(path: string, watch?: Watch): AsyncGenerator<Buffer> {
  let format = "";
  try {
    const source = path === "-" ? process.stdin : fileBytes(path, watch);
    const { head, chunks } = await peek(source);
    const compressed = DECOMPRESSORS.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
    format = compressed?.name ?? "";
    yield* compressed === undefined ? chunks : compressed.read(chunks);
  } catch (error) {
    const known = fileError(error, nameOf(path), "read");
    if (known instanceof NearmissError || format === "" || !(error instanceof Error)) throw known;
    throw new NearmissError(
      `${nameOf(path)}: the ${format} data is damaged or cut off (${error.message}). Fetch it again, or compress it anew.`,
      { cause: error },
    );
  }
}

async function* fileBytes(path: string, watch: Watch = () => {}): AsyncGenerator<Buffer> {
  const { size } = await stat(path);
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    read += chunk.length;
    watch(read / size);
    yield chunk;
  }
}

/** The first bytes of a file, at most 64, as they are. */
export async function startOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

/** The parts of a file, each compressed for a name that ends in `.gz` or `.zst`. */
export async function* compressedFor(path: string, parts: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const compressor = COMPRESSORS[path.split(".").at(-1) ?? ""];
  for await (const part of parts) yield compressor === undefined ? part : await compressor(part);
}

/** Enough of a stream to know it by, and all of it. */
async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* chunks() {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, chunks: chunks() };
}

function gunzipped(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // Destroys the gunzip, and so ends its reader, with any error of the source.
  return pipeline(Readable.from(chunks), createGunzip({ chunkSize: READ_BYTES }), () => {});
}

async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let out: Buffer[] = [];
  const decompressor = new Decompress((data) => out.push(Buffer.from(data)));
  const take = () => {
    const taken = out;
    out = [];
    return taken;
  };
  for await (const chunk of chunks) {
    decompressor.push(chunk);
    yield* take();
  }
  decompressor.push(new Uint8Array(0), true);
  yield* take();
}
