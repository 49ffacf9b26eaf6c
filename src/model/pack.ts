/** From rows (a prompt and its completions) to the flat arrays that the graphs read. Pure. */
import type { Tensor } from "../engine/index.js";
import type { Logps, Row } from "./types.js";

/** What a masked score gets added: large enough to vanish in a softmax, finite so that an all-masked row stays a number. */
const MASKED = -1e9;

export interface Packed {
  /** [N] token ids of all rows, without padding. The last token of a completion is predicted but never read. */
  readonly tokens: Int32Array;
  /** [N] each token's position in its sequence: completions of one row start at the same place. */
  readonly positions: Int32Array;
  /** `spread` [B, T], `pack` [N], `mask` [B, 1, T, T]: see `sequenceBlock`. */
  readonly feeds: { readonly spread: Tensor; readonly pack: Tensor; readonly mask: Tensor };
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
 * @throws RangeError when a prompt or a completion is empty: then nothing predicts its first token
 */
export function packRows(rows: readonly Row[]): Packed {
  rows.forEach((row, i) => {
    if (row.prompt.length === 0) throw new RangeError(`row ${i}: the prompt is empty`);
    row.completions.forEach((completion, j) => {
      if (completion.length === 0) throw new RangeError(`row ${i}: completion ${j} is empty`);
    });
  });
  const lengths = rows.map(
    (row) => row.prompt.length + row.completions.reduce((n, c) => n + c.length - 1, 0),
  );
  const total = lengths.reduce((a, b) => a + b, 0);
  const width = Math.max(...lengths);
  const tokens = new Int32Array(total);
  const positions = new Int32Array(total);
  const spread = new Int32Array(rows.length * width).fill(-1);
  const pack = new Int32Array(total);
  const mask = new Float32Array(rows.length * width * width).fill(MASKED);
  const [hidden, labels, owner]: [number[], number[], number[]] = [[], [], []];

  let n = 0;
  let completionCount = 0;
  rows.forEach((row, b) => {
    const first = n;
    /** Lets `count` tokens from place `from` of this row see the prompt and one another backwards. */
    const see = (from: number, count: number): void => {
      for (let i = from; i < from + count; i++) {
        const line = (b * width + i) * width;
        mask.fill(0, line, line + Math.min(i + 1, row.prompt.length));
        mask.fill(0, line + from, line + i + 1);
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
    for (const completion of row.completions) {
      see(n - first, completion.length - 1);
      completion.forEach((token, i) => {
        hidden.push(i === 0 ? promptEnd : n - 1);
        labels.push(token);
        owner.push(completionCount);
        if (i < completion.length - 1) put(token, row.prompt.length + i);
      });
      completionCount++;
    }
  });
  return {
    tokens,
    positions,
    feeds: {
      spread: { data: spread, shape: [rows.length, width] },
      pack: { data: pack, shape: [total] },
      mask: { data: mask, shape: [rows.length, 1, width, width] },
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
