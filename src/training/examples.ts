/**
 * Text to token rows. Prompt and completion are encoded each on its own, as in generation, where the prompt is encoded
 * before there is a completion: encoded together, a token could span the seam and training would see tokens that
 * sampling never produces.
 */
import type { Pair } from "../data/records.js";
import type { Row } from "../model/types.js";

export interface TextEncoder {
  /** A prompt as `SftText` and `Pair` hold it, to the very ids that sampling gives the model. */
  encodePrompt(prompt: string): number[];
  /** A completion to ids, without special tokens. */
  encode(text: string): number[];
  /** Ends every completion; sampling stops at it. */
  readonly endId: number;
}

export interface SftText {
  readonly id: string;
  readonly prompt: string;
  readonly completion: string;
}

export type PairText = Pick<
  Pair,
  "problemId" | "prompt" | "chosen" | "rejected" | "rejectedSource" | "weight"
>;

/** A training example: one completion for SFT; [chosen, rejected] for DPO. */
export interface Example {
  readonly id: string;
  readonly row: Row;
  /** Used by weighted DPO alone. */
  readonly weight: number;
}

export interface EncodeOptions {
  /** Tokens of a prompt with its longest completion, the end token included. */
  readonly maxLength: number;
  readonly overLong: "drop" | "truncate";
}

export interface Encoded {
  readonly examples: Example[];
  /** Ids of examples left out: too long, or (when truncating) with a prompt that leaves a completion no room. */
  readonly dropped: string[];
  /** Ids of examples cut at `maxLength`; what is cut off has no end token. */
  readonly truncated: string[];
}

/** SFT examples, each completion followed by the end token. */
export function encodeSft(
  texts: readonly SftText[],
  tokenizer: TextEncoder,
  options: EncodeOptions,
): Encoded {
  const items = texts.map(({ id, prompt, completion }) => ({
    id,
    prompt,
    completions: [completion],
    weight: 1,
  }));
  return encode(items, tokenizer, options);
}

/**
 * DPO examples with completions [chosen, rejected], each followed by the end token. The pair goes or stays as a whole.
 * The id is "problemId/rejectedSource".
 */
export function encodePairs(
  pairs: readonly PairText[],
  tokenizer: TextEncoder,
  options: EncodeOptions,
): Encoded {
  const items = pairs.map(({ problemId, rejectedSource, prompt, chosen, rejected, weight }) => ({
    id: `${problemId}/${rejectedSource}`,
    prompt,
    completions: [chosen, rejected],
    weight,
  }));
  return encode(items, tokenizer, options);
}

/** Tokens that a row costs: its prompt once and every completion. */
export function rowTokens(row: Row): number {
  return row.completions.reduce((sum, completion) => sum + completion.length, row.prompt.length);
}

interface Item {
  readonly id: string;
  readonly prompt: string;
  readonly completions: readonly string[];
  readonly weight: number;
}

function encode(
  items: readonly Item[],
  tokenizer: TextEncoder,
  { maxLength, overLong }: EncodeOptions,
): Encoded {
  const result: Encoded = { examples: [], dropped: [], truncated: [] };
  for (const { id, prompt: text, completions: texts, weight } of items) {
    const prompt = tokenizer.encodePrompt(text);
    const room = maxLength - prompt.length;
    const completions = texts.map((completion) => [...tokenizer.encode(completion), tokenizer.endId]);
    const fits = completions.every((completion) => completion.length <= room);
    if (!fits && (overLong === "drop" || room < 1)) {
      result.dropped.push(id);
      continue;
    }
    if (!fits) result.truncated.push(id);
    const row = { prompt, completions: completions.map((completion) => completion.slice(0, room)) };
    result.examples.push({ id, row, weight });
  }
  return result;
}
