import { existsSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { ensureFolder, writeFileAtomic } from "../../data/folder.js";
import { readJson } from "../../data/jsonl.js";
import { STATE_FILE } from "../../data/state.js";
import { NearmissError } from "../../errors.js";
import { poolRuns } from "../../evaluation/index.js";
import { seedless } from "../../recipe/seed.js";
import { renderChanges } from "../../report/experiment/changes.js";
import { renderExperiment } from "../../report/experiment/page.js";
import { drawPlots } from "../../report/experiment/plots.js";
import { renderRun } from "../../report/page.js";
import { Report } from "../../report/schema.js";
import { JSON_OUT, text } from "../flags.js";
import { printJson } from "../io.js";
import { stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  runs: z.array(z.string().min(1)).min(1),
  out: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

export const reportCommand = () =>
  commandOf({
    name: "report",
    about:
      "Write the page of an experiment from its run folders, which differ in their seed alone; without --out, draw each run's own report.html anew, finished or not.",
    argument: { name: "runs...", help: "run folders, or folders that hold a report.json of one" },
    flags: [text("--out <folder>", "where README.md, its plots and each run's report go"), JSON_OUT],
    options: Options,
    examples: [
      "nearmiss report runs/quickstart",
      "nearmiss report runs/gsm8k-1 runs/gsm8k-2 runs/gsm8k-3 --out docs/experiments/gsm8k",
    ],
    run: ({ runs, out, json }) =>
      out === undefined ? drawPages(runs, json) : writeExperiment(runs, out, json),
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

async function writeExperiment(runs: readonly string[], out: string, json: boolean): Promise<void> {
  const reports = await Promise.all(runs.map(reportOf));
  reports.sort((x, y) => x.seed - y.seed);
  const [first] = reports;
  const twice = reports.find(({ seed }, i) => reports.findIndex((other) => other.seed === seed) < i);
  if (twice !== undefined) {
    throw new NearmissError(
      `Two of the runs have seed ${twice.seed}. Runs that are pooled must differ in it.`,
    );
  }
  const other = reports.find((report) => plan(report) !== plan(first));
  if (other !== undefined) {
    throw new NearmissError(
      `The runs of seeds ${first?.seed} and ${other.seed} have different recipes (recipe.yaml in their folders). Only runs that differ in their seed alone can be pooled.`,
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
    stringify(seedless(first?.recipe ?? {}), { keepUndefined: false }),
  );
  for (const report of reports) {
    const folder = join(out, `seed-${report.seed}`);
    await ensureFolder(folder);
    await writeFileAtomic(join(folder, "report.json"), `${JSON.stringify(report, null, 1)}\n`);
    await writeFileAtomic(join(folder, "changes.md"), renderChanges(report));
  }
  for (const [name, svg] of Object.entries(drawPlots(experiment)))
    await writeFileAtomic(join(out, name), svg);
  await writeFileAtomic(join(out, "README.md"), renderExperiment(experiment));
  if (json) printJson({ out, ...pooled });
  else stderrProgress().note(`wrote ${join(out, "README.md")}, of ${reports.length} runs`);
}

/** What was done, whatever the recipe was called. */
const plan = (report: Report | undefined): string =>
  JSON.stringify({ ...seedless(report?.recipe ?? {}), name: undefined });

async function reportOf(run: string): Promise<Report> {
  const path = join(run, "report.json");
  if (!existsSync(path)) {
    throw new NearmissError(
      `${run} holds no report.json. Let \`nearmiss run\` finish it, or name another folder.`,
    );
  }
  return readJson(path, Report);
}
