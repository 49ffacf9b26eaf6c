/**
 * The tokenizer of the `tiny` model: Qwen2's byte-level pairs (Sennrich et al. 2016; Radford et al. 2019), trained on the
 * texts that the model is trained on and written in the Hugging Face format.
 *
 * It keeps Qwen2's rules for cutting a text into pieces, since `transformers` gives them to every model of that
 * architecture, whatever its tokenizer.json says. They suit arithmetic: a digit is always a token of its own, the same
 * wherever it stands, other words carry their space in front, and what was not seen in training is spelt in bytes.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";

/** Ids 0 and 1: what pads a batch, and what ends an answer. */
const PAD = "<|endoftext|>";
const END = "<|im_end|>";
const SPECIAL = [PAD, END] as const;

const PIECES =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };

type Merge = readonly [left: string, right: string];

/**
 * Learns merges until the vocabulary is full, or no pair occurs twice.
 *
 * @param texts what the model will read and write
 * @param vocabSize tokens at the most, the two special ones and the 256 bytes included
 * @returns the content of `tokenizer.json`
 */
export function trainTokenizer(texts: Iterable<string>, vocabSize: number): TokenizerJson {
  const tokens = new Set<string>([...SPECIAL, ...byteCharacters()]);
  if (vocabSize < tokens.size)
    throw new RangeError(`a vocabulary of ${vocabSize} cannot hold the ${tokens.size} base tokens`);
  const merges: Merge[] = [];
  const words = countWords(texts, tokenizerJson(tokens, merges));
  while (tokens.size < vocabSize) {
    const merge = mostFrequentPair(words);
    if (merge === null) break;
    merges.push(merge);
    tokens.add(merge.join(""));
    for (const word of words) word.parts = applyMerge(word.parts, merge);
  }
  return tokenizerJson(tokens, merges);
}

type TokenizerJson = ReturnType<typeof tokenizerJson>;

const tokenizerJson = (tokens: ReadonlySet<string>, merges: readonly Merge[]) => ({
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: SPECIAL.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: { type: "NFC" },
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: PIECES }, behavior: "Isolated", invert: false },
      BYTE_LEVEL,
    ],
  },
  post_processor: null,
  decoder: BYTE_LEVEL,
  model: {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: "",
    end_of_word_suffix: "",
    fuse_unk: false,
    byte_fallback: false,
    vocab: Object.fromEntries([...tokens].map((token, id) => [token, id])),
    merges: merges.map((merge) => merge.join(" ")),
  },
});

/**
 * The character that byte-level tokens write for each byte: itself where Latin-1 has something to see there, otherwise
 * the next one from 256 on.
 */
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(visible ? byte : next++);
  });
}

interface Word {
  readonly count: number;
  parts: readonly string[];
}

/** The different pieces of the texts, as the tokenizer itself cuts and writes them. */
function countWords(texts: Iterable<string>, json: TokenizerJson): Word[] {
  const { pre_tokenizer: cutter }: { pre_tokenizer: { pre_tokenize(text: string): string[] } } =
    new Tokenizer(json, {});
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const piece of cutter.pre_tokenize(text.normalize("NFC")))
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return [...counts].map(([piece, count]) => ({ count, parts: [...piece] }));
}

/** Ties go to the pair that comes first in code-unit order, so that the order of the texts does not matter. */
function mostFrequentPair(words: readonly Word[]): Merge | null {
  const counts = new Map<string, { pair: Merge; count: number }>();
  for (const { parts, count } of words)
    parts.slice(1).forEach((right, i) => {
      const pair: Merge = [parts[i] ?? "", right];
      const key = JSON.stringify(pair);
      counts.set(key, { pair, count: (counts.get(key)?.count ?? 0) + count });
    });
  const [best] = [...counts].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
  return best === undefined || best[1].count < 2 ? null : best[1].pair;
}

function applyMerge(parts: readonly string[], [left, right]: Merge): readonly string[] {
  const out: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? "";
    if (part === left && parts[i + 1] === right) {
      out.push(left + right);
      i++;
    } else out.push(part);
  }
  return out;
}

/** A question is asked on one line and answered from the next. */
const CHAT_TEMPLATE = `{% for message in messages %}{% if message['role'] == 'user' %}Q: {{ message['content'] }}
{% elif message['role'] == 'assistant' %}A:
{{ message['content'] }}${END}
{% else %}{{ message['content'] }}
{% endif %}{% endfor %}{% if add_generation_prompt %}A:
{% endif %}`;

/** Longest text in tokens, prompt and answer together. */
const MAX_LENGTH = 512;

const tokenizerConfig = {
  tokenizer_class: "Qwen2Tokenizer",
  bos_token: null,
  eos_token: END,
  pad_token: PAD,
  unk_token: null,
  add_prefix_space: false,
  clean_up_tokenization_spaces: false,
  model_max_length: MAX_LENGTH,
  chat_template: CHAT_TEMPLATE,
};

const generationConfig = {
  eos_token_id: [SPECIAL.indexOf(END), SPECIAL.indexOf(PAD)],
  pad_token_id: SPECIAL.indexOf(PAD),
};

/** Qwen2's architecture with about a million parameters. */
const modelConfig = (vocabSize: number) => ({
  architectures: ["Qwen2ForCausalLM"],
  model_type: "qwen2",
  vocab_size: vocabSize,
  hidden_size: 128,
  intermediate_size: 384,
  num_hidden_layers: 5,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  hidden_act: "silu",
  max_position_embeddings: MAX_LENGTH,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  tie_word_embeddings: true,
  use_sliding_window: false,
  attention_dropout: 0,
  initializer_range: 0.02,
  bos_token_id: null,
  eos_token_id: SPECIAL.indexOf(END),
  pad_token_id: SPECIAL.indexOf(PAD),
  torch_dtype: "float32",
});

/**
 * Trains the tokenizer and writes every file of the model's folder but its weights: `tokenizer.json`,
 * `tokenizer_config.json`, `generation_config.json` and `config.json`.
 *
 * @param texts questions and solutions
 */
export async function writeTokenizerFiles(
  folder: string,
  texts: Iterable<string>,
  vocabSize = 1000,
): Promise<void> {
  const tokenizer = trainTokenizer(texts, vocabSize);
  await mkdir(folder, { recursive: true });
  const files = {
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": tokenizerConfig,
    "generation_config.json": generationConfig,
    "config.json": modelConfig(Object.keys(tokenizer.model.vocab).length),
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}
