/**
 * A decoder that remembers: keys and values of the sequences under way, kept in JavaScript.
 *
 * Each layer has one buffer [slots, kvHeads, capacity, headDim]. Graphs read it where it lies and return only the new
 * token's keys and values, which are written into their place; the capacity grows in blocks, so nothing is copied a step.
 */
import type { Tensor } from "../engine/index.js";
import type { Decoder } from "./decoder.js";
import { one } from "./layers.js";
import { packRows } from "./pack.js";
import type { DecodeModel, Likeliest } from "./types.js";

/** Tokens by which the capacity grows: rare enough to copy, small enough not to attend to emptiness. */
const BLOCK = 64;
const MASKED = -1e9;

interface LayerCache {
  k: Float32Array;
  v: Float32Array;
}

export class CachedDecoder implements DecodeModel {
  private caches: LayerCache[] = [];
  private capacity = 0;
  private lengths = new Int32Array(0);

  constructor(private readonly decoder: Decoder) {}

  reset(slots: number): void {
    this.lengths = new Int32Array(slots);
    this.capacity = 0;
    this.caches = Array.from({ length: this.decoder.config.layers }, () => ({
      k: new Float32Array(0),
      v: new Float32Array(0),
    }));
  }

  async prefill(prompt: readonly number[], slots: readonly number[], count: number): Promise<Likeliest> {
    // As a row with one completion of one token: that token is predicted, never read, so any id will do.
    const packed = packRows([{ prompt, completions: [[0]] }]);
    for (const slot of slots) this.lengths[slot] = prompt.length;
    this.reserve();
    const hidden = await this.decoder.prefill(packed, (layer, k, v) => {
      const cache = this.layer(layer);
      for (const slot of slots) {
        this.write(cache.k, k, slot);
        this.write(cache.v, v, slot);
      }
    });
    const width = this.decoder.config.hiddenSize;
    const last = hidden.data.subarray((prompt.length - 1) * width, prompt.length * width);
    return this.likeliest({ data: last, shape: [1, width] }, count);
  }

  async step(tokens: readonly number[], count: number): Promise<Likeliest> {
    const active = tokens.length;
    this.reserve();
    const positions = this.lengths.slice(0, active);
    const { kvHeads, headDim } = this.decoder.config;
    const cacheShape = [active, kvHeads, this.capacity, headDim];
    const used = active * this.slotSize;
    const shared = { ...this.decoder.rope(positions), mask: this.mask(positions) };
    let x = await this.decoder.embed(Int32Array.from(tokens));
    for (const [layer, cache] of this.caches.entries()) {
      const out = await this.decoder.layers.run("step", layer, {
        ...shared,
        x,
        cacheK: { data: cache.k.subarray(0, used), shape: cacheShape },
        cacheV: { data: cache.v.subarray(0, used), shape: cacheShape },
      });
      for (let slot = 0; slot < active; slot++) {
        this.append(cache.k, one(out, "k"), slot);
        this.append(cache.v, one(out, "v"), slot);
      }
      x = one(out, "y");
    }
    for (let slot = 0; slot < active; slot++) this.lengths[slot] = this.lengthOf(slot) + 1;
    return this.likeliest(x, count);
  }

  move(from: number, to: number): void {
    const size = this.slotSize;
    for (const { k, v } of this.caches) {
      k.copyWithin(to * size, from * size, (from + 1) * size);
      v.copyWithin(to * size, from * size, (from + 1) * size);
    }
    this.lengths[to] = this.lengthOf(from);
  }

  /** Frees the compiled graphs. */
  release(): Promise<void> {
    return this.decoder.release();
  }

  private likeliest(hidden: Tensor, count: number): Promise<Likeliest> {
    return this.decoder.likeliest(hidden, Math.min(count, this.decoder.config.vocabSize));
  }

  /** Numbers that one slot holds in one buffer. */
  private get slotSize(): number {
    const { kvHeads, headDim } = this.decoder.config;
    return kvHeads * this.capacity * headDim;
  }

  private lengthOf(slot: number): number {
    return this.lengths[slot] ?? 0;
  }

  private layer(index: number): LayerCache {
    const cache = this.caches[index];
    if (cache === undefined) throw new Error("the cache is used before reset()");
    return cache;
  }

  /** Scores beyond a sequence's own length are masked: [active, 1, 1, capacity]. */
  private mask(lengths: Int32Array): Tensor {
    const data = new Float32Array(lengths.length * this.capacity).fill(MASKED);
    lengths.forEach((length, slot) => {
      data.fill(0, slot * this.capacity, slot * this.capacity + length);
    });
    return { data, shape: [lengths.length, 1, 1, this.capacity] };
  }

  /** Makes room for one more token than the longest sequence has. */
  private reserve(): void {
    const needed = Math.ceil((Math.max(...this.lengths) + 1) / BLOCK) * BLOCK;
    if (needed <= this.capacity) return;
    const { kvHeads, headDim } = this.decoder.config;
    const [old, grown] = [this.capacity * headDim, needed * headDim];
    const rows = this.lengths.length * kvHeads;
    const grow = (buffer: Float32Array): Float32Array => {
      const larger = new Float32Array(rows * grown);
      for (let row = 0; row < rows && old > 0; row++)
        larger.set(buffer.subarray(row * old, (row + 1) * old), row * grown);
      return larger;
    };
    for (const cache of this.caches) {
      cache.k = grow(cache.k);
      cache.v = grow(cache.v);
    }
    this.capacity = needed;
  }

  /** Copies a prompt's keys or values [N, kvHeads * headDim] into a slot. */
  private write(buffer: Float32Array, rows: Tensor, slot: number): void {
    for (let n = 0; n < (rows.shape[0] ?? 0); n++) this.place(buffer, rows, n, slot, n);
  }

  /** Copies the new token's keys or values, row `slot` of [active, kvHeads * headDim], behind the slot's last. */
  private append(buffer: Float32Array, rows: Tensor, slot: number): void {
    this.place(buffer, rows, slot, slot, this.lengthOf(slot));
  }

  private place(buffer: Float32Array, rows: Tensor, row: number, slot: number, position: number): void {
    const { kvHeads, headDim } = this.decoder.config;
    for (let head = 0; head < kvHeads; head++) {
      const from = (row * kvHeads + head) * headDim;
      const to = ((slot * kvHeads + head) * this.capacity + position) * headDim;
      buffer.set(rows.data.subarray(from, from + headDim), to);
    }
  }
}
