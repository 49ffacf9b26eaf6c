import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { ensureFolder, writeFileAtomic } from "../../data/folder.js";
import { readJson } from "../../data/jsonl.js";
import { STATE_FILE } from "../../data/state.js";
import { NearmissError } from "../../errors.js";
import { armNames, poolRuns } from "../../evaluation/index.js";
import { pooledRecipe, unpoolable } from "../../recipe/pooled.js";
import { renderChanges } from "../../report/experiment/changes.js";
import { renderExperiment } from "../../report/experiment/page.js";
import { drawPlots } from "../../report/experiment/plots.js";
import { renderRun } from "../../report/page.js";
import { Report } from "../../report/schema.js";
import { JSON_OUT, text, toggle } from "../flags.js";
import { printJson } from "../io.js";
import { stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  runs: z.array(z.string().min(1)).min(1),
  out: z.string().min(1).optional(),
  title: z.string().trim().regex(/^.+$/, "must be one line of text").optional(),
  withoutTexts: z.boolean().default(false),
  json: z.boolean().default(false),
});

export const reportCommand = () =>
  commandOf({
    name: "report",
    about:
      "Write the page of an experiment from its run folders, one recipe with a seed for each; without --out, draw each run's own report.html anew, finished or not.",
    argument: { name: "runs...", help: "run folders, or folders that hold a report.json of one" },
    flags: [
      text("--out <folder>", "where README.md, its plots and each run's report go"),
      text("--title <title>", "with --out: the page's heading, in place of the recipe's name and the model"),
      toggle("--without-texts", "with --out: no questions and solutions, where data may not be passed on"),
      JSON_OUT,
    ],
    options: Options,
    examples: [
      "nearmiss report runs/quickstart",
      "nearmiss report runs/gsm8k-1 runs/gsm8k-2 runs/gsm8k-3 --out docs/experiments/gsm8k",
    ],
    run: async ({ runs, out, title, withoutTexts, json }) => {
      if (out !== undefined) return writeExperiment(runs, { out, title, withoutTexts, json });
      if (title !== undefined) {
        throw new NearmissError(
          "--title goes with --out: it heads the page of an experiment. Add --out FOLDER.",
        );
      }
      if (withoutTexts) {
        throw new NearmissError(
          "--without-texts goes with --out: a run's own report.html shows its solutions. Add --out FOLDER.",
        );
      }
      return drawPages(runs, json);
    },
  });

/** Files of which a run folder has at least one, however early it was stopped. */
const RUN_FILES = [STATE_FILE, "candidates.jsonl", "scores.json"];

async function drawPages(runs: readonly string[], json: boolean): Promise<void> {
  const pages: string[] = [];
  for (const run of runs) {
    if (!RUN_FILES.some((name) => existsSync(join(run, name)))) {
      throw new NearmissError(
        `${run} is no run folder: it has no ${STATE_FILE}. Name one that nearmiss run wrote.`,
      );
    }
    const page = join(run, "report.html");
    await writeFileAtomic(page, await renderRun(run));
    pages.push(page);
  }
  if (json) printJson({ pages });
  else stderrProgress().note(`wrote ${pages.join(", ")}`);
}

async function writeExperiment(
  runs: readonly string[],
  { out, title, withoutTexts, json }: Omit<z.output<typeof Options>, "runs"> & { out: string },
): Promise<void> {
  const whole = await Promise.all(runs.map(reportOf));
  const reports = withoutTexts ? whole.map((report) => ({ ...report, examples: null })) : whole;
  reports.sort((x, y) => x.seed - y.seed);
  const [first] = reports;
  const twice = reports.find(({ seed }, i) => reports.findIndex((other) => other.seed === seed) < i);
  if (twice !== undefined) {
    throw new NearmissError(
      `Two of the runs have seed ${twice.seed}. Runs that are pooled must differ in it.`,
    );
  }
  const recipes = reports.map(({ recipe }) => recipe);
  const different = unpoolable(recipes)?.map((i) => reports[i]?.seed);
  if (different !== undefined) {
    throw new NearmissError(
      `The runs of seeds ${different.join(" and ")} have different recipes (recipe.yaml in their folders). Only runs that differ in seed, arms and transfer sets alone can be pooled.`,
    );
  }
  let pooled: ReturnType<typeof poolRuns>;
  try {
    pooled = poolRuns(reports, { seed: first?.seed ?? 0 });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NearmissError(`These runs cannot be pooled: ${error.message}. Name runs of one recipe.`);
  }
  const experiment = { reports, ...pooled };
  await ensureFolder(out);
  await writeFileAtomic(
    join(out, "recipe.yaml"),
    stringify(pooledRecipe(recipes, armNames(reports)), { keepUndefined: false }),
  );
  for (const report of reports) {
    const folder = join(out, `seed-${report.seed}`);
    await ensureFolder(folder);
    await writeFileAtomic(join(folder, "report.json"), `${JSON.stringify(report, null, 1)}\n`);
    const changes = join(folder, "changes.md");
    if (report.examples !== null) await writeFileAtomic(changes, renderChanges(report.examples, report.seed));
    // One of an earlier page would pass on what this one leaves out.
    else await rm(changes, { force: true });
  }
  for (const [name, svg] of Object.entries(drawPlots(experiment)))
    await writeFileAtomic(join(out, name), svg);
  await writeFileAtomic(join(out, "README.md"), renderExperiment(experiment, title));
  if (json) printJson({ out, ...pooled });
  else stderrProgress().note(`wrote ${join(out, "README.md")}, of ${reports.length} runs`);
}

async function reportOf(run: string): Promise<Report> {
  const path = join(run, "report.json");
  if (!existsSync(path)) {
    throw new NearmissError(
      `${run} holds no report.json. Let \`nearmiss run\` finish it, or name another folder.`,
    );
  }
  return readJson(path, Report);
}
