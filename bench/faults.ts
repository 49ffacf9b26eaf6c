/**
 * `npm run bench -- faults --runs runs/gsm8k-1,runs/gsm8k-2`: in how many answers to the test problems, right or wrong, the
 * verifier finds a fault of each dimension, and whether arms differ in that. Accuracy does not tell: a model that reckons
 * better may err elsewhere. Arithmetic, algebra and form are judged in every answer; logic and grounding are held against
 * wrong ones alone, so they go with accuracy. Runs are pooled, and arms compared, as `nearmiss report` does.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import Table from "cli-table3";
import { z } from "zod";
import { text } from "../src/cli/flags.js";
import { readJsonlAll } from "../src/data/jsonl.js";
import { DIMENSIONS, type Dimension, Verdict } from "../src/data/records.js";
import { NearmissError } from "../src/errors.js";
import { holm, poolRuns } from "../src/evaluation/index.js";
import { ArmName } from "../src/recipe/schema.js";
import type { Bench } from "./harness.js";
import { round } from "./measure.js";

const Options = z.strictObject({
  runs: z
    .string()
    .transform((list) => list.split(","))
    .pipe(z.array(z.string().trim().min(1)).min(1)),
});
type Options = z.output<typeof Options>;

interface Run {
  readonly problems: readonly string[];
  readonly arms: readonly { readonly name: ArmName; readonly verdicts: readonly Verdict[] }[];
}

/** `answer` is left out: a fault there is a wrong answer, which accuracy tells. */
const FAULTS = DIMENSIONS.filter((dimension) => dimension !== "answer");

export const faults: Bench<Options> = {
  name: "faults",
  about: "Which faults the arms of runs make, and whether arms differ in them.",
  flags: [
    text("--runs <folders>", "finished run folders of one recipe with a seed for each, separated by commas"),
  ],
  options: Options,
  async measure({ runs: folders }, say) {
    const runs = await Promise.all(folders.map(readRun));
    const pooled = FAULTS.map((dimension) => ({ dimension, ...poolFaults(runs, dimension) }));
    const arms = (pooled[0]?.arms ?? []).map(({ name, total }, i) => ({
      name,
      answers: total,
      faults: Object.fromEntries(pooled.map(({ dimension, arms }) => [dimension, arms[i]?.correct ?? 0])),
    }));
    const compared = pooled.flatMap(({ dimension, comparisons }) =>
      comparisons.map(({ a, b, all }) => ({
        a,
        b,
        dimension,
        difference: all.difference,
        ci95: all.ci95,
        onlyA: all.wrongToRight,
        onlyB: all.rightToWrong,
        p: all.pByProblem,
      })),
    );
    // Over all dimensions at once: poolRuns knows of one.
    const adjusted = holm(compared.map(({ p }) => p));
    const comparisons = compared.map((one, i) => ({ ...one, pHolm: adjusted[i] ?? 1 }));

    const counts = new Table({ head: ["arm", "answers", ...FAULTS], style: { head: [], border: [] } });
    for (const { name, answers, faults } of arms) counts.push([name, answers, ...Object.values(faults)]);
    say(counts.toString());
    const head = ["fault", "", "points [95 %]", "only the first", "only the second", "p", "Holm p"];
    const table = new Table({ head, style: { head: [], border: [] } });
    const points = (share: number) => round(100 * share, 1);
    for (const { a, b, dimension, difference, ci95, onlyA, onlyB, p, pHolm } of comparisons)
      table.push([
        dimension,
        `${a} - ${b}`,
        `${points(difference)} [${ci95.map(points).join(", ")}]`,
        onlyA,
        onlyB,
        p.toFixed(4),
        pHolm.toFixed(3),
      ]);
    say(table.toString());
    return { runs: folders.map((folder) => basename(folder)), arms, comparisons };
  },
};

async function readRun(folder: string): Promise<Run> {
  const fileOf = (arm: ArmName): string => join(folder, "predictions", `${arm}-verdicts.jsonl`);
  const names = ArmName.options.filter((arm) => existsSync(fileOf(arm)));
  const arms = await Promise.all(
    names.map(async (name) => {
      const verdicts = await readJsonlAll(fileOf(name), Verdict);
      // As they were answered, longer ones last: an order for each arm.
      return { name, verdicts: verdicts.sort((x, y) => (x.problemId < y.problemId ? -1 : 1)) };
    }),
  );
  const [first] = arms;
  if (first === undefined) {
    throw new NearmissError(
      `${folder} holds no verdicts of an arm (such as ${fileOf("sft")}). Let \`nearmiss run\` finish it, or name another folder.`,
    );
  }
  const problemsOf = (verdicts: readonly Verdict[]) => verdicts.map(({ problemId }) => problemId);
  const problems = problemsOf(first.verdicts);
  const other = arms.find(({ verdicts }) => problemsOf(verdicts).join("\n") !== problems.join("\n"));
  if (other !== undefined) {
    throw new NearmissError(
      `${fileOf(other.name)} is of other problems than ${fileOf(first.name)}. Let \`nearmiss run\` finish the run.`,
    );
  }
  return { problems, arms };
}

/** The runs pooled, with a fault of the dimension where a report has a right answer. */
function poolFaults(runs: readonly Run[], dimension: Dimension) {
  const faulty = ({ findings }: Verdict) => findings.some((finding) => finding.dimension === dimension);
  const outcomes = runs.map(({ problems, arms }) => ({
    problems,
    nearMiss: [],
    arms: arms.map(({ name, verdicts }) => ({
      name,
      outcomes: verdicts.map((verdict) => (faulty(verdict) ? "1" : "0")).join(""),
    })),
  }));
  try {
    return poolRuns(outcomes, { seed: 1 });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NearmissError(`These runs cannot be pooled: ${error.message}. Name runs of one recipe.`);
  }
}
