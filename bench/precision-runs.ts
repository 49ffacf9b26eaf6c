/**
 * `npm run bench -- precision-runs [--recipe recipes/quickstart.yaml] [--seeds 1,2,3] [--folder runs/precision] [--set KEY=VALUE]`: the
 * same recipe in float32 and on an 8-bit base, once a seed. Runs that are there already are not run again. Per arm: accuracies
 * over all seeds, the difference of int8 from fp32 on the same problems (a problem's answers of all seeds stay together),
 * and how far the loss curves lie apart.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import Table from "cli-table3";
import { z } from "zod";
import { text } from "../src/cli/flags.js";
import { clusteredBootstrap } from "../src/evaluation/bootstrap.js";
import { signFlipExact } from "../src/evaluation/sign-flip.js";
import { readJson } from "../src/model/files.js";
import { PRECISIONS, type Precision } from "../src/model/weights.js";
import { Report } from "../src/report/schema.js";
import { type Bench, wholeNumbers } from "./harness.js";
import { round } from "./measure.js";

const Options = z.strictObject({
  recipe: z.string().min(1).default("recipes/quickstart.yaml"),
  seeds: wholeNumbers(0).default([1, 2, 3]),
  folder: z.string().min(1).default("runs/precision"),
  set: z.array(z.string().min(1)).default([]),
});
type Options = z.output<typeof Options>;

/** One seed's reports. */
type Runs = Readonly<Record<Precision, Report>>;

export const precisionRuns: Bench<Options> = {
  name: "precision-runs",
  about: "Whether an 8-bit base trains as well: a recipe in both precisions, several seeds.",
  flags: [
    text("--recipe <file>", "the recipe"),
    text("--seeds <numbers>", "its seeds, separated by commas"),
    text("--folder <path>", "where the runs lie"),
    {
      spelling: "--set <key=value>",
      type: "texts",
      help: "a value of the recipe, as `nearmiss run` takes it; may be repeated",
      into: "set",
    },
  ],
  options: Options,
  async measure({ recipe, seeds, folder, set }, say) {
    const runs: Runs[] = [];
    for (const seed of seeds) {
      const reports: [Precision, Report][] = [];
      for (const precision of PRECISIONS) {
        const out = join(folder, `${precision}-${seed}`);
        const values = [...set, `seed=${seed}`, `precision=${precision}`];
        await promisify(execFile)(process.execPath, [
          "dist/cli/main.js",
          "run",
          recipe,
          ...values.flatMap((value) => ["--set", value]),
          "--out",
          out,
        ]);
        reports.push([precision, Report.parse(await readJson(join(out, "report.json")))]);
      }
      runs.push(Object.fromEntries(reports) as Runs);
    }
    const arms = (runs[0]?.fp32.arms ?? []).map(({ name }) => ({ name, ...armOf(name, runs) }));
    const curves = (runs[0]?.fp32.curves ?? []).map(({ arm, stage }) => ({
      arm,
      stage,
      ...curveOf(arm, stage, runs),
    }));
    const head = ["arm", "fp32, %", "int8, %", "int8 - fp32, points [95 %]", "p"];
    const table = new Table({ head, style: { head: [], border: [] } });
    const percent = (share: number): string => (100 * share).toFixed(1);
    for (const { name, fp32, int8, difference, ci95, p } of arms)
      table.push([
        name,
        percent(fp32),
        percent(int8),
        `${percent(difference)} [${ci95.map(percent).join(", ")}]`,
        p.toFixed(3),
      ]);
    say(table.toString());
    return {
      recipe,
      set,
      model: runs[0]?.fp32.model,
      seeds,
      problems: runs[0]?.fp32.problems.length,
      arms,
      curves,
    };
  },
};

/** An arm's accuracy in each precision over all seeds, and the difference. */
function armOf(name: string, runs: readonly Runs[]) {
  const outcomes = (precision: Precision) =>
    runs.map((run) =>
      [...(run[precision].arms.find((arm) => arm.name === name)?.outcomes ?? "")].map(Number),
    );
  const [fp32, int8] = [outcomes("fp32"), outcomes("int8")];
  const mean = (lists: number[][]): number =>
    lists.flat().reduce((a, b) => a + b, 0) / Math.max(1, lists.flat().length);
  const clusters = (fp32[0] ?? []).map((_, problem) =>
    fp32.map((list, run) => (int8[run]?.[problem] ?? Number.NaN) - (list[problem] ?? Number.NaN)),
  );
  return {
    fp32: mean(fp32),
    int8: mean(int8),
    ...clusteredBootstrap(clusters, { seed: 1 }),
    p: signFlipExact(clusters.map((list) => list.reduce((a, b) => a + b, 0))),
    changed: clusters.flat().filter((d) => d !== 0).length,
  };
}

/** How far apart the losses lie: at a step on average, and the mean of the last five steps in each precision. */
function curveOf(arm: string, stage: string, runs: readonly Runs[]) {
  const losses = (report: Report): number[] =>
    report.curves
      .find((curve) => curve.arm === arm && curve.stage === stage)
      ?.points.map(({ metrics }) => metrics.loss ?? Number.NaN) ?? [];
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const last = (precision: Precision): number =>
    round(mean(runs.flatMap((run) => losses(run[precision]).slice(-5))), 4);
  const apart = runs.flatMap(({ fp32, int8 }) => {
    const other = losses(int8);
    return losses(fp32).map((loss, i) => Math.abs(loss - (other[i] ?? Number.NaN)));
  });
  return { apart: round(mean(apart), 5), last: { fp32: last("fp32"), int8: last("int8") } };
}
