/**
 * The safetensors format: eight bytes of header length (u64, little endian), a JSON header that gives every tensor's
 * dtype, shape and byte range, then the tensors' bytes without gap or overlap.
 * https://huggingface.co/docs/safetensors
 */
import { type FileHandle, open } from "node:fs/promises";
import { z } from "zod";
import { atomically, fileError } from "../data/folder.js";
import { NearmissError } from "../errors.js";
import { isReadable, READABLE_TYPES, type ReadableType, widen } from "./dtypes.js";

/** Bytes an element. A dtype that is not here is refused: its tensor's size could not be checked. */
const BYTES: Record<string, number> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** The reference implementation's bound; a model of a thousand tensors needs about 100 kB. */
const MAX_HEADER_BYTES = 100_000_000;
/** Node reads at most 2 GiB a call. */
const MAX_READ_BYTES = 2 ** 30;
/** Numbers read at a time: few enough to stay in the cache, an even number of them (see `widen`). */
const CHUNK_NUMBERS = 2 ** 20;

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range in the file, end excluded. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsFile {
  readonly path: string;
  /** When it was last written, in milliseconds: its tensors are read later, some of them again and again. */
  readonly modified: number;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor as the rest of the project holds it: float32, row by row. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Reads and checks a file's header; no tensor is read.
 * @throws NearmissError naming file and tensor: a header of absurd length or of broken JSON, a shape that does not fit
 * its bytes, tensors that overlap or leave a hole, a file cut off.
 */
export async function readHeader(path: string): Promise<SafetensorsFile> {
  return withFile(path, async (file) => {
    const { size, mtimeMs } = await file.stat();
    const length = size < 8 ? 0 : Number((await readBytes(file, path, 0, 8)).readBigUInt64LE());
    if (length < 2 || length > MAX_HEADER_BYTES) {
      throw new NearmissError(
        `${path}: not a safetensors file, or cut off: it gives its header as ${length} bytes long. Download it again.`,
      );
    }
    if (8 + length > size) throw cutOff(path, 8 + length, size, "its header");
    const text = (await readBytes(file, path, 8, length)).toString("utf8");
    return { path, modified: mtimeMs, ...parseHeader(path, text, 8 + length, size) };
  });
}

/** The checks of {@link readHeader} on the header's text. `dataStart` and `size` are bytes. */
function parseHeader(
  path: string,
  text: string,
  dataStart: number,
  size: number,
): Pick<SafetensorsFile, "tensors" | "metadata"> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new NearmissError(`${path}: the safetensors header is not JSON. Download it again.`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new NearmissError(`${path}: the safetensors header is not a JSON object. Download it again.`);
  }
  const { __metadata__: metadata = {}, ...entries } = json as Record<string, unknown>;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(entries)) {
    tensors.set(name, checkEntry(path, name, entry, dataStart));
  }
  checkLayout(path, tensors, dataStart, size);
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) throw new NearmissError(`${path}: "__metadata__" must map strings to strings.`);
  return { tensors, metadata: parsed.data };
}

function checkEntry(path: string, name: string, value: unknown, dataStart: number): TensorEntry {
  const where = `${path}: tensor "${name}"`;
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new NearmissError(`${where} has a broken header entry (${issues.join("; ")}). Download it again.`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const bytes = BYTES[dtype];
  if (bytes === undefined) {
    throw new NearmissError(
      `${where} has the unknown dtype "${dtype}"; known: ${Object.keys(BYTES).join(", ")}.`,
    );
  }
  const [begin, end] = data_offsets;
  const expected = shape.reduce((product, side) => product * side, bytes);
  if (end - begin !== expected) {
    throw new NearmissError(
      `${where} of dtype ${dtype} and shape [${shape}] needs ${expected} bytes, but its range ${begin} to ${end} holds ` +
        `${end - begin}. The file is damaged: download it again.`,
    );
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** The tensors in file order must follow one another without overlap or hole and end with the file. */
function checkLayout(
  path: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  size: number,
): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let position = dataStart;
  let before = "the header";
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== position) {
      const fault = begin < position ? "overlaps with" : `leaves a hole of ${begin - position} bytes after`;
      throw new NearmissError(`${path}: tensor "${name}" ${fault} ${before}. Download it again.`);
    }
    position = end;
    before = `tensor "${name}"`;
  }
  if (position > size) throw cutOff(path, position, size, before);
  if (position < size) {
    throw new NearmissError(
      `${path}: ${size - position} bytes follow ${before}, the last one. Download it again.`,
    );
  }
}

function cutOff(path: string, expected: number, size: number, what: string): NearmissError {
  return new NearmissError(
    `${path}: the file is cut off: ${what} ends at byte ${expected}, but it is ${size} bytes long. Download it again.`,
  );
}

/** Reads float tensors of an open file, each by its offset. */
export interface TensorReader {
  /** @throws NearmissError when the tensor is not in the file or not of dtype F32, F16 or BF16. */
  read(name: string): Promise<Tensor>;
  /** Rows of a matrix by number, one after another: [ids.length * width]. */
  rows(name: string, ids: Int32Array): Promise<Float32Array>;
  /** A matrix from its first row to its last, some whole rows at a time; a block's array is used again. */
  blocks(name: string): AsyncIterable<{ readonly first: number; readonly rows: Float32Array }>;
}

