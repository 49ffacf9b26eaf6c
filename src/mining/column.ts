const BLOCK = 2 ** 16;

/**
 * Numbers that come one after another, millions of them: blocks of plain memory outside of JavaScript's heap, never copied
 * as they grow. Arrays of JavaScript are copied to grow and again to be sorted, within the heap and its limit.
 */
export class Column {
  private readonly blocks: (Float64Array | Uint8Array)[] = [];
  private count = 0;

  /** @param Block Uint8Array for codes from 0 to 255, Float64Array for any number */
  constructor(private readonly Block: new (length: number) => Float64Array | Uint8Array = Float64Array) {}

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    if (this.count === this.blocks.length * BLOCK) this.blocks.push(new this.Block(BLOCK));
    const block = this.blocks[Math.floor(this.count / BLOCK)];
    if (block !== undefined) block[this.count % BLOCK] = value;
    this.count++;
  }

  /** @throws RangeError where there is no such place */
  at(place: number): number {
    const value = place < this.count ? this.blocks[Math.floor(place / BLOCK)]?.[place % BLOCK] : undefined;
    if (value === undefined) throw new RangeError(`A column of ${this.count} numbers has no place ${place}.`);
    return value;
  }

  /** A copy, from least to greatest. */
  sorted(): Float64Array {
    const all = new Float64Array(this.blocks.length * BLOCK);
    for (const [i, block] of this.blocks.entries()) all.set(block, i * BLOCK);
    return all.subarray(0, this.count).sort();
  }
}
