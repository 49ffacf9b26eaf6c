/** The part of a tokenizer that needs its tables: texts to ids and back, through the Hugging Face library. */
import { Tokenizer as Library } from "@huggingface/tokenizers";
import { z } from "zod";
import { NearmissError } from "../errors.js";
import { readJson } from "./files.js";

const specialSchema = z.union([z.string(), z.object({ content: z.string() })]).nullish();
export const TokenizerConfig = z.looseObject({
  bos_token: specialSchema,
  eos_token: specialSchema,
  pad_token: specialSchema,
  unk_token: specialSchema,
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
});
export type TokenizerConfig = z.infer<typeof TokenizerConfig>;

/** Byte-pair encoding's tables. A merge is two tokens; older files have a space between them. */
const bpeSchema = z.looseObject({
  model: z.looseObject({
    vocab: z.unknown(),
    merges: z.array(z.union([z.string().transform((merge) => merge.split(" ", 2)), z.array(z.string())])),
  }),
});

export interface TokenTables {
  /** @param special with the tokens that the tokenizer may put around a text */
  encode(text: string, special: boolean): number[];
  /** Special tokens left out; ids that are not known are skipped. */
  decode(ids: readonly number[]): string;
  idOf(token: string): number | undefined;
}

/**
 * @param path of a `tokenizer.json`
 * @throws NearmissError naming the file: missing, not JSON, or a kind of tokenizer that cannot be used
 */
export async function openTables(path: string, config: TokenizerConfig): Promise<TokenTables> {
  const library = build(await readJson(path), config, path);
  return {
    encode: (text, special) => library.encode(text, { add_special_tokens: special }).ids,
    decode(ids) {
      const known = ids.filter((id) => library.id_to_token(id) !== undefined);
      // The library refuses an empty list, and by default takes the space before a full stop away.
      if (known.length === 0) return "";
      return library.decode(known, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    },
    idOf: (token) => library.token_to_id(token),
  };
}

function build(json: unknown, config: TokenizerConfig, path: string): Library {
  if (typeof json !== "object" || json === null) throw new NearmissError(`${path}: not a JSON object.`);
  const { data: source } = bpeSchema.safeParse(json);
  try {
    return new Library(source ?? json, config);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NearmissError(`${path}: this tokenizer cannot be used: ${reason}`, { cause });
  } finally {
    // The library has made its own tables of these and reads them no more, but keeps them: half a million small objects
    // that every collection of garbage would walk.
    if (source !== undefined) {
      source.model.merges.length = 0;
      source.model.vocab = {};
    }
  }
}
