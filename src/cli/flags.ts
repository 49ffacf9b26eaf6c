/** Flags that several verbs share, so that they are spelt and explained alike. */
import { type Command, InvalidArgumentError, Option } from "commander";

/** `--model`, or NEARMISS_MODEL. */
export const modelFlag = () =>
  new Option("--model <name>", "model folder, Hub name (OWNER/NAME), or tiny").env("NEARMISS_MODEL");

export const setFlag = (what: string) =>
  new Option("--set <key=value>", `${what}; may be repeated`).argParser(collect).default([], "none");

export const jsonFlag = () => new Option("--json", "print the result as one JSON object on standard output");

export const seedFlag = () =>
  new Option("--seed <number>", "seed of the random streams").argParser(wholeNumber).default(0);

export interface PromptFlags {
  readonly system?: string;
  readonly user: string;
}

/** `--system` and `--user`: the messages that a question becomes. */
export function withPrompt(command: Command): Command {
  return command
    .option("--system <text>", "system message (default: the model's own)")
    .option("--user <text>", "user message, with {question} in it", "{question}");
}

/** The prompt template that the flags spell. */
export function promptOf({ system, user }: PromptFlags) {
  return system === undefined ? { user } : { system, user };
}

/** `--rank` and `--alpha` of a fresh adapter. */
export function loraFlags(command: Command): Command {
  return command
    .option("--rank <number>", "rank of a fresh adapter", wholeNumber, 16)
    .option("--alpha <number>", "its scale is alpha / rank", anyNumber, 32);
}

/** Adds the lines that show a verb at work. */
export function withExample(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText("after", `\nExample:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
}

/** A whole number of at least 0; anything else is bad usage. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError("Expected a whole number of at least 0.");
  }
  return value;
}

function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("Expected a number.");
  return value;
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
