/** The rows of a verb's table of flags, and those that several verbs share, spelt and explained alike. */

export interface Flag {
  /** As the help shows it: `--problems <file>`; a switch has no `<value>`. */
  readonly spelling: string;
  /** What becomes of its text; `settings` are KEY=VALUE texts that are set in the block at `into`. */
  readonly type: "text" | "texts" | "number" | "switch" | "settings";
  readonly help: string;
  /** Where its value goes in the verb's options, such as `lora.rank`; bounds and defaults stand there. */
  readonly into: string;
  /** The environment variable that stands in for it. */
  readonly env?: string;
}

export const text = (spelling: string, help: string, into = nameOf(spelling)): Flag => ({
  spelling,
  type: "text",
  help,
  into,
});

export const number = (spelling: string, help: string, into = nameOf(spelling)): Flag => ({
  spelling,
  type: "number",
  help,
  into,
});

export const toggle = (spelling: string, help: string, into = nameOf(spelling)): Flag => ({
  spelling,
  type: "switch",
  help,
  into,
});

/** `--set`: any value of a block of options. */
export const settings = (help: string, into: string): Flag => ({
  spelling: "--set <key=value>",
  type: "settings",
  help: `${help}; may be repeated`,
  into,
});

export const MODEL: Flag = {
  ...text("--model <name>", "model folder, Hub name (OWNER/NAME), or tiny"),
  env: "NEARMISS_MODEL",
};

export const PRECISION = text(
  "--precision <bits>",
  "int8: frozen weights in 8 bits, faster and smaller, not quite the same model",
);

/** Where one machine's work is spread over threads and machines. */
export const SPREAD: readonly Flag[] = [
  number("--workers <number>", "threads"),
  text("--shard <part>", "only a share of the work, such as 2/8, for `nearmiss merge`"),
];
export const DEVICE = text(
  "--device <name>",
  "auto, cpu, webgpu or cuda; auto: where products are fastest, as measured here once",
);

export const JSON_OUT = toggle("--json", "print the result as one JSON object on standard output");

export const seed = (into: string): Flag => number("--seed <number>", "seed of the random streams", into);

/** The messages that a question becomes. */
export const PROMPT: readonly Flag[] = [
  text("--system <text>", "system message (default: the model's own)", "prompt.system"),
  text("--user <text>", "user message, with {question} in it", "prompt.user"),
];

/** A person's word on pairs and labels, as the studio keeps it. */
export const REVIEW = text(
  "--review <file>",
  "leave out pairs rejected and labels flagged there (default: review.jsonl beside the input, if any)",
);

/** The shape of a fresh adapter. */
export const LORA: readonly Flag[] = [
  number("--rank <number>", "rank of a fresh adapter", "lora.rank"),
  number("--alpha <number>", "its scale is alpha / rank", "lora.alpha"),
];

/** `--max-tokens <number>` as `maxTokens`. */
function nameOf(spelling: string): string {
  const [long = ""] = spelling.replace(/^--/, "").split(" ");
  return long.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
