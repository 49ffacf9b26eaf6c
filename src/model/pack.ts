/** From rows (a prompt and its completions) to the flat arrays that the graphs read. Pure. */
import type { Tensor } from "../engine/index.js";
import type { Logps, Row } from "./types.js";

/** What a masked score gets added: large enough to vanish in a softmax, finite so that an all-masked row stays a number. */
const MASKED = -1e9;

/**
 * Attention takes the queries of a sequence in so many parts of equal length. With 4, five eighths of the scores are computed.
 * With 8 it is nine sixteenths, in more operations, and a step was no faster (docs/LOG.md).
 */
export const CHUNKS = 4;

/** The name that a chunk's mask is fed under. */
export const maskName = (chunk: number): string => `mask${chunk}`;

export interface Packed {
  /** [N] token ids of all rows, without padding. The last token of a completion is predicted but never read. */
  readonly tokens: Int32Array;
  /** [N] each token's position in its sequence: completions of one row start at the same place. */
  readonly positions: Int32Array;
  /**
   * `spread` [B, CHUNKS, t], `pack` [N], and of each chunk of t queries the mask of what they see, the keys up to the chunk's
   * end: `mask0` [B, 1, t, t], `mask1` [B, 1, t, 2t] and so on. See `sequenceBlock`.
   */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** [L] for each predicted token: the packed row whose hidden state predicts it. */
  readonly hidden: Int32Array;
  /** [L] the token predicted. */
  readonly labels: Int32Array;
  /** [L] the completion it belongs to, counted over all rows. */
  readonly owner: Int32Array;
  /** Completions in each row. */
  readonly counts: readonly number[];
}

/**
 * Packs rows. Tokens of a completion attend to the prompt and to the completion's earlier tokens.
 *
 * @throws RangeError when a prompt or a completion is empty: then nothing predicts its first token; and when all of a
 * completion is given
 */
export function packRows(rows: readonly Row[]): Packed {
  rows.forEach((row, i) => {
    if (row.prompt.length === 0) throw new RangeError(`row ${i}: the prompt is empty`);
    row.completions.forEach((completion, j) => {
      if (completion.length === 0) throw new RangeError(`row ${i}: completion ${j} is empty`);
      const given = row.given?.[j] ?? 0;
      if (given >= completion.length) {
        throw new RangeError(`row ${i}: all ${completion.length} tokens of completion ${j} are given`);
      }
    });
  });
  const lengths = rows.map(
    (row) => row.prompt.length + row.completions.reduce((n, c) => n + c.length - 1, 0),
  );
  const total = lengths.reduce((a, b) => a + b, 0);
  const chunk = Math.ceil(Math.max(...lengths) / CHUNKS);
  const width = CHUNKS * chunk;
  const tokens = new Int32Array(total);
  const positions = new Int32Array(total);
  const spread = new Int32Array(rows.length * width).fill(-1);
  const pack = new Int32Array(total);
  const masks = Array.from({ length: CHUNKS }, (_, c) =>
    new Float32Array(rows.length * chunk * (c + 1) * chunk).fill(MASKED),
  );
  const [hidden, labels, owner]: [number[], number[], number[]] = [[], [], []];

  let n = 0;
  let completionCount = 0;
  rows.forEach((row, b) => {
    const first = n;
    /** Lets `count` tokens from place `from` of this row see the prompt and one another backwards. */
    const see = (from: number, count: number): void => {
      for (let i = from; i < from + count; i++) {
        const c = Math.floor(i / chunk);
        const line = (b * chunk + (i % chunk)) * (c + 1) * chunk;
        masks[c]?.fill(0, line, line + Math.min(i + 1, row.prompt.length));
        masks[c]?.fill(0, line + from, line + i + 1);
      }
    };
    const put = (token: number, position: number): void => {
      tokens[n] = token;
      positions[n] = position;
      spread[b * width + n - first] = n;
      pack[n] = b * width + n - first;
      n++;
    };
    see(0, row.prompt.length);
    row.prompt.forEach(put);
    const promptEnd = n - 1;
    for (const [c, completion] of row.completions.entries()) {
      const given = row.given?.[c] ?? 0;
      see(n - first, completion.length - 1);
      completion.forEach((token, i) => {
        if (i >= given) {
          hidden.push(i === 0 ? promptEnd : n - 1);
          labels.push(token);
          owner.push(completionCount);
        }
        if (i < completion.length - 1) put(token, row.prompt.length + i);
      });
      completionCount++;
    }
  });
  return {
    tokens,
    positions,
    feeds: {
      spread: { data: spread, shape: [rows.length, CHUNKS, chunk] },
      pack: { data: pack, shape: [total] },
      ...Object.fromEntries(
        masks.map((data, c) => [maskName(c), { data, shape: [rows.length, 1, chunk, (c + 1) * chunk] }]),
      ),
    },
    hidden: Int32Array.from(hidden),
    labels: Int32Array.from(labels),
    owner: Int32Array.from(owner),
    counts: rows.map((row) => row.completions.length),
  };
}

/** Sums per-token values [L] into one per completion, row by row. */
export function sumByCompletion(packed: Packed, values: Float32Array): Logps {
  const sums = new Float64Array(packed.counts.reduce((a, b) => a + b, 0));
  packed.owner.forEach((completion, i) => {
    sums[completion] = (sums[completion] ?? 0) + (values[i] ?? 0);
  });
  let start = 0;
  return packed.counts.map((count) => {
    const row = Array.from(sums.subarray(start, start + count));
    start += count;
    return row;
  });
}
