/** A model folder's tokenizer, chat template and stop tokens, through the Hugging Face libraries. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { z } from "zod";
import { check } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import { exists, readJson, readText } from "./files.js";
import { openTables, TokenizerConfig, type TokenTables } from "./token-tables.js";
import { openTablesApart } from "./token-thread.js";

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

const idsSchema = z.object({ eos_token_id: z.union([z.int(), z.array(z.int())]).nullish() });
/** A larger `tokenizer.json` has its tables in a thread of their own. */
const LARGE_BYTES = 2 ** 20;

/**
 * Loads `tokenizer.json` and, where they are there, `tokenizer_config.json`, `chat_template.jinja` (which goes before
 * the configuration's `chat_template`), `generation_config.json` and `config.json` (for the stop tokens).
 * @throws NearmissError naming the file: missing, not JSON, a kind of tokenizer that cannot be used, a template that
 * cannot be read, or no end-of-text token anywhere.
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = join(folder, "tokenizer.json");
  const configPath = join(folder, "tokenizer_config.json");
  const config = check((await optionalJson(configPath)) ?? {}, TokenizerConfig, configPath);
  const large = (await exists(path)) && (await stat(path)).size > LARGE_BYTES;
  const { encode, decode, idOf } = large ? openTablesApart(path, config) : await openTables(path, config);
  const template = await loadTemplate(folder, config);
  const { endId, stopIds } = await findStops(folder, config, idOf);

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
    textStart: first !== undefined && first === idOf(bos_token) ? bos_token : "",
    encode: (text) => encode(text, false),
    decode,
    renderPrompt,
    // A chat template writes the beginning-of-text token itself.
    encodePrompt: (messages) => encode(renderPrompt(messages), template === null),
  };
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
  idOf: TokenTables["idOf"],
): Promise<Pick<Tokenizer, "endId" | "stopIds">> {
  const { eos_token } = specialTokens(config);
  const own = eos_token === undefined ? undefined : idOf(eos_token);
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
