/**
 * `npm run bench -- faults --runs runs/gsm8k-1,runs/gsm8k-2`: in how many answers to the test problems, right or wrong, the
 * verifier finds a fault of each dimension, and whether two arms differ in that. Accuracy does not tell: a model that
 * reckons better may err elsewhere. Arithmetic, algebra and form are judged in every answer; logic and grounding are held
 * against wrong ones alone, so they go with accuracy. Runs are pooled as `nearmiss report` does: a problem's answers of all
 * seeds are kept together, and two arms are compared over the runs that have both.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import Table from "cli-table3";
import { z } from "zod";
import { text } from "../src/cli/flags.js";
import { readJsonlAll } from "../src/data/jsonl.js";
import { DIMENSIONS, type Dimension, Verdict } from "../src/data/records.js";
import { NearmissError } from "../src/errors.js";
import { holm } from "../src/evaluation/index.js";
import { signFlipExact } from "../src/evaluation/sign-flip.js";
import { ArmName } from "../src/recipe/schema.js";
import type { Bench } from "./harness.js";

const Options = z.strictObject({
  runs: z
    .string()
    .transform((list) => list.split(","))
    .pipe(z.array(z.string().trim().min(1)).min(1)),
});
type Options = z.output<typeof Options>;

/** An arm's verdicts in one run by problem. */
type Answers = ReadonlyMap<string, Verdict>;
/** The arms of one run by name. */
type Run = ReadonlyMap<ArmName, Answers>;

/** `answer` is left out: a fault there is a wrong answer, which accuracy tells. */
const FAULTS = DIMENSIONS.filter((dimension) => dimension !== "answer");

export const faults: Bench<Options> = {
  name: "faults",
  about: "Which faults the arms of runs make, and whether two arms differ in them.",
  flags: [text("--runs <folders>", "finished run folders, separated by commas")],
  options: Options,
  async measure({ runs: folders }, say) {
    const runs = await Promise.all(folders.map(readRun));
    const arms = ArmName.options
      .filter((name) => having(runs, name).length > 0)
      .map((name) => ({
        name,
        answers: having(runs, name).reduce((sum, run) => sum + (run.get(name)?.size ?? 0), 0),
        faults: Object.fromEntries(FAULTS.map((dimension) => [dimension, count(runs, name, dimension)])),
      }));
    const compared = arms.flatMap((b, i) =>
      arms.slice(i + 1).flatMap((a) =>
        FAULTS.map((dimension) => ({
          a: a.name,
          b: b.name,
          dimension,
          ...compare(runs, a.name, b.name, dimension),
        })),
      ),
    );
    const adjusted = holm(compared.map(({ p }) => p));
    const comparisons = compared.map((one, i) => ({ ...one, pHolm: adjusted[i] ?? 1 }));

    const counts = new Table({ head: ["arm", "answers", ...FAULTS], style: { head: [], border: [] } });
    for (const arm of arms) counts.push([arm.name, arm.answers, ...FAULTS.map((d) => arm.faults[d] ?? 0)]);
    say(counts.toString());
    const head = ["", "fault", "only the first", "only the second", "p", "Holm"];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const { a, b, dimension, onlyA, onlyB, p, pHolm } of comparisons)
      table.push([`${a} - ${b}`, dimension, onlyA, onlyB, p.toFixed(4), pHolm.toFixed(3)]);
    say(table.toString());
    return { runs: folders.map((folder) => basename(folder)), arms, comparisons };
  },
};

async function readRun(folder: string): Promise<Run> {
  const fileOf = (arm: ArmName): string => join(folder, "predictions", `${arm}-verdicts.jsonl`);
  const arms = ArmName.options.filter((arm) => existsSync(fileOf(arm)));
  if (arms.length === 0) {
    throw new NearmissError(
      `${folder} holds no verdicts of an arm (such as ${fileOf("sft")}). Let \`nearmiss run\` finish it, or name another folder.`,
    );
  }
  return new Map(
    await Promise.all(
      arms.map(async (arm): Promise<[ArmName, Answers]> => {
        const verdicts = await readJsonlAll(fileOf(arm), Verdict);
        return [arm, new Map(verdicts.map((verdict) => [verdict.problemId, verdict]))];
      }),
    ),
  );
}

const having = (runs: readonly Run[], ...names: readonly ArmName[]): Run[] =>
  runs.filter((run) => names.every((name) => run.has(name)));

const faulty = (verdict: Verdict | undefined, dimension: Dimension): number =>
  verdict?.findings.some((finding) => finding.dimension === dimension) === true ? 1 : 0;

function count(runs: readonly Run[], name: ArmName, dimension: Dimension): number {
  return runs
    .flatMap((run) => [...(run.get(name)?.values() ?? [])])
    .reduce((sum, verdict) => sum + faulty(verdict, dimension), 0);
}

/** How many answers have the fault in the one arm alone, and the exact sign-flip test by problem. */
function compare(runs: readonly Run[], a: ArmName, b: ArmName, dimension: Dimension) {
  let [onlyA, onlyB] = [0, 0];
  const byProblem = new Map<string, number>();
  for (const run of having(runs, a, b)) {
    for (const [id, verdict] of run.get(a) ?? []) {
      const difference = faulty(verdict, dimension) - faulty(run.get(b)?.get(id), dimension);
      if (difference > 0) onlyA++;
      if (difference < 0) onlyB++;
      byProblem.set(id, (byProblem.get(id) ?? 0) + difference);
    }
  }
  return { onlyA, onlyB, p: signFlipExact([...byProblem.values()]) };
}