/**
 * Opens a file and hands `use` a reader. Memory is the tensors returned and one chunk of the file: half-precision
 * numbers are widened as they are read.
 * @throws NearmissError when the file is another than the one whose header was read.
 */
export async function withTensors<T>(
  file: SafetensorsFile,
  use: (reader: TensorReader) => Promise<T>,
): Promise<T> {
  const entryOf = (name: string): TensorEntry => {
    const entry = file.tensors.get(name);
    if (entry === undefined) throw new NearmissError(`${file.path}: there is no tensor "${name}".`);
    return entry;
  };
  return withFile(file.path, async (handle) => {
    if ((await handle.stat()).mtimeMs !== file.modified)
      throw new NearmissError(
        `${file.path} has changed since it was opened. Start again with the file as it is now.`,
      );
    return use({
      async read(name) {
        const entry = entryOf(name);
        const { type, length } = floatsOf(file.path, name, entry);
        const data = new Float32Array(length);
        for await (const { start, part } of floatChunks(handle, file.path, entry, type))
          data.set(part, start);
        return { data, shape: entry.shape };
      },
      async rows(name, ids) {
        const entry = entryOf(name);
        const { type } = floatsOf(file.path, name, entry);
        const width = entry.shape.at(-1) ?? 0;
        const size = width * FLOAT_BYTES[type];
        const data = new Float32Array(ids.length * width);
        for (const [i, id] of ids.entries()) {
          const row = { begin: entry.begin + id * size, end: entry.begin + (id + 1) * size };
          for await (const { start, part } of floatChunks(handle, file.path, row, type))
            data.set(part, i * width + start);
        }
        return data;
      },
      async *blocks(name) {
        const entry = entryOf(name);
        const { type } = floatsOf(file.path, name, entry);
        const width = entry.shape.at(-1) ?? 0;
        const numbers = width * Math.max(1, Math.floor(CHUNK_NUMBERS / width));
        for await (const { start, part } of floatChunks(handle, file.path, entry, type, numbers))
          yield { first: start / width, rows: part };
      },
    });
  });
}

/** Every tensor of a (small) file. */
export async function readSafetensors(path: string): Promise<Map<string, Tensor>> {
  const file = await readHeader(path);
  return withTensors(file, async (reader) => {
    const tensors = new Map<string, Tensor>();
    for (const name of file.tensors.keys()) tensors.set(name, await reader.read(name));
    return tensors;
  });
}

const FLOAT_BYTES: Readonly<Record<ReadableType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** What kind of numbers a tensor holds, and how many. */
function floatsOf(
  path: string,
  name: string,
  { dtype, begin, end }: TensorEntry,
): { type: ReadableType; length: number } {
  if (!isReadable(dtype)) {
    throw new NearmissError(
      `${path}: tensor "${name}" has dtype ${dtype}; ${READABLE_TYPES.join(", ")} can be read. ` +
        "Use an unquantised version of the model.",
    );
  }
  return { type: dtype, length: (end - begin) / FLOAT_BYTES[dtype] };
}

/** A tensor's numbers as float32, a chunk of the file at a time, each with its place. A chunk's array is used again. */
async function* floatChunks(
  handle: FileHandle,
  path: string,
  { begin, end }: Pick<TensorEntry, "begin" | "end">,
  type: ReadableType,
  numbers = CHUNK_NUMBERS,
): AsyncGenerator<{ start: number; part: Float32Array }> {
  const size = FLOAT_BYTES[type];
  const chunk = new Uint8Array(Math.min(end - begin, numbers * size));
  const wide = type === "F32" ? new Float32Array(chunk.buffer) : new Float32Array(chunk.length / size);
  for (let at = begin; at < end; at += chunk.length) {
    const bytes = chunk.subarray(0, Math.min(chunk.length, end - at));
    await readInto(handle, path, bytes, at);
    const part = wide.subarray(0, bytes.length / size);
    if (type !== "F32") widen(bytes, part, type);
    yield { start: (at - begin) / size, part };
  }
}

/** The bytes that numbers lie in. */
export const bytesOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * Writes float32 tensors atomically, in the map's order.
 * @param metadata strings for the header; `{format: "pt"}` by default, which the Python libraries ask for.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { data, shape }] of tensors) {
    if (shape.reduce((product, side) => product * side, 1) !== data.length) {
      throw new RangeError(
        `tensor "${name}" has ${data.length} numbers, which do not fill its shape [${shape}]`,
      );
    }
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Padded with spaces so that the tensors start on a multiple of eight bytes, as readers that map the file expect.
  const start = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  start.writeBigUInt64LE(BigInt(start.length - 8));
  json.copy(start, 8);
  await atomically(path, async (file) => {
    await file.writeFile(start);
    for (const { data } of tensors.values()) {
      await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  });
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw fileError(error, path, "read");
  }
  try {
    return await use(file);
  } catch (error) {
    throw fileError(error, path, "read");
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, path: string, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await readInto(file, path, bytes, from);
  return bytes;
}

async function readInto(file: FileHandle, path: string, target: Uint8Array, from: number): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const length = Math.min(target.length - done, MAX_READ_BYTES);
    const { bytesRead } = await file.read(target, done, length, from + done);
    if (bytesRead === 0) throw cutOff(path, from + target.length, from + done, "what is being read");
    done += bytesRead;
  }
}
