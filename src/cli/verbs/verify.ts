import { z } from "zod";
import { Candidate } from "../../data/records.js";
import { judge } from "../../recipe/judge.js";
import { verify } from "../../verifier/index.js";
import { text } from "../flags.js";
import { readProblemFile, readRows, writeRows } from "../io.js";
import { stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

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

const Options = z.strictObject({
  in: z.string().min(1),
  out: z.string().min(1).default("-"),
  problems: z.string().min(1).optional(),
});

export const verifyCommand = () =>
  commandOf({
    name: "verify",
    about: "Judge worked solutions by rule: six error scores, wrongness, absurdity, first wrong step.",
    flags: [
      text(
        "--in <file>",
        "rows {id?, question, solution | steps, reference?, referenceSolution?}; - for stdin",
      ),
      text("--out <file>", "verdict rows, in the same order; - for stdout"),
      text("--problems <file>", "judge candidates of these problems, as `sample` writes them, for `mine`"),
    ],
    options: Options,
    examples: [
      "nearmiss verify --in solutions.jsonl --out verdicts.jsonl",
      "nearmiss verify --problems p.jsonl --in candidates.jsonl --out verdicts.jsonl",
      `echo '{"question": "Ann has 16 eggs and eats 3. How many are left?", "solution": "16 - 3 = 14", "reference": "13"}' | nearmiss verify --in -`,
    ],
    async run({ in: input, out, problems }) {
      await writeRows(out, problems === undefined ? verdicts(input) : ofCandidates(input, problems));
    },
  });

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
  const problems = await readProblemFile(path);
  const candidates: Candidate[] = [];
  for await (const { value } of readRows(input, Candidate)) candidates.push(value);
  const options = { referenceSolution: true };
  const names = { problems: path, candidates: input };
  yield* await judge({ problems, candidates, names, options, progress: stderrProgress() });
}
