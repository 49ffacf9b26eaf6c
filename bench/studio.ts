/**
 * `npm run bench -- studio [--candidates 50000]`: the studio in headless Chromium on an invented run folder: how soon each
 * view is there, and the longest that the page was blocked (long tasks) until it stood still. Beside it an empty page, for
 * what the browser itself takes. Needs a Chromium (NEARMISS_CHROMIUM).
 */
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { type Browser, chromium } from "playwright-core";
import { z } from "zod";
import { number } from "../src/cli/flags.js";
import { playgroundOf } from "../src/cli/studio/playground.js";
import { silent } from "../src/recipe/stage.js";
import { serveStudio } from "../src/studio/server/serve.js";
import { CHROMIUM } from "../tests/browser/chromium.js";
import { inventedReport } from "../tests/fakes/report.js";
import { invent } from "../tests/fakes/run-folder.js";
import { type Bench, REPEATS } from "./harness.js";
import { round, showSpread, spread } from "./measure.js";

const Options = z.strictObject({ ...REPEATS.options, candidates: z.int().min(10).default(50_000) });
type Options = z.output<typeof Options>;

/** Each view with what is on it once it is there. */
const VIEWS: readonly (readonly [name: string, address: string, there: string])[] = [
  ["an empty page", "api/playground", "pre"],
  ["runs", "", ".run-card"],
  ["run", "#/r/invented", ".flow-step"],
  ["its curves", "#/r/invented", ".charts .plot"],
  ["solutions", "#/r/invented/solutions", ".grid-row a"],
  ["sorted", "#/r/invented/solutions?sort=wrongness&order=down", ".grid-row a"],
  ["searched", "#/r/invented/solutions?search=eggs", ".grid-row a"],
  ["solution", "#/r/invented/solution?problem=problem-7&index=1", ".trace"],
  ["map", "#/r/invented/map", ".scatter canvas"],
  ["pairs", "#/r/invented/pairs", ".grid-row a"],
  ["pair", "#/r/invented/pair?kind=hard&line=7", ".sides"],
  ["arms", "#/r/invented/arms", ".conclusions"],
  ["playground", "#/playground", ".verdict .profile"],
];

/** Steps of each arm's curves: as many points as the page draws. */
const STEPS = 1000;
/** Until a page stands still: charts are drawn one after another. */
const STILL_MILLISECONDS = 1000;

/** What a trace of the browser says of its threads: times in microseconds. */
const Trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      dur: z.number().default(0),
      /** Of `dur`, what the processor spent on it: the rest it was at others' work. */
      tdur: z.number().default(0),
      args: z.looseObject({}).default({}),
    }),
  ),
});
const Committed = z.object({ data: z.object({ url: z.string(), processId: z.number() }) });
const ThreadName = z.object({ name: z.string() });
const CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline"];

