import { z } from "zod";
import { Verdict } from "../../data/records.js";
import { withSpill } from "../../data/spill.js";
import { candidateVerdicts, PLACED, RowVerdict, rowVerdicts } from "../../recipe/verdict-files.js";
import { SPREAD, text } from "../flags.js";
import { writeTo } from "../io.js";
import { stderrProgress } from "../progress.js";
import { SPREADING, STOPPED, shardFrom, spillBeside, watched } from "../spread.js";
import { stoppable } from "../stop.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  in: z.string().min(1),
  out: z.string().min(1).default("-"),
  problems: z.string().min(1).optional(),
  ...SPREADING,
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
      ...SPREAD,
    ],
    options: Options,
    examples: [
      "nearmiss verify --in solutions.jsonl --out verdicts.jsonl",
      "nearmiss verify --problems p.jsonl --in candidates.jsonl --out verdicts.jsonl",
      `echo '{"question": "Ann has 16 eggs and eats 3. How many are left?", "solution": "16 - 3 = 14", "reference": "13"}' | nearmiss verify --in -`,
    ],
    note: "Files are JSONL, plain or in .gz or .zst, or Parquet; what is written is as its name ends.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { in: input, out, problems, workers } = given;
  const shard = shardFrom(given.shard);
  const placed = shard === null ? {} : PLACED;
  const progress = stderrProgress();
  await stoppable(STOPPED, async (signal) => {
    const { watch, counted } = watched(progress, "verifying", input);
    const job = { input, shard, workers, signal, watch };
    if (problems === undefined) {
      await writeTo(out, counted(rowVerdicts(job)), RowVerdict.extend(placed));
      return;
    }
    await withSpill(spillBeside(out), async (folder) => {
      const lines = candidateVerdicts(job, problems, { referenceSolution: true }, folder);
      await writeTo(out, counted(lines), Verdict.extend(placed));
    });
  });
}
