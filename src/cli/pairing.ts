/** What `mine` and `merge` have in common: the pairs that are written, and their prompts. */
import { z } from "zod";
import type { MiningOptions } from "../mining/index.js";
import { writePairs } from "../recipe/mine-files.js";
import { ModelSource } from "../recipe/model.js";
import { PromptTemplate } from "../recipe/schema.js";
import type { Progress } from "../recipe/stage.js";
import { type Flag, JSON_OUT, MODEL, PROMPT, text } from "./flags.js";
import { printJson } from "./io.js";

const file = z.string().min(1);
export const PAIRING = {
  out: file,
  random: file.optional(),
  report: file.optional(),
  model: z.string().min(1).optional(),
  prompt: PromptTemplate.prefault({}),
  json: z.boolean().default(false),
};

export const PAIRING_FLAGS: readonly Flag[] = [
  text("--out <file>", "pairs with hard negatives, weighted"),
  text("--random <file>", "also write as many pairs with random negatives of the same problems"),
  text("--report <file>", "also write what each gate took, as JSON"),
  MODEL,
  JSON_OUT,
  ...PROMPT,
];

/** Writes the pairs of prepared problems, which can be read twice, and says how many. */
export async function finishPairs(
  prepared: () => AsyncIterable<string>,
  options: MiningOptions,
  given: z.output<z.ZodObject<typeof PAIRING>>,
  folder: string,
  progress: Progress,
): Promise<void> {
  const { out, random, prompt: template, model } = given;
  const tokenizer = model === undefined ? null : await new ModelSource(model).openTokenizer(progress);
  const prompt = ({ question }: { question: string }) =>
    tokenizer?.prompt(template, question) ?? template.user.replaceAll("{question}", () => question);
  const files = { hard: out, random, report: given.report };
  const report = await writePairs(prepared, options, prompt, files, folder);
  if (given.json) printJson({ out, ...report });
  else progress.note(`${report.pairs.total} pairs of ${report.problems.paired} problems in ${out}`);
}
