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
  "problemId" | "prompt" | "chosen" | "rejected" | "rejectedSource" | "weight" | "firstErrorEnd"
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

export const REJECT_UNTIL = ["end", "firstError"] as const;

export interface PairEncodeOptions extends EncodeOptions {
  /** How much of a rejected solution is encoded: all ("end"), or up to the pair's `firstErrorEnd`, where it has one. */
  readonly rejectUntil?: (typeof REJECT_UNTIL)[number];
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
  const items = pairs.map(
    ({ problemId, rejectedSource, prompt, chosen, rejected, weight, firstErrorEnd }) => {
      const cut = options.rejectUntil === "firstError" ? firstErrorEnd : undefined;
      const refused = cut === undefined ? whole(rejected, tokenizer) : beginning(rejected, cut, tokenizer);
      return {
        id: `${problemId}/${rejectedSource}`,
        prompt,
        completions: [whole(chosen, tokenizer), refused],
        weight,
      };
    },
  );
  return encode(items, tokenizer, options);
}

/** Ids of a completion with its end. */
const whole = (text: string, { encode, endId }: TextEncoder): number[] => [...encode(text), endId];

/**
 * Ids of a text's first characters, as far as they are ids of the whole text too: a token across the cut, such as a full stop
 * with its line break, is left out, since the cut text's own would be one that the model never writes there.
 */
function beginning(text: string, characters: number, { encode }: TextEncoder): number[] {
  const all = encode(text);
  const cut = encode(text.slice(0, characters));
  const same = cut.findIndex((id, i) => id !== all[i]);
  // A first token across the cut leaves nothing in common.
  return same > 0 ? cut.slice(0, same) : cut;
}

/** Tokens that a row costs: its prompt once and every completion. */
export function rowTokens(row: Row): number {
  return row.completions.reduce((sum, completion) => sum + completion.length, row.prompt.length);
}

interface Item {
  readonly id: string;
  readonly prompt: string;
  /** Ids, the end token included. */
  readonly completions: readonly (readonly number[])[];
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
