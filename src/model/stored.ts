/** Frozen matrices that stay in their files. */
import type { Tensor } from "../engine/index.js";
import type { FrozenMatrix } from "./frozen.js";
import { emptyQuantized, type Quantized, quantizeRows } from "./quantize.js";
import { type SafetensorsFile, withTensors } from "./safetensors.js";

/** Rows that are remembered: a run's texts use few of a vocabulary's tokens, again and again. */
const REMEMBERED = 8192;

/** A matrix in a safetensors file. In memory are the rows asked for last, and a block of the file while it is rounded. */
export class StoredMatrix implements FrozenMatrix {
  private readonly seen = new Map<number, Float32Array>();

  constructor(
    private readonly file: SafetensorsFile,
    private readonly name: string,
    /** [out, in] */
    readonly shape: readonly number[],
  ) {}

  /** @throws NearmissError when the file has changed since its header was read, or cannot be read. */
  quantized(): Promise<Quantized> {
    const quantized = emptyQuantized(this.shape);
    return withTensors(this.file, async (reader) => {
      for await (const { first, rows } of reader.blocks(this.name)) quantizeRows(quantized, first, rows);
      return quantized;
    });
  }

  /** @throws NearmissError as `quantized`; RangeError for a row that does not exist. */
  async rows(ids: Int32Array): Promise<Tensor> {
    const [count = 0, width = 0] = this.shape;
    const outside = ids.find((id) => id < 0 || id >= count);
    if (outside !== undefined) throw new RangeError(`${this.name} has ${count} rows: there is no ${outside}`);
    if (this.seen.size > REMEMBERED) this.seen.clear();
    const missing = Int32Array.from(new Set(ids.filter((id) => !this.seen.has(id))));
    if (missing.length > 0) {
      const read = await withTensors(this.file, (reader) => reader.rows(this.name, missing));
      missing.forEach((id, i) => {
        this.seen.set(id, read.subarray(i * width, (i + 1) * width));
      });
    }
    const data = new Float32Array(ids.length * width);
    ids.forEach((id, i) => {
      data.set(this.seen.get(id) ?? [], i * width);
    });
    return { data, shape: [ids.length, width] };
  }
}
