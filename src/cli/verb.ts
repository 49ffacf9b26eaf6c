/** From a verb's table of flags to a command, and from its command line to checked options. */
import { Command, Option } from "commander";
import { Document } from "yaml";
import type { z } from "zod";
import { fieldName } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import { type Mistake, mistakesOf } from "../recipe/mistakes.js";
import { applySetting } from "../recipe/settings.js";
import { defaultAt, type Shape, shapeOf } from "../recipe/shape.js";
import type { Flag } from "./flags.js";

export interface Verb<Options extends z.ZodType> {
  readonly name: string;
  /** What stands before its name on the command line. */
  readonly program?: string;
  readonly about: string;
  /** A word that stands after the verb, or several (`runs...`); they go into the options under its name. */
  readonly argument?: {
    readonly name: string;
    readonly help: string;
    /** Without any, the option's default holds. */
    readonly optional?: boolean;
  };
  readonly flags: readonly Flag[];
  /** What the flags add up to: the type of what `run` is given, its bounds and its defaults. */
  readonly options: Options;
  /** Command lines that show it at work. */
  readonly examples: readonly string[];
  readonly note?: string;
  readonly run: (options: z.output<Options>) => Promise<void>;
}

/** The command that reads a verb's flags, or throws a NearmissError (exit code 2) with all that is wrong with them. */
export function commandOf<Options extends z.ZodType>(verb: Verb<Options>): Command {
  const command = new Command(verb.name).description(verb.about);
  const { argument, flags, examples, note } = verb;
  if (argument !== undefined) {
    const { name, help, optional = false } = argument;
    command.argument(optional ? `[${name}]` : `<${name}>`, help);
  }
  const shape = shapeOf(verb.options);
  for (const flag of flags) command.addOption(optionOf(flag, shape));
  command.action(() => {
    return verb.run(optionsOf(verb, wordsOf(argument?.name, command.args), command.opts()));
  });
  command.addHelpText("after", `\nExample:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
  return note === undefined ? command : command.addHelpText("after", `\n${note}`);
}

function wordsOf(name: string | undefined, args: readonly string[]): Record<string, unknown> {
  if (name === undefined || args.length === 0) return {};
  return name.endsWith("...") ? { [name.slice(0, -3)]: args } : { [name]: args[0] };
}

function optionOf({ spelling, type, help, into, env }: Flag, shape: Shape): Option {
  const option = new Option(spelling, help);
  if (env !== undefined) option.env(env);
  if (type === "texts" || type === "settings") return option.argParser(collect).default([], "none");
  const preset = type === "switch" ? undefined : defaultAt(shape, into.split("."));
  return preset === undefined ? option : option.default(preset);
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function optionsOf<Options extends z.ZodType>(
  { name, program = "nearmiss", flags, options }: Verb<Options>,
  words: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): z.output<Options> {
  const document = new Document(words);
  const faults: string[] = [];
  // Settings last: where `--seed 1 --set seed=2` say it twice, the setting holds.
  const order = [...flags].sort((a, b) => Number(a.type === "settings") - Number(b.type === "settings"));
  for (const { spelling, type, into } of order) {
    const value = given[new Option(spelling).attributeName()];
    if (value === undefined) continue;
    const path = into.split(".");
    if (type !== "settings") document.setIn(path, type === "number" ? numberOr(value) : value);
    else if (Array.isArray(value)) {
      for (const text of value.map(String)) {
        const fault = applySetting(document, text, path);
        if (fault !== null) faults.push(`--set ${text}: ${fault}`);
      }
    }
  }
  const value: unknown = document.toJS();
  faults.push(...mistakesOf(options, value).map((mistake) => blame(mistake, flags)));
  if (faults.length === 0) return options.parse(value);
  const list = faults.map((fault) => `  ${fault}`).join("\n");
  throw new NearmissError(
    `${program} ${name} cannot run with these flags:\n${list}\n${program} ${name} --help explains them.`,
    { exitCode: 2 },
  );
}

/** A number where the text is one; any other text stays, for the options to refuse. */
function numberOr(value: unknown): unknown {
  const parsed = Number(value);
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(parsed) ? parsed : value;
}

/** A mistake in the options as one of the flag that put it there. */
function blame({ path, message }: Mistake, flags: readonly Flag[]): string {
  const place = fieldName(path);
  const own = flags.find(({ into }) => into === place);
  if (own !== undefined) return `${own.spelling.split(" ")[0]}: ${message}`;
  const block = flags.find(({ type, into }) => type === "settings" && place.startsWith(`${into}.`));
  return block === undefined
    ? `${place}: ${message}`
    : `--set ${place.slice(block.into.length + 1)}: ${message}`;
}
