/** The model card of an arm merged into its base model: what it is, what it was made from, and under what licence. */
import { frontMatter } from "./card.js";
import type { Report } from "./schema.js";
import { withInterval } from "./words.js";

export interface MergedCard {
  /** The base model's Hub name, or the name of its folder. */
  readonly base: string;
  /** As the base model's own card names it. */
  readonly licence: string | null;
  readonly arm: string;
  readonly lora: { readonly rank: number; readonly alpha: number };
  /** Nearmiss's version. */
  readonly version: string;
  /** Null for an adapter that was trained without a recipe. */
  readonly recipe: { readonly name: string; readonly seed: number } | null;
  /** The arms as they were measured; null before the run is done. */
  readonly arms: Report["arms"] | null;
}

/** How each arm was trained, to stand behind "trained by". */
const TRAININGS: Readonly<Record<string, string>> = {
  sft: "supervised fine-tuning on worked solutions",
  "sft-chosen":
    "supervised fine-tuning (once more, where the recipe has SFT) on the chosen solutions of preference pairs, without the rejected ones",
  "dpo-random":
    "DPO (after SFT, where the recipe has it) on pairs whose rejected side is a random wrong solution",
  "dpo-hard": "DPO (after SFT, where the recipe has it) on pairs whose rejected side is a near miss",
  "dpo-weighted":
    "DPO (after SFT, where the recipe has it) on pairs whose rejected side is a near miss, each weighted by its verdict",
};

/** Markdown with the front matter that model hubs read. */
export function renderMergedCard({ base, licence, arm, lora, version, recipe, arms }: MergedCard): string {
  const title = recipe === null ? `${base}, ${arm}` : `${recipe.name}, ${arm}`;
  const training = TRAININGS[arm] ?? `the training "${arm}"`;
  const by = recipe === null ? "" : ` with the recipe "${recipe.name}" (seed ${recipe.seed})`;
  const measured = (arms ?? []).filter(({ name }) => name === arm || name === "base");
  return `${[
    ...frontMatter(base, {
      license: licence,
      library_name: "transformers",
      pipeline_tag: "text-generation",
      tags: "[mathematics, nearmiss]",
    }),
    "",
    `# ${title}`,
    "",
    `${base}, trained by ${training}. Made with Nearmiss ${version}${by}.`,
    "",
    `A LoRA adapter of rank ${lora.rank} and alpha ${lora.alpha} on every linear layer was trained and added to the`,
    "weights, which are in float32. Tokenizer, chat template and generation settings are the base model's.",
    "",
    ...(measured.length === 0 ? [] : ["## Outcome", ""]),
    ...measured.map(
      (one) => `- ${one.name}: ${withInterval(one)} right, ${one.correct} of ${one.total} test problems`,
    ),
    ...(measured.length === 0 ? [] : [""]),
    "## Licence",
    "",
    licence === null
      ? `These weights are derived from ${base}, whose licence holds for them too. Its folder names none: look where the base model came from before you pass them on.`
      : `These weights are derived from ${base}, whose licence (${licence}) holds for them too.`,
    "",
    "## Limits",
    "",
    "Trained and measured on the mathematics problems of one recipe; other problems, languages and prompts were not",
    "looked at.",
  ].join("\n")}\n`;
}
