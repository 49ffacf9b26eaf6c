import { Command } from "commander";
import { z } from "zod";
import { verify } from "../../verifier/index.js";
import { withExample } from "../flags.js";
import { readRows, writeRows } from "../io.js";

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
    .action(async ({ in: input, out }: { in: string; out: string }) => {
      await writeRows(out, verdicts(input));
    });
  return withExample(
    command,
    "nearmiss verify --in solutions.jsonl --out verdicts.jsonl",
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
