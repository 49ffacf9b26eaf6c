/**
 * `npm run bench -- pairs --model FOLDER --out pairs.jsonl [--data FILE] [--count N]`: the pairs that `train` and the
 * peers work on. Prompts are GSM8K training questions in the model's chat template, chosen is the published solution,
 * rejected the same with one error carried through. Only their lengths matter here.
 */
import { z } from "zod";
import { writeJsonl } from "../src/data/jsonl.js";
import { readProblems } from "../src/data/readers/index.js";
import { perturb } from "../src/mining/index.js";
import { loadTokenizer } from "../src/model/tokenizer.js";
import { random } from "../src/random.js";

export const BenchPair = z.object({ prompt: z.string(), chosen: z.string(), rejected: z.string() });
export type BenchPair = z.infer<typeof BenchPair>;

export const INSTRUCTION =
  'Solve the problem step by step, one step a line, and end with the line "The answer is: X".';

export async function run(options: Readonly<Record<string, string>>): Promise<object> {
  const {
    model,
    out = "runs/bench/pairs.jsonl",
    data = "../shared/data/gsm8k/train.jsonl",
    count = "64",
  } = options;
  if (model === undefined) throw new Error("name a model folder: --model FOLDER");
  const tokenizer = await loadTokenizer(model);
  const problems = await readProblems({ reader: "gsm8k", path: data, shuffle: 1 });
  const pairs: BenchPair[] = [];
  for (const { id, question, solution = "" } of problems) {
    if (pairs.length === Number(count)) break;
    const rejected = perturb(question, solution, 1, random(1, "bench", id))[0]?.text;
    if (rejected === undefined) continue;
    const content = `${question}\n\n${INSTRUCTION}`;
    pairs.push({ prompt: tokenizer.renderPrompt([{ role: "user", content }]), chosen: solution, rejected });
  }
  const tokens = pairs.map(
    ({ prompt, chosen, rejected }) =>
      2 * tokenizer.encode(prompt).length +
      tokenizer.encode(chosen).length +
      tokenizer.encode(rejected).length +
      2,
  );
  await writeJsonl(out, pairs);
  const mean = tokens.reduce((a, b) => a + b, 0) / tokens.length;
  console.log(`${pairs.length} pairs of ${mean.toFixed(0)} tokens on average, written to ${out}`);
  return { bench: "pairs", out, pairs: pairs.length, tokensPerPair: Math.round(mean) };
}
