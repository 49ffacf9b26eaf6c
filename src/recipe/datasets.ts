/** What a run has gathered, as data sets for other trainers. */
import { join } from "node:path";
import { writeFileAtomic } from "../data/folder.js";
import { readJsonl, readJsonlAll, writeJsonl } from "../data/jsonl.js";
import { Candidate, Pair, Problem, Verdict } from "../data/records.js";
import { NearmissError } from "../errors.js";
import { splitSteps } from "../verifier/index.js";
import { isPairArm, PAIR_ARMS } from "./arms.js";
import type { ArmName, PromptTemplate } from "./schema.js";

export const DATA_FORMS = ["trl", "llama-factory", "stepwise"] as const;
export type DataForm = (typeof DATA_FORMS)[number];

interface Gathered {
  /** The run folder. */
  readonly run: string;
  /** Whose pairs; the steps are the same for all. */
  readonly arm: ArmName | undefined;
  readonly prompt: PromptTemplate;
  /** A folder. */
  readonly out: string;
}

/** Writes a data set into a folder; returns how many records it has. */
export function writeDataset(form: DataForm, gathered: Gathered): Promise<number> {
  return WRITERS[form](gathered);
}

const WRITERS: Readonly<Record<DataForm, (gathered: Gathered) => Promise<number>>> = {
  /** TRL's preference format, as the run has it: prompt, chosen, rejected; and the weight. */
  trl: async ({ run, arm, out }) => writeJsonl(join(out, "pairs.jsonl"), readJsonl(pairFile(run, arm), Pair)),

  /**
   * LLaMA-Factory's ranking data in the Alpaca form. It applies the chat template itself, so it is given the user's
   * message and not the rendered prompt.
   */
  "llama-factory": async ({ run, arm, prompt, out }) => {
    const problems = await problemsOf(run);
    async function* rows() {
      for await (const { problemId, chosen, rejected } of readJsonl(pairFile(run, arm), Pair)) {
        const instruction = userMessage(prompt, problems.get(problemId)?.question ?? "");
        yield { instruction, input: "", ...system(prompt), chosen, rejected };
      }
    }
    const count = await writeJsonl(join(out, "pairs.jsonl"), rows());
    const columns = { prompt: "instruction", query: "input", chosen: "chosen", rejected: "rejected" };
    const info = {
      nearmiss: {
        file_name: "pairs.jsonl",
        ranking: true,
        columns: prompt.system === undefined ? columns : { ...columns, system: "system" },
      },
    };
    await writeFileAtomic(join(out, "dataset_info.json"), `${JSON.stringify(info, null, 2)}\n`);
    return count;
  },

  /**
   * TRL's stepwise supervision: prompt, completions, labels. A solution goes up to its first wrong step, since what
   * follows from an error is neither right nor wrong. Left out are solutions that are wrong at no known step.
   */
  stepwise: async ({ run, prompt, out }) => {
    const problems = await problemsOf(run);
    const candidates = await readJsonlAll(join(run, "candidates.jsonl"), Candidate);
    const texts = new Map(candidates.map(({ problemId, index, text }) => [`${index} ${problemId}`, text]));
    async function* rows() {
      for await (const verdict of readJsonl(join(run, "verdicts.jsonl"), Verdict)) {
        const { problemId, index, correct, firstErrorStep } = verdict;
        const text = texts.get(`${index} ${problemId}`);
        if (text === undefined || (firstErrorStep === null && correct !== true)) continue;
        const steps = splitSteps(text).map((step) => step.text);
        const completions = steps.slice(0, firstErrorStep === null ? steps.length : firstErrorStep + 1);
        if (completions.length === 0) continue;
        const labels = completions.map((_, step) => step !== firstErrorStep);
        yield { prompt: userMessage(prompt, problems.get(problemId)?.question ?? ""), completions, labels };
      }
    }
    return writeJsonl(join(out, "steps.jsonl"), rows());
  },
};

function pairFile(run: string, arm: ArmName | undefined): string {
  if (arm !== undefined && isPairArm(arm)) return join(run, `pairs-${PAIR_ARMS[arm].pairs}.jsonl`);
  throw new NearmissError("Whose pairs? Name the arm: --arm dpo-random, dpo-hard or dpo-weighted.", {
    exitCode: 2,
  });
}

async function problemsOf(run: string): Promise<Map<string, Problem>> {
  return new Map(
    (await readJsonlAll(join(run, "problems.jsonl"), Problem)).map((problem) => [problem.id, problem]),
  );
}

const userMessage = ({ user }: PromptTemplate, question: string) =>
  user.replaceAll("{question}", () => question);
const system = ({ system }: PromptTemplate) => (system === undefined ? {} : { system });
