/**
 * `npm run bench -- pairs --model FOLDER`: the pairs that `train` and the peers work on. Prompts are GSM8K training
 * questions in the model's chat template, chosen is the published solution, rejected the same with one error carried
 * through. Only their lengths matter here.
 */
import { z } from "zod";
import { number, text } from "../src/cli/flags.js";
import { writeJsonl } from "../src/data/jsonl.js";
import { readProblems } from "../src/data/readers/index.js";
import { perturb } from "../src/mining/index.js";
import { loadTokenizer } from "../src/model/tokenizer.js";
import { random } from "../src/random.js";
import type { Bench } from "./harness.js";
import { round } from "./measure.js";
import { type BenchPair, MODEL, PAIRS } from "./model.js";

const INSTRUCTION =
  'Solve the problem step by step, one step a line, and end with the line "The answer is: X".';

const Options = z.strictObject({
  ...MODEL.options,
  ...PAIRS.options,
  data: z.string().min(1).default("../shared/data/gsm8k/train.jsonl"),
  count: z.int().min(1).default(64),
});
type Options = z.output<typeof Options>;

export const pairs: Bench<Options> = {
  name: "pairs",
  about: "Write the pairs that train, sample and the peers work on.",
  flags: [
    ...MODEL.flags,
    text("--pairs <file>", "pairs.jsonl to write"),
    text("--data <file>", "GSM8K's training problems, as published"),
    number("--count <n>", "pairs"),
  ],
  options: Options,
  async measure({ model, pairs: out, data, count }, say) {
    const tokenizer = await loadTokenizer(model);
    const problems = await readProblems({ reader: "gsm8k", path: data, shuffle: 1 });
    const pairs: BenchPair[] = [];
    for (const { id, question, solution = "" } of problems) {
      if (pairs.length === count) break;
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
    const tokensPerPair = round(tokens.reduce((a, b) => a + b, 0) / tokens.length);
    say(`${pairs.length} pairs of ${tokensPerPair} tokens on average, written to ${out}`);
    return { pairs: pairs.length, tokensPerPair };
  },
};
