import { Command } from "commander";
import { writeFileAtomic } from "../../data/folder.js";
import { writeJsonl } from "../../data/jsonl.js";
import { Candidate, Problem, Verdict } from "../../data/records.js";
import { MiningOptions, minePairs } from "../../mining/index.js";
import { ModelSource } from "../../recipe/model.js";
import { parseOptions } from "../../recipe/options.js";
import { PromptTemplate } from "../../recipe/schema.js";
import {
  jsonFlag,
  modelFlag,
  type PromptFlags,
  promptOf,
  seedFlag,
  setFlag,
  withExample,
  withPrompt,
} from "../flags.js";
import { printJson, readSome } from "../io.js";
import { stderrProgress } from "../progress.js";

interface Flags extends PromptFlags {
  readonly model?: string;
  readonly problems: string;
  readonly candidates: string;
  readonly verdicts: string;
  readonly out: string;
  readonly random?: string;
  readonly report?: string;
  readonly seed: number;
  readonly set: readonly string[];
  readonly json?: boolean;
}

export function mineCommand(): Command {
  const command = new Command("mine")
    .description("Mine preference pairs: a correct solution against the hardest near misses.")
    .requiredOption("--problems <file>", "problems.jsonl")
    .requiredOption("--candidates <file>", "candidates.jsonl")
    .requiredOption("--verdicts <file>", "verdicts.jsonl")
    .requiredOption("--out <file>", "pairs with hard negatives, weighted")
    .option("--random <file>", "also write as many pairs with random negatives of the same problems")
    .option("--report <file>", "also write what each gate took, as JSON")
    .addOption(modelFlag())
    .addOption(seedFlag())
    .addOption(setFlag("tauW, tauA, maxPairsPerProblem, ... as in a recipe's `mine`"))
    .addOption(jsonFlag())
    .action(mine);
  return withExample(
    withPrompt(command),
    "nearmiss mine --problems p.jsonl --candidates c.jsonl --verdicts v.jsonl --model ./model --out pairs.jsonl",
  ).addHelpText(
    "after",
    "\nWith a model, prompts are written by its chat template; without one they are the user message.",
  );
}

async function mine(flags: Flags): Promise<void> {
  const options = parseOptions(MiningOptions, flags.set, { seed: flags.seed });
  const template = parseOptions(PromptTemplate, [], promptOf(flags), "--system, --user");
  const progress = stderrProgress();
  const tokenizer =
    flags.model === undefined ? null : await new ModelSource(flags.model).openTokenizer(progress);
  const { pairs, report } = minePairs({
    problems: await readSome(flags.problems, Problem),
    candidates: await readSome(flags.candidates, Candidate),
    verdicts: await readSome(flags.verdicts, Verdict),
    prompt: ({ question }) =>
      tokenizer?.prompt(template, question) ?? template.user.replaceAll("{question}", () => question),
    options,
  });
  await writeJsonl(flags.out, pairs.hard);
  if (flags.random !== undefined) await writeJsonl(flags.random, pairs.random);
  if (flags.report !== undefined) await writeFileAtomic(flags.report, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.json) printJson({ out: flags.out, ...report });
  else progress.note(`${pairs.hard.length} pairs of ${report.problems.paired} problems in ${flags.out}`);
}
