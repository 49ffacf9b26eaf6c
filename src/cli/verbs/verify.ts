import { Command } from "commander";
import { z } from "zod";
import { Candidate, Problem } from "../../data/records.js";
import { judge } from "../../recipe/judge.js";
import { verify } from "../../verifier/index.js";
import { withExample } from "../flags.js";
import { readRows, readSome, writeRows } from "../io.js";
import { stderrProgress } from "../progress.js";

const Row = z
  .object({
    id: z.union([z.string(), z.number()]).optional(),
    question: z.string(),
    solution: z.string().optional(),
    steps: z.array(z.string()).optional(),
    reference: z.string().nullish(),
    referenceSolution: z.string().nullish(),
  })
  .refine(({ solution, steps }) => (solution === undefined) !== (steps === undefined), {
    message: "give the solution as a text in `solution`, or as a list in `steps`",
    path: ["solution"],
  });

export function verifyCommand(): Command {
  const command = new Command("verify")
    .description("Judge worked solutions by rule: six error scores, wrongness, absurdity, first wrong step.")
    .requiredOption(
      "--in <file>",
      "rows {id?, question, solution | steps, reference?, referenceSolution?}; - for stdin",
    )
    .option("--out <file>", "verdict rows, in the same order; - for stdout", "-")
    .option("--problems <file>", "judge candidates of these problems, as `sample` writes them, for `mine`")
    .action(async ({ in: input, out, problems }: { in: string; out: string; problems?: string }) => {
      await writeRows(out, problems === undefined ? verdicts(input) : ofCandidates(input, problems));
    });
  return withExample(
    command,
    "nearmiss verify --in solutions.jsonl --out verdicts.jsonl",
    "nearmiss verify --problems p.jsonl --in candidates.jsonl --out verdicts.jsonl",
    `echo '{"question": "Ann has 16 eggs and eats 3. How many are left?", "solution": "16 - 3 = 14", "reference": "13"}' | nearmiss verify --in -`,
  );
}

async function* verdicts(input: string): AsyncGenerator<unknown> {
  for await (const { value } of readRows(input, Row)) {
    const { id, question, solution, steps, reference, referenceSolution } = value;
    const judgement = verify({
      question,
      solution: solution ?? steps ?? "",
      reference: reference ?? null,
      referenceSolution: referenceSolution ?? null,
    });
    yield id === undefined ? judgement : { id, ...judgement };
  }
}

/** Question, reference answer and reference solution come from the problems; verdicts name problem and sample. */
async function* ofCandidates(input: string, path: string): AsyncGenerator<unknown> {
  const problems = await readSome(path, Problem);
  const candidates: Candidate[] = [];
  for await (const { value } of readRows(input, Candidate)) candidates.push(value);
  const options = { referenceSolution: true };
  yield* await judge({ problems, candidates, options, progress: stderrProgress() });
}
