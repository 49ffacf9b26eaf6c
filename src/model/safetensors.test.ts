import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NearmissError } from "../errors.js";
import { readHeader, readSafetensors, writeSafetensors } from "./safetensors.js";

let folder = "";
let path = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "safetensors-"));
  path = join(folder, "x.safetensors");
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of any header and any bytes. */
async function put(header: unknown, data: Uint8Array, headerLength?: bigint): Promise<void> {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerLength ?? BigInt(json.length));
  await writeFile(path, Buffer.concat([length, json, data]));
}

const bytes = (n: number) => new Uint8Array(n);
const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("what is written is read", () => {
  test("any tensors, bit for bit", async () => {
    const tensor = fc
      .array(fc.float({ noNaN: true }), { maxLength: 30 })
      .map((numbers) => ({ data: new Float32Array(numbers), shape: [numbers.length] }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), tensor), async (tensors) => {
        const { __metadata__: _, ...named } = tensors;
        await writeSafetensors(path, new Map(Object.entries(named)));
        expect(await readSafetensors(path)).toEqual(new Map(Object.entries(named)));
      }),
      { numRuns: 40 },
    );
  });

  test("a matrix, a scalar and an empty tensor, with metadata", async () => {
    const tensors = new Map([
      ["matrix", { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] }],
      ["scalar", { data: new Float32Array([7]), shape: [] }],
      ["empty", { data: new Float32Array(0), shape: [0, 4] }],
    ]);
    await writeSafetensors(path, tensors, { step: "12" });
    expect(await readSafetensors(path)).toEqual(tensors);
    expect((await readHeader(path)).metadata).toEqual({ step: "12" });
  });

  test("a shape that its numbers do not fill is a mistake of the caller", async () => {
    const tensors = new Map([["a", { data: new Float32Array(5), shape: [2, 3] }]]);
    await expect(writeSafetensors(path, tensors)).rejects.toThrow(/"a" has 5 numbers/);
  });
});

describe("half precision", () => {
  /** Every 16-bit pattern (an odd number of them in `odd`), as one tensor. */
  async function allPatterns(dtype: string, count: number): Promise<Float32Array> {
    const halves = Uint16Array.from({ length: count }, (_, i) => i);
    await put({ a: { dtype, shape: [count], data_offsets: [0, 2 * count] } }, new Uint8Array(halves.buffer));
    return (await readSafetensors(path)).get("a")?.data ?? new Float32Array();
  }

  test.each([65536, 65535, 1])("BF16 is the upper half of a float32 (%i numbers)", async (count) => {
    const read = new Uint32Array((await allPatterns("BF16", count)).buffer);
    expect(read.every((bits, i) => bits === i * 65536)).toBe(true);
    expect(read.length).toBe(count);
  });

  test("F16 has five exponent bits, subnormals, infinities and NaN", async () => {
    const read = await allPatterns("F16", 65535);
    const known: [number, number][] = [
      [0x0000, 0],
      [0x8000, -0],
      [0x0001, 2 ** -24],
      [0x03ff, 2 ** -14 - 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0xfc00, Number.NEGATIVE_INFINITY],
      [0x7e00, Number.NaN],
    ];
    for (const [pattern, value] of known) expect(read[pattern]).toBe(value);
  });

  test("a tensor larger than a chunk", async () => {
    const count = 2 ** 20 + 2 ** 19 + 3;
    const halves = Uint16Array.from({ length: count }, (_, i) => i % 32768);
    await put(
      { a: { dtype: "BF16", shape: [count], data_offsets: [0, 2 * count] } },
      new Uint8Array(halves.buffer),
    );
    const data = (await readSafetensors(path)).get("a")?.data ?? new Float32Array();
    const read = new Uint32Array(data.buffer);
    expect(read.length).toBe(count);
    expect(read.every((bits, i) => bits === (i % 32768) * 65536)).toBe(true);
  });
});

describe("damaged files are refused with the file and the tensor named", () => {
  async function refused(...parts: string[]): Promise<void> {
    const error = await readSafetensors(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NearmissError);
    for (const part of [path, ...parts]) expect(String(error)).toContain(part);
  }

  test("an empty file, and one that ends in the length", async () => {
    await writeFile(path, "");
    await refused("not a safetensors file");
    await writeFile(path, "abc");
    await refused("not a safetensors file");
  });
  test.each([0n, 100_000_001n, 2n ** 63n, 2n ** 64n - 1n])("a header length of %i bytes", async (length) => {
    await put({ a: f32([1], 0, 4) }, bytes(4), length);
    await refused("header", String(Number(length)));
  });
  test("a header longer than the file", async () => {
    await put({ a: f32([1], 0, 4) }, bytes(4), 5000n);
    await refused("cut off");
  });
  test("a header that is not JSON, or not an object", async () => {
    await put("{nonsense", bytes(0));
    await refused("not JSON");
    await put("[1]", bytes(0));
    await refused("not a JSON object");
  });
  test.each([
    ["an entry without offsets", { dtype: "F32", shape: [1] }, "data_offsets"],
    ["a negative side", { dtype: "F32", shape: [-1], data_offsets: [0, 4] }, "shape"],
    ["a side beyond all numbers", { dtype: "F32", shape: [1e300], data_offsets: [0, 4] }, "shape"],
    ["a product beyond all numbers", f32([2 ** 40, 2 ** 40], 0, 4), "needs"],
    ["an unknown dtype", { dtype: "F12", shape: [1], data_offsets: [0, 4] }, "F12"],
    ["a range of the wrong size", f32([2], 0, 4), "needs 8 bytes"],
    ["a range that runs backwards", f32([1], 4, 0), "holds -4"],
  ])("%s", async (_, entry, part) => {
    await put({ "model.norm": entry }, bytes(4));
    await refused('"model.norm"', part);
  });
  test("overlap, hole, bytes after the end, bytes missing at the end", async () => {
    await put({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, bytes(8));
    await refused('"b" overlaps with tensor "a"');
    await put({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, bytes(12));
    await refused('"b" leaves a hole of 4 bytes after tensor "a"');
    await put({ a: f32([1], 4, 8) }, bytes(8));
    await refused('"a" leaves a hole of 4 bytes after the header');
    await put({ a: f32([1], 0, 4) }, bytes(7));
    await refused('3 bytes follow tensor "a"');
    await put({ a: f32([4], 0, 16) }, bytes(7));
    await refused("cut off", 'tensor "a" ends');
  });
  test("a dtype that cannot be read as floats", async () => {
    await put({ a: { dtype: "I8", shape: [4], data_offsets: [0, 4] } }, bytes(4));
    await refused('"a" has dtype I8', "F32, F16, BF16");
  });
  test("a file that is not there", async () => {
    await rm(path, { force: true });
    await refused("there is no such file");
  });
  test("any cut of a good file, any flipped byte of its header: an error for the user or the same tensors", async () => {
    await writeSafetensors(path, new Map([["a", { data: new Float32Array([1, 2, 3]), shape: [3] }]]));
    const good = await readFile(path);
    for (let length = 0; length < good.length; length++) {
      await writeFile(path, good.subarray(0, length));
      await expect(readSafetensors(path)).rejects.toBeInstanceOf(NearmissError);
    }
    for (let at = 0; at < good.length - 12; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0x11;
      await writeFile(path, bad);
      const result = await readSafetensors(path).catch((error: unknown) => error);
      expect(result instanceof NearmissError || result instanceof Map).toBe(true);
    }
  });
});
