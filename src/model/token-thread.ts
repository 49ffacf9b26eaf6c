/**
 * Tables of a tokenizer in a thread of their own. Those of 150,000 tokens are half a million objects, and training and
 * sampling make so many large arrays that garbage is collected every second: on the main thread each collection would walk
 * them all. Calls wait for their answer, some tens of microseconds more than a call here.
 */
import { createSyncFn } from "synckit";
import { NearmissError } from "../errors.js";
import type { TokenizerConfig, TokenTables } from "./token-tables.js";
import type { Answering, Question } from "./token-worker.js";

/** A thread that has died would be waited for without an end. */
const PATIENCE_MILLISECONDS = 120_000;

/** As {@link openTables}, with the same errors. */
export function openTablesApart(path: string, config: TokenizerConfig): TokenTables {
  const file = import.meta.url.endsWith(".ts") ? "./token-worker-source.mjs" : "./token-worker.js";
  const thread = createSyncFn<Answering>(new URL(file, import.meta.url), { timeout: PATIENCE_MILLISECONDS });
  const ask = (question: Question) => {
    const answer = thread(path, question);
    if (answer.mistake !== undefined) throw new NearmissError(answer.mistake);
    return answer;
  };
  ask({ ask: "open", config });
  return {
    encode: (text, special) => ask({ ask: "encode", text, special }).ids ?? [],
    decode: (ids) => ask({ ask: "decode", ids }).text ?? "",
    idOf: (token) => ask({ ask: "idOf", token }).id,
  };
}
