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
> &
  Partial<Pick<Pair, "firstError">>;

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

/**
 * The whole rejected solution; up to the end of its first wrong step, without an end token; or that step alone, after the
 * right ones before it (as in Step-DPO, Lai et al., arXiv 2406.18629, but against a whole chosen solution).
 */
export const REJECTED_PARTS = ["whole", "untilError", "error"] as const;
export type RejectedPart = (typeof REJECTED_PARTS)[number];

export interface PairEncodeOptions extends EncodeOptions {
  readonly rejectedPart: RejectedPart;
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
    completions: [whole(completion, tokenizer)],
    weight: 1,
  }));
  return encode(items, tokenizer, options);
}

/**
 * DPO examples with completions [chosen, rejected], each followed by the end token, but for a rejected one that is cut
 * behind its first wrong step. The pair goes or stays as a whole. The id is "problemId/rejectedSource".
 */
export function encodePairs(
  pairs: readonly PairText[],
  tokenizer: TextEncoder,
  options: PairEncodeOptions,
): Encoded {
  const items = pairs.map(({ problemId, rejectedSource, prompt, chosen, weight, ...pair }) => ({
    id: `${problemId}/${rejectedSource}`,
    prompt,
    completions: [whole(chosen, tokenizer), rejectedSide(pair, tokenizer, options.rejectedPart)],
    weight,
  }));
  return encode(items, tokenizer, options);
}

interface Completion {
  readonly ids: readonly number[];
  /** Leading ids that are read only. */
  readonly given: number;
}

const whole = (text: string, { encode, endId }: TextEncoder): Completion => ({
  ids: [...encode(text), endId],
  given: 0,
});

function rejectedSide(
  { rejected, firstError = null }: Pick<PairText, "rejected" | "firstError">,
  tokenizer: TextEncoder,
  part: RejectedPart,
): Completion {
  if (part === "whole" || firstError === null) return whole(rejected, tokenizer);
  const all = tokenizer.encode(rejected);
  const idsTo = (end: number) => inCommon(tokenizer.encode(rejected.slice(0, end)), all);
  // At least one id, where a single token reaches across the cut.
  const ids = all.slice(0, Math.max(1, idsTo(firstError.end)));
  return { ids, given: part === "error" ? idsTo(firstError.start) : 0 };
}

/**
 * How many leading ids two lists share. Of a text and its beginning: a token across the cut, such as a full stop with its line
 * break, is not counted, since the beginning's own would be one that the model never writes there.
 */
function inCommon(a: readonly number[], b: readonly number[]): number {
  const other = a.findIndex((id, i) => id !== b[i]);
  return other < 0 ? a.length : other;
}

/** Tokens that a row costs: its prompt once and every completion. */
export function rowTokens(row: Row): number {
  return row.completions.reduce((sum, completion) => sum + completion.length, row.prompt.length);
}

/** Tokens of each completion whose log-probabilities count. */
export function predicted({ completions, given = [] }: Row): number[] {
  return completions.map((completion, i) => completion.length - (given[i] ?? 0));
}

interface Item {
  readonly id: string;
  readonly prompt: string;
  readonly completions: readonly Completion[];
  readonly weight: number;
}

function encode(
  items: readonly Item[],
  tokenizer: TextEncoder,
  { maxLength, overLong }: EncodeOptions,
): Encoded {
  const result: Encoded = { examples: [], dropped: [], truncated: [] };
  for (const { id, prompt: text, completions, weight } of items) {
    const prompt = tokenizer.encodePrompt(text);
    const room = maxLength - prompt.length;
    const fits = completions.every(({ ids }) => ids.length <= room);
    if (!fits && (overLong === "drop" || room < 1)) {
      result.dropped.push(id);
      continue;
    }
    if (!fits) result.truncated.push(id);
    // At least one id is left to predict.
    const given = completions.map(({ ids, given }) => Math.min(given, ids.length - 1, room - 1));
    const row = {
      prompt,
      completions: completions.map(({ ids }) => ids.slice(0, room)),
      ...(given.some((count) => count > 0) ? { given } : {}),
    };
    result.examples.push({ id, row, weight });
  }
  return result;
}
