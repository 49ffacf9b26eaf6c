import { join } from "node:path";
import { z } from "zod";
import { writeLines } from "../../data/jsonl.js";
import { rawLines } from "../../data/lines.js";
import { withSpill } from "../../data/spill.js";
import { MiningOptions } from "../../mining/index.js";
import { type PartHead, preparedLines } from "../../recipe/mine-files.js";
import { REVIEW, SPREAD, seed, settings, text } from "../flags.js";
import { reviewsOf } from "../io.js";
import { finishPairs, PAIRING, PAIRING_FLAGS } from "../pairing.js";
import { stderrProgress } from "../progress.js";
import { SPREADING, STOPPED, shardFrom, watched } from "../spread.js";
import { stoppable } from "../stop.js";
import { commandOf } from "../verb.js";

const file = z.string().min(1);
const Options = z.strictObject({
  problems: file,
  candidates: file,
  verdicts: file,
  review: file.optional(),
  ...PAIRING,
  mine: MiningOptions.prefault({}),
  ...SPREADING,
});

export const mineCommand = () =>
  commandOf({
    name: "mine",
    about: "Mine preference pairs: a correct solution against the hardest near misses.",
    flags: [
      text("--problems <file>", "problems.jsonl"),
      text("--candidates <file>", "candidates.jsonl"),
      text("--verdicts <file>", "verdicts.jsonl"),
      REVIEW,
      ...PAIRING_FLAGS,
      seed("mine.seed"),
      settings("tauW, tauA, maxPairsPerProblem, ... as in a recipe's `mine`", "mine"),
      ...SPREAD,
    ],
    options: Options,
    examples: [
      "nearmiss mine --problems p.jsonl --candidates c.jsonl --verdicts v.jsonl --model ./model --out pairs.jsonl",
    ],
    note: "With a model, prompts are written by its chat template; without one they are the user message.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { problems, candidates, verdicts, out, workers, mine: options } = given;
  const files = { problems, candidates, verdicts };
  const shard = shardFrom(given.shard);
  const progress = stderrProgress();
  await stoppable(STOPPED, (signal) =>
    withSpill(out, async (folder) => {
      const { watch, counted } = watched(progress, "mining", problems);
      const reviews = await reviewsOf(given.review, candidates);
      const lines = () =>
        counted(preparedLines({ files, options, reviews, shard, workers, signal, folder, watch }));
      if (shard === null) await finishPairs(await kept(lines(), folder), options, given, folder, progress);
      else {
        const head: PartHead = { ...shard, options };
        const count = await writeLines(out, headed(head, lines()));
        progress.note(
          `part ${shard.part} of ${shard.of}, ${count - 1} problems, in ${out}; \`nearmiss merge\` joins them`,
        );
      }
    }),
  );
}

/** Prepared problems on disk, so that they can be read twice. */
async function kept(lines: AsyncIterable<string>, folder: string): Promise<() => AsyncIterable<string>> {
  const file = join(folder, "prepared.jsonl");
  await writeLines(file, lines);
  return async function* () {
    for await (const { text } of rawLines(file)) yield text;
  };
}

async function* headed(head: PartHead, lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield JSON.stringify(head);
  yield* lines;
}
