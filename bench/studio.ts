/**
 * `npm run bench -- studio [--candidates 50000]`: the studio in headless Chromium on an invented run folder: how soon each
 * view is there, and the longest that the page was blocked (long tasks) until it was. Needs a Chromium (NEARMISS_CHROMIUM).
 */
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
import { invent } from "../tests/fakes/run-folder.js";
import { type Bench, REPEATS } from "./harness.js";
import { showSpread, spread } from "./measure.js";

const Options = z.strictObject({ ...REPEATS.options, candidates: z.int().min(10).default(50_000) });
type Options = z.output<typeof Options>;

/** Each view with what is on it once it is there. */
const VIEWS: readonly (readonly [name: string, hash: string, there: string])[] = [
  ["runs", "", ".run-card"],
  ["run", "#/r/invented", ".flow-step"],
  ["solutions", "#/r/invented/solutions", ".grid-row a"],
  ["sorted", "#/r/invented/solutions?sort=wrongness&order=down", ".grid-row a"],
  ["searched", "#/r/invented/solutions?search=eggs", ".grid-row a"],
  ["map", "#/r/invented/map", ".scatter canvas"],
  ["pairs", "#/r/invented/pairs", ".grid-row a"],
];

/** Notes the page's long tasks from its beginning. */
const OBSERVE =
  "window.longest = 0; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration); }).observe({ type: 'longtask', buffered: true })";

export const studio: Bench<Options> = {
  name: "studio",
  about: "The page: milliseconds until each view is there, and the longest that it was blocked.",
  flags: [...REPEATS.flags, number("--candidates <n>", "candidates in the run folder")],
  options: Options,
  async measure({ candidates, warmup, repeats }, say) {
    const root = await mkdtemp(join(tmpdir(), "nearmiss-bench-studio-"));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      invent(join(root, "invented"), { problems: Math.ceil(candidates / 10), each: 10, drawn: true });
      const cold: number[] = [];
      const times = new Map<string, number[]>(VIEWS.map(([name]) => [name, []]));
      const blocked = new Map<string, number[]>(VIEWS.map(([name]) => [name, []]));
      for (let round = 0; round < warmup + repeats; round++) {
        // A server of its own each round: its first answer has nothing read yet.
        const server = await serveStudio([root], 0, playgroundOf(null, silent));
        const first = await view(browser, `${server.url}#/r/invented/solutions`, ".grid-row a");
        if (round >= warmup) cold.push(first.milliseconds);
        for (const [name, hash, there] of VIEWS) {
          const { milliseconds, longest } = await view(browser, `${server.url}${hash}`, there);
          if (round < warmup) continue;
          times.get(name)?.push(milliseconds);
          blocked.get(name)?.push(longest);
        }
        await server.close();
      }
      const table = new Table({
        head: ["view", "ms until there", "longest task, ms"],
        style: { head: [], border: [] },
      });
      const rows = VIEWS.map(
        ([name]) => [name, spread(times.get(name) ?? []), spread(blocked.get(name) ?? [])] as const,
      );
      for (const [name, there, longest] of rows) table.push([name, showSpread(there), showSpread(longest)]);
      say(`${candidates} candidates; the first rows ${showSpread(spread(cold))} ms after a cold start`);
      say(table.toString());
      return {
        candidates,
        coldMilliseconds: spread(cold),
        views: Object.fromEntries(
          rows.map(([name, milliseconds, longestTask]) => [name, { milliseconds, longestTask }]),
        ),
      };
    } finally {
      await browser.close();
      await rm(root, { recursive: true, force: true });
    }
  },
};

/** A fresh page at an address: how long until `there` is, and its longest task by half a second later. */
async function view(browser: Browser, url: string, there: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    await page.addInitScript(OBSERVE);
    const begun = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.locator(there).first().waitFor();
    const milliseconds = performance.now() - begun;
    await page.waitForTimeout(500);
    return { milliseconds, longest: await page.evaluate<number>("window.longest") };
  } finally {
    await page.close();
  }
}
