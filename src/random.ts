/**
 * Seeded random streams. Every random choice in the project comes from here, so that a seed names a run.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, and it passes BigCrush. No `node:` import:
 * the verifier uses it in a browser tab.
 */

export interface Random {
  /** A float in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [low, high], both included. */
  int(low: number, high: number): number;
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T;
  /** A new list in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** A standard normal deviate (Box-Muller). */
  normal(): number;
}

/**
 * A stream for a seed and any number of labels: `random(7, "sample", problemId)` never depends on what other streams
 * have drawn, so work can be reordered or resumed without changing a single number.
 */
export function random(seed: number, ...labels: readonly (string | number)[]): Random {
  let [a, b, c, d] = hash128(JSON.stringify([seed, ...labels]));
  const next32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  // The first numbers still show the seed.
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    pick<T>(items: readonly T[]): T {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new RangeError("random.pick needs a non-empty list");
      return item;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i);
        const held = out[i] as T;
        out[i] = out[j] as T;
        out[j] = held;
      }
      return out;
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Four 32-bit words from a string (FNV-1a with four offsets, then an avalanche step each). */
function hash128(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    for (let w = 0; w < 4; w++) words[w] = Math.imul((words[w] as number) ^ code, 0x01000193 + 2 * w);
  }
  for (let w = 0; w < 4; w++) {
    let h = words[w] as number;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    words[w] = h ^ (h >>> 16);
  }
  return words;
}
