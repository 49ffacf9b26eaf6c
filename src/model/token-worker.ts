/** A thread that holds the tables of tokenizers for `token-thread.ts`. */
import { runAsWorker } from "synckit";
import { NearmissError } from "../errors.js";
import { openTables, type TokenizerConfig, type TokenTables } from "./token-tables.js";

export type Question =
  | { readonly ask: "open"; readonly config: TokenizerConfig }
  | { readonly ask: "encode"; readonly text: string; readonly special: boolean }
  | { readonly ask: "decode"; readonly ids: readonly number[] }
  | { readonly ask: "idOf"; readonly token: string };

/** The field that the question asks for, or a NearmissError's message: errors lose their class on the way. */
export interface Answer {
  readonly mistake?: string;
  readonly ids?: number[];
  readonly text?: string;
  readonly id?: number | undefined;
}

/** By the path of their file. */
const opened = new Map<string, TokenTables>();

async function answer(path: string, question: Question): Promise<Answer> {
  if (question.ask === "open") {
    opened.set(path, await openTables(path, question.config));
    return {};
  }
  const tables = opened.get(path);
  if (tables === undefined) throw new Error(`${path} is not open`);
  switch (question.ask) {
    case "encode":
      return { ids: tables.encode(question.text, question.special) };
    case "decode":
      return { text: tables.decode(question.ids) };
    case "idOf":
      return { id: tables.idOf(question.token) };
  }
}

async function answering(path: string, question: Question): Promise<Answer> {
  try {
    return await answer(path, question);
  } catch (error) {
    if (error instanceof NearmissError) return { mistake: error.message };
    throw error;
  }
}
export type Answering = typeof answering;

runAsWorker(answering);
