/** Half-precision floats to float32. Both formats are little endian in the file, as every machine Node runs on is. */

export const READABLE_TYPES = ["F32", "F16", "BF16"] as const;
export type ReadableType = (typeof READABLE_TYPES)[number];
export const isReadable = (dtype: string): dtype is ReadableType =>
  READABLE_TYPES.some((known) => known === dtype);

/**
 * Writes the numbers in `bytes` to `out` as float32, two at a time: a 32-bit word holds a pair.
 * @param bytes 2 * out.length bytes whose offset in their buffer is a multiple of four.
 */
export function widen(bytes: Uint8Array, out: Float32Array, type: "F16" | "BF16"): void {
  const bits = new Int32Array(out.buffer, out.byteOffset, out.length);
  const pairs = new Int32Array(bytes.buffer, bytes.byteOffset, out.length >> 1);
  if (type === "BF16") {
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as number;
      bits[2 * i] = pair << 16;
      bits[2 * i + 1] = pair & 0xffff0000;
    }
  } else {
    const table = halfTable();
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as number;
      bits[2 * i] = table[pair & 0xffff] as number;
      bits[2 * i + 1] = table[pair >>> 16] as number;
    }
  }
  if (out.length % 2 === 0) return;
  const last = ((bytes[bytes.length - 1] as number) << 8) | (bytes[bytes.length - 2] as number);
  bits[out.length - 1] = type === "BF16" ? last << 16 : (halfTable()[last] as number);
}

let table: Int32Array | undefined;

/** The float32 bits of each of the 65,536 half-precision numbers. */
function halfTable(): Int32Array {
  if (table !== undefined) return table;
  const values = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) values[half] = halfToNumber(half);
  table = new Int32Array(values.buffer);
  return table;
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