/** The longest task of the thread that draws a page, in milliseconds: by the clock, and of the processor. */
function longestTask(trace: Buffer, url: string): { clock: number; processor: number } {
  const { traceEvents } = Trace.parse(JSON.parse(trace.toString("utf8")));
  const committed = traceEvents
    .filter(({ name }) => name === "FrameCommittedInBrowser")
    .flatMap(({ args }) => Committed.safeParse(args).data?.data ?? [])
    .find((page) => page.url === url.replace(/#.*/, ""));
  const main = traceEvents.find(
    ({ name, pid, args }) =>
      name === "thread_name" &&
      pid === committed?.processId &&
      ThreadName.safeParse(args).data?.name === "CrRendererMain",
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name === "ThreadControllerImpl::RunTask" && pid === main?.pid && tid === main.tid,
  );
  if (tasks.length === 0) throw new Error(`the trace has no task of ${url}`);
  const most = (of: "dur" | "tdur") => round(Math.max(...tasks.map((task) => task[of])) / 1000);
  return { clock: most("dur"), processor: most("tdur") };
}

export const studio: Bench<Options> = {
  name: "studio",
  about: "The page: milliseconds until each view is there, and the longest that it was blocked.",
  flags: [...REPEATS.flags, number("--candidates <n>", "candidates in the run folder")],
  options: Options,
  async measure({ candidates, warmup, repeats }, say) {
    const root = await mkdtemp(join(tmpdir(), "nearmiss-bench-studio-"));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const folder = join(root, "invented");
      invent(folder, { problems: Math.ceil(candidates / 10), each: 10, drawn: true });
      writeFileSync(join(folder, "metrics.jsonl"), metrics());
      writeFileSync(join(folder, "scores.json"), JSON.stringify(inventedReport()));
      const cold: number[] = [];
      const times = new Map<string, number[]>(VIEWS.map(([name]) => [name, []]));
      const clocks = new Map<string, number[]>(VIEWS.map(([name]) => [name, []]));
      const processors = new Map<string, number[]>(VIEWS.map(([name]) => [name, []]));
      for (let round = 0; round < warmup + repeats; round++) {
        // A server of its own each round: its first answer has nothing read yet.
        const server = await serveStudio([root], 0, playgroundOf(null, silent));
        const first = await view(browser, `${server.url}#/r/invented/solutions`, ".grid-row a");
        if (round >= warmup) cold.push(first.milliseconds);
        for (const [name, address, there] of VIEWS) {
          const { milliseconds, clock, processor } = await view(browser, `${server.url}${address}`, there);
          if (round < warmup) continue;
          times.get(name)?.push(milliseconds);
          clocks.get(name)?.push(clock);
          processors.get(name)?.push(processor);
        }
        await server.close();
      }
      const table = new Table({
        head: ["view", "ms until there", "longest task, ms", "of it processor's"],
        style: { head: [], border: [] },
      });
      const rows = VIEWS.map(([name]) => ({
        name,
        milliseconds: spread(times.get(name) ?? []),
        longestTask: spread(clocks.get(name) ?? []),
        longestTaskProcessor: spread(processors.get(name) ?? []),
      }));
      for (const { name, ...spreads } of rows) table.push([name, ...Object.values(spreads).map(showSpread)]);
      say(`${candidates} candidates; the first rows ${showSpread(spread(cold))} ms after a cold start`);
      say(table.toString());
      return {
        candidates,
        coldMilliseconds: spread(cold),
        views: Object.fromEntries(rows.map(({ name, ...spreads }) => [name, spreads])),
      };
    } finally {
      await browser.close();
      await rm(root, { recursive: true, force: true });
    }
  },
};

/** Curves of four arms, in every metric that is drawn. */
function metrics(): string {
  const lines = ["sft", "dpo-random", "dpo-hard", "dpo-weighted"].flatMap((arm, k) =>
    Array.from({ length: STEPS }, (_, i) => {
      const [t, noise] = [i / STEPS, Math.sin(12.9898 * (i + k)) / 10];
      const loss = { loss: Math.exp(-t) + noise, grad_norm: 1 + noise };
      const logps = { "logps/chosen": -40 - t + noise, "logps/rejected": -50 - 9 * t + noise };
      const rewards = { "rewards/margins": k * t + noise, "rewards/accuracies": 0.5 + t / 3 + noise };
      const dpo = arm === "sft" ? {} : { ...logps, ...rewards };
      return JSON.stringify({ arm, stage: arm === "sft" ? "sft" : "dpo", step: i + 1, ...loss, ...dpo });
    }),
  );
  return `${lines.join("\n")}\n`;
}

/** A fresh page at an address: how long until `there` is, and its longest task until it stands still. */
async function view(browser: Browser, url: string, there: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    await browser.startTracing(page, { categories: CATEGORIES });
    const begun = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.locator(there).first().waitFor();
    const milliseconds = performance.now() - begun;
    await page.waitForTimeout(STILL_MILLISECONDS);
    return { milliseconds, ...longestTask(await browser.stopTracing(), url) };
  } finally {
    await page.close();
  }
}
