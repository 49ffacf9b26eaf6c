/** A model folder's tokenizer, chat template and stop tokens, through the Hugging Face libraries. */
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { Tokenizer as Library } from "@huggingface/tokenizers";
import { z } from "zod";
import { check } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import { exists, readJson, readText } from "./files.js";

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Tokenizer {
  /** Token ids of a text, without the special tokens that the tokenizer may put around one. */
  encode(text: string): number[];
  /** The text of token ids, special tokens left out; ids the tokenizer does not know are skipped. */
  decode(ids: readonly number[]): string;
  /**
   * The text that asks the model for the next assistant message: the model's chat template with its generation prompt.
   * A model without one (a base model) gets the messages' contents, a blank line between two, and a final newline.
   */
  renderPrompt(messages: readonly Message[]): string;
  /** Token ids of {@link renderPrompt}; a beginning-of-text token is put first where the tokenizer asks for one. */
  encodePrompt(messages: readonly Message[]): number[];
  /** The beginning-of-text token where the tokenizer itself puts it before every text; "" where it puts none. */
  readonly textStart: string;
  /** Ends every completion that a model is trained on. One of `stopIds`. */
  readonly endId: number;
  /** A sample is finished at any of these. */
  readonly stopIds: readonly number[];
}

const specialSchema = z.union([z.string(), z.object({ content: z.string() })]).nullish();
const idsSchema = z.object({ eos_token_id: z.union([z.int(), z.array(z.int())]).nullish() });
const tokenizerConfigSchema = z.looseObject({
  bos_token: specialSchema,
  eos_token: specialSchema,
  pad_token: specialSchema,
  unk_token: specialSchema,
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
});
type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>;
/** Byte-pair encoding's tables. A merge is two tokens; older files have a space between them. */
const bpeSchema = z.looseObject({
  model: z.looseObject({
    vocab: z.unknown(),
    merges: z.array(z.union([z.string().transform((merge) => merge.split(" ", 2)), z.array(z.string())])),
  }),
});

/**
 * Loads `tokenizer.json` and, where they are there, `tokenizer_config.json`, `chat_template.jinja` (which goes before
 * the configuration's `chat_template`), `generation_config.json` and `config.json` (for the stop tokens).
 * @throws NearmissError naming the file: missing, not JSON, a kind of tokenizer that cannot be used, a template that
 * cannot be read, or no end-of-text token anywhere.
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = join(folder, "tokenizer.json");
  const configPath = join(folder, "tokenizer_config.json");
  const config = check((await optionalJson(configPath)) ?? {}, tokenizerConfigSchema, configPath);
  const library = build(await readJson(path), config, path);
  const template = await loadTemplate(folder, config);
  const { endId, stopIds } = await findStops(folder, config, library);

  const encode = (text: string, special: boolean): number[] =>
    library.encode(text, { add_special_tokens: special }).ids;
  const renderPrompt = (messages: readonly Message[]): string =>
    template === null
      ? `${messages.map(({ content }) => content).join("\n\n")}\n`
      : template.render({
          messages,
          ...specialTokens(config),
          tools: null,
          documents: null,
          add_generation_prompt: true,
        });
  const { bos_token = "" } = specialTokens(config);
  const [first] = encode("", true);
  return {
    endId,
    stopIds,
    textStart: first !== undefined && first === library.token_to_id(bos_token) ? bos_token : "",
    encode: (text) => encode(text, false),
    decode(ids) {
      const known = ids.filter((id) => library.id_to_token(id) !== undefined);
      // The library refuses an empty list, and by default takes the space before a full stop away.
      if (known.length === 0) return "";
      return library.decode(known, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    },
    renderPrompt,
    // A chat template writes the beginning-of-text token itself.
    encodePrompt: (messages) => encode(renderPrompt(messages), template === null),
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

/** Named special tokens as a chat template sees them. */
function specialTokens(config: TokenizerConfig): Record<string, string> {
  const named: Record<string, string> = {};
  for (const key of ["bos_token", "eos_token", "pad_token", "unk_token"] as const) {
    const token = config[key];
    if (token != null) named[key] = typeof token === "string" ? token : token.content;
  }
  return named;
}

interface ChatTemplate {
  render(values: Record<string, unknown>): string;
}

async function loadTemplate(folder: string, config: TokenizerConfig): Promise<ChatTemplate | null> {
  const path = join(folder, "chat_template.jinja");
  const inConfig = config.chat_template;
  const named = Array.isArray(inConfig)
    ? inConfig.find(({ name }) => name === "default")?.template
    : inConfig;
  const source = (await exists(path)) ? await readText(path) : named;
  if (source == null) return null;
  const failed = (cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new NearmissError(`${folder}: the model's chat template failed: ${reason}`, { cause });
  };
  try {
    const template = new Template(source);
    return {
      render(values) {
        try {
          return template.render(values);
        } catch (cause) {
          throw failed(cause);
        }
      },
    };
  } catch (cause) {
    throw failed(cause);
  }
}

/** Stop ids of generation_config.json, config.json and the tokenizer together; a sample ends at whichever comes first. */
async function findStops(
  folder: string,
  config: TokenizerConfig,
  library: Library,
): Promise<Pick<Tokenizer, "endId" | "stopIds">> {
  const { eos_token } = specialTokens(config);
  const own = eos_token === undefined ? undefined : library.token_to_id(eos_token);
  const stops = own === undefined ? [] : [own];
  for (const name of ["generation_config.json", "config.json"]) {
    const path = join(folder, name);
    const { eos_token_id } = check((await optionalJson(path)) ?? {}, idsSchema, path);
    stops.push(...[eos_token_id ?? []].flat());
  }
  const endId = stops[0];
  if (endId === undefined) {
    throw new NearmissError(
      `${folder}: the model names no end-of-text token, so it could not stop. Set "eos_token" in tokenizer_config.json ` +
        'or "eos_token_id" in generation_config.json.',
    );
  }
  return { endId, stopIds: [...new Set(stops)] };
}

async function optionalJson(path: string): Promise<unknown> {
  return (await exists(path)) ? readJson(path) : null;
}
