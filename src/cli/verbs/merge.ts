import { z } from "zod";
import { checkLine } from "../../data/jsonl.js";
import { rawLines } from "../../data/lines.js";
import { Verdict } from "../../data/records.js";
import { withSpill } from "../../data/spill.js";
import { NearmissError } from "../../errors.js";
import { mergedVerdicts, miningParts, partLines } from "../../recipe/merge.js";
import { RowVerdict } from "../../recipe/verdict-files.js";
import { type Flag, text } from "../flags.js";
import { writeTo } from "../io.js";
import { finishPairs, PAIRING, PAIRING_FLAGS } from "../pairing.js";
import { stderrProgress } from "../progress.js";
import { STOPPED } from "../spread.js";
import { stoppable } from "../stop.js";
import { commandOf } from "../verb.js";

const PART: Flag = {
  ...text("--part <file>", "what one machine wrote with --shard; once for each, in any order"),
  type: "texts",
};

const Options = z.strictObject({ part: z.array(z.string()).min(1), ...PAIRING });

export const mergeCommand = () =>
  commandOf({
    name: "merge",
    about: "Join the shards of `verify` or `mine`: the result is that of one pass.",
    flags: [PART, ...PAIRING_FLAGS],
    options: Options,
    examples: [
      "nearmiss merge --part v1.jsonl --part v2.jsonl --out verdicts.jsonl",
      "nearmiss merge --part m1.jsonl.zst --part m2.jsonl.zst --model ./model --out pairs.jsonl",
    ],
    note: "The flags besides --part and --out are for the shards of `mine`.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { part, out } = given;
  const progress = stderrProgress();
  const first = await firstOf(part[0] ?? "");
  await stoppable(STOPPED, async () => {
    if ("row" in first) {
      const count = await writeTo(out, mergedVerdicts(part), "problemId" in first ? Verdict : RowVerdict);
      progress.note(`${count} verdicts in ${out}`);
      return;
    }
    const { head, paths } = await miningParts(part);
    await withSpill(out, (folder) =>
      finishPairs(() => partLines(paths), head.options, given, folder, progress),
    );
  });
}

/** The first record of a part, which shows its kind. */
async function firstOf(path: string): Promise<object> {
  for await (const { where, text } of rawLines(path)) {
    const value = checkLine(text, z.looseObject({}), where);
    if ("row" in value || "part" in value) return value;
    throw new NearmissError(
      `${path} is no part: its first record has neither \`row\` nor \`part\`. Give what --shard wrote.`,
    );
  }
  throw new NearmissError(`${path} is empty. Make this part again.`);
}
