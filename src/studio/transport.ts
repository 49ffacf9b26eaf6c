/** Tensors as a list and one run of bytes, for the way into a page. */
import type { Tensor } from "../engine/index.js";

const ARRAYS = { Float32Array, Int32Array, Int8Array } as const;
type ArrayName = keyof typeof ARRAYS;

export interface Packed {
  readonly name: string;
  readonly array: ArrayName;
  readonly shape: readonly number[];
  /** In bytes, a multiple of four. */
  readonly start: number;
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

export function packed(tensors: ReadonlyMap<string, Tensor>): { list: Packed[]; bytes: Uint8Array } {
  let size = 0;
  const list = [...tensors].map(([name, { data, shape }]): Packed => {
    const start = size;
    size += padded(data.byteLength);
    return { name, array: data.constructor.name as ArrayName, shape, start };
  });
  const bytes = new Uint8Array(size);
  for (const { name, start } of list) {
    const { data } = tensors.get(name) as Tensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  }
  return { list, bytes };
}

export function unpacked(list: readonly Packed[], bytes: ArrayBuffer): Map<string, Tensor> {
  return new Map(
    list.map(({ name, array, shape, start }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, { data: new ARRAYS[array](bytes, start, length), shape }];
    }),
  );
}
