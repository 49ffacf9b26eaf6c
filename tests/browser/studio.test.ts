/**
 * The studio in a browser: every view on a real run of the small model, filters, links, keys, reviews and what the miner
 * makes of them, live updates, hostile texts, accessibility, a hundred thousand rows, and report.html from a disk.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { playgroundOf } from "../../src/cli/studio/playground.js";
import { readJsonlAll } from "../../src/data/jsonl.js";
import { Pair } from "../../src/data/records.js";
import { ModelSource } from "../../src/recipe/model.js";
import { PromptTemplate } from "../../src/recipe/schema.js";
import { silent } from "../../src/recipe/stage.js";
import { renderRun } from "../../src/report/page.js";
import { type Studio, serveStudio } from "../../src/studio/server/serve.js";
import { invent } from "../fakes/run-folder.js";
import { runTiny } from "../fakes/tiny-run.js";
import { CHROMIUM, hasChromium, NEEDS_CHROMIUM } from "./chromium.js";

const HOSTILE = [
  `<img src=x onerror="document.title='broken into'"> 2 + 2 = 5`,
  `<script>document.title='broken into'</script></pre></div> 3 + 3 = 7`,
  "\\(\\href{javascript:alert(1)}{click}\\) and \\(\\def\\a{\\a\\a}\\a\\) 4 + 4 = 9",
  "hidden \u202eesrever\u202c and \u200bzero 5 + 5 = 11",
  `${"1 + 1 = 3 and so on. ".repeat(250_000)}`,
];

describe.skipIf(!hasChromium)(`the studio (${NEEDS_CHROMIUM})`, () => {
  let root: string;
  let studio: Studio;
  let browser: Browser;
  let page: Page;
  /** What the page complains of, and what it asks for elsewhere. */
  let complaints: string[];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "nearmiss-browser-"));
    await runTiny(join(root, "tiny"));
    invent(join(root, "large"), { problems: 20_000, each: 5, drawn: true });
    invent(join(root, "hostile"), {
      problems: HOSTILE.length,
      each: 2,
      text: (p) => HOSTILE[p] ?? "",
      question: (p) => `${HOSTILE[p]?.slice(0, 200)} How many?`,
    });
    const loaded = { source: new ModelSource("tiny"), adapter: undefined, prompt: PromptTemplate.parse({}) };
    studio = await serveStudio([root], 0, playgroundOf(loaded, silent));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.close();
    rmSync(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    complaints = [];
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(120_000);
    page.on("console", (message) => {
      if (message.type() === "error" || /Content.Security/.test(message.text()))
        complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(data|file|blob):/.test(url) && !url.startsWith(studio.url)) complaints.push(`asked for ${url}`);
    });
  });
  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  const open = (hash: string) => page.goto(`${studio.url}${hash}`);
  const title = (text: string | RegExp) => page.getByRole("heading", { level: 1, name: text }).waitFor();
  const status = (text: string | RegExp) =>
    page.getByRole("status").filter({ hasText: text }).first().waitFor();

  /** What the count says where no filter is set. */
  const all = () => {
    const lines = readFileSync(join(root, "tiny", "candidates.jsonl"), "utf8")
      .trim()
      .split("\n");
    return new RegExp(`^${lines.length} solutions$`);
  };

  const VIEWS: readonly (readonly [string, string, string | RegExp, string | RegExp])[] = [
    ["runs", "", "Runs", /tokens|stages/],
    ["run", "#/r/tiny", "quickstart", "within the limits: pairs"],
    ["solutions", "#/r/tiny/solutions", "Solutions", /^\d+ solutions$/],
    ["solution", "", /Solution \d of/, "Six-dimension profile"],
    ["map", "#/r/tiny/map", "Map", /may be mined/],
    ["pairs", "#/r/tiny/pairs", "Pairs", /\d+ pairs/],
    [
      "pair",
      "#/r/tiny/pair?kind=hard&line=0",
      "Pair 1",
      /divided by [\d.]+, so that all weights have mean 1/,
    ],
    ["arms", "#/r/tiny/arms", "Arms", "Problems by how both arms answer"],
    ["playground", "#/playground", "Playground", /it is 42/],
  ];

  it.each(VIEWS)(
    "shows the view %s, in light and dark, without a fault that axe knows",
    async (name, hash, heading, holds) => {
      const own = (await readJsonlAll(join(root, "tiny/pairs-hard.jsonl"), Pair)).find(({ rejectedSource }) =>
        rejectedSource.startsWith("sample:"),
      );
      const index = own?.rejectedSource.split(":")[1];
      await open(
        name === "solution" ? `#/r/tiny/solution?set=samples&problem=${own?.problemId}&index=${index}` : hash,
      );
      await title(heading);
      await page.getByText(holds).filter({ visible: true }).first().waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe.source);
        const found = await page.evaluate<string[]>(
          `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
          .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
        );
        expect(found).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      // Charts are drawn anew a moment after the page has become narrow.
      await page.waitForFunction("document.documentElement.scrollWidth <= 360", undefined, {
        timeout: 20_000,
      });
    },
  );

  it("keeps filters in the address, where back and forward and a fresh page find them", async () => {
    await open("#/r/tiny/solutions");
    await status(all());
    await page.getByLabel("Answer", { exact: true }).selectOption("wrong");
    await status(/\d+ of \d+ solutions/);
    await page.getByRole("button", { name: /Sort by Wrongness/ }).click();
    await page.waitForURL(/answer=wrong.*sort=wrongness/);
    const told = await page.locator(".count").textContent();
    const address = page.url();
    await page.goBack();
    await page.waitForURL((url) => !url.hash.includes("sort="));
    await page.goBack();
    await status(all());
    await page.goForward();
    await page.goForward();
    await page.waitForURL(address);
    await page.goto("about:blank");
    await page.goto(address);
    await status(told ?? "");
    expect(await page.getByLabel("Answer", { exact: true }).inputValue()).toBe("wrong");
  });

  it("is used by the keyboard alone: rows, opening, and what is found in a step", async () => {
    await open("#/r/tiny/solutions?answer=wrong&dimension=arithmetic");
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await title(/Solution \d of/);
    const mark = page.locator("mark.arithmetic").first();
    await mark.focus();
    const tip = mark.getByRole("tooltip");
    await tip.waitFor({ state: "visible" });
    expect(await tip.textContent()).toMatch(/arithmetic.*it is/);
    await mark.blur();
    await page.setViewportSize({ width: 360, height: 740 });
    // By the mouse as well, and inside a narrow page.
    await mark.hover();
    await tip.waitFor({ state: "visible" });
    const place = await tip.boundingBox();
    expect((place?.x ?? 360) + (place?.width ?? 360)).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1200, height: 900 });
    const opened = page.url();
    // Back at the row that one came from, from which the keys go on.
    await page.goBack();
    await title("Solutions");
    await page.waitForURL(/[?&]row=1\b/);
    await page.locator("#row-1.active").waitFor();
    await page.getByRole("grid").and(page.locator(":focus")).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(opened);
  });

  it("draws a box on the map that filters the table, and opens the point that is clicked", async () => {
    await open("#/r/tiny/map");
    const canvas = page.locator(".scatter canvas");
    await canvas.waitFor();
    const area = await canvas.boundingBox();
    if (area === null) throw new Error("no map");
    const at = (x: number, y: number) => [area.x + area.width * x, area.y + area.height * y] as const;
    await page.mouse.move(...at(0.6, 0.05));
    await page.mouse.down();
    await page.mouse.move(...at(0.8, 0.5), { steps: 3 });
    await page.mouse.move(...at(0.985, 0.88), { steps: 3 });
    await page.mouse.up();
    await page.waitForURL(/wMin=0\.\d+/);
    await status(/\d+ of \d+ solutions/);
    await page.getByRole("button", { name: "Clear the box" }).click();
    await status(all());
  });

  it("keeps a person's word on a pair and a label, which the next mining honours", async () => {
    const folder = join(root, "reviewed");
    cpSync(join(root, "tiny"), folder, { recursive: true });
    const pairs = () => readJsonlAll(join(folder, "pairs-hard.jsonl"), Pair);
    const [first, ...rest] = await pairs();
    const other = rest.findIndex(({ problemId }) => problemId !== first?.problemId) + 1;
    const flagged = rest[other - 1]?.problemId ?? "";
    await open("#/r/reviewed/pair?kind=hard&line=0");
    await page.getByLabel("Why (optional)").fill("the chosen side is no better");
    await page.getByRole("button", { name: "Reject this pair" }).click();
    await page.getByRole("button", { name: "Pair rejected: take it back" }).waitFor();
    await open(`#/r/reviewed/pair?kind=hard&line=${other}`);
    await page.getByRole("button", { name: "Flag the label of its problem" }).click();
    await page.getByRole("button", { name: "Label flagged: take it back" }).waitFor();
    await open("#/r/reviewed/pairs?review=rejected");
    await status(/^1 of \d+ pairs$/);
    await runTiny(folder, { until: "mine" });
    const now = await pairs();
    expect(now.length).toBeGreaterThan(0);
    expect(
      now.filter(({ chosen, rejected }) => chosen === first?.chosen && rejected === first.rejected),
    ).toEqual([]);
    expect(now.map(({ problemId }) => problemId)).not.toContain(flagged);
    const mining = JSON.parse(readFileSync(join(folder, "mining.json"), "utf8"));
    expect(mining.reviews).toEqual({ rejectedPairs: 1, flagged: [flagged] });
    await open("#/r/reviewed");
    await page.getByText("1 by review").waitFor();
  });

  it("shows what is added while it looks, and what is broken", async () => {
    const folder = join(root, "live");
    invent(folder, { problems: 3, each: 2 });
    await open("#/r/live/solutions");
    await status(/^6 solutions$/);
    const line = (index: number) =>
      `${JSON.stringify({ problemId: "problem-2", index, text: `just in: ${index}`, tokenCount: 9, finishReason: "stop", logprob: -1, sampler: { model: "tiny", temperature: 1, topP: 1, seed: 1 } })}\n`;
    appendFileSync(join(folder, "candidates.jsonl"), line(2) + line(3));
    await status(/^8 solutions$/);
    await page.getByText("just in: 3").waitFor();
    await open("#/r/live");
    await title("invented");
    appendFileSync(join(folder, "candidates.jsonl"), "{broken\n");
    const stage = {
      key: "k",
      status: "running",
      seconds: 4,
      figures: {},
      error: "No space is left on the device.",
    };
    writeFileSync(
      join(folder, "state.json"),
      JSON.stringify({ version: 1, plan: ["sample"], stages: { sample: stage } }),
    );
    await page.getByText("The stage sample failed").waitFor();
    await page.getByText("No space is left on the device.").waitFor();
    await page.getByText("candidates.jsonl:9").waitFor();
    appendFileSync(
      join(folder, "metrics.jsonl"),
      `${JSON.stringify({ arm: "sft", stage: "sft", step: 1, loss: 0.7 })}\n${JSON.stringify({ arm: "sft", stage: "sft", step: 2, loss: 0.5 })}\n`,
    );
    await page.getByRole("img", { name: "Loss over the steps of sft" }).waitFor();
  });

  it("prints light from a dark screen, with the heads of its tables", async () => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await open("#/r/tiny/solutions");
    await status(all());
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    await page.getByRole("button", { name: /Sort by Wrongness/ }).waitFor();
  });

  it("says so where its server is gone, and where another was started in its place", async () => {
    const first = await serveStudio([root], 0, playgroundOf(null, silent));
    await page.goto(first.url);
    await title("Runs");
    await first.close();
    await page.getByText("The studio's server does not answer").waitFor();
    const next = await serveStudio([root], Number(new URL(first.url).port), playgroundOf(null, silent));
    await page.getByRole("button", { name: "Load the page again" }).click();
    await page.locator(".renewed-note").waitFor({ state: "hidden" });
    await title("Runs");
    await page.goto("about:blank");
    await next.close();
    // The line that was lost, and an address of its own.
    complaints = [];
  });

  it("shows hostile texts as the texts that they are", async () => {
    for (const [p] of HOSTILE.entries()) {
      await open(`#/r/hostile/solution?set=samples&problem=problem-${p}&index=0`);
      await title(`Solution 0 of problem-${p}`);
      if (p === 3) await page.getByText("U+202E").first().waitFor();
      if (p === 4)
        await page
          .getByText(/the text has 5,250,000 characters/)
          .first()
          .waitFor();
      else await page.locator(".solution-text").waitFor();
    }
    await open("#/r/hostile/solutions");
    await status(/^10 solutions$/);
    await page.getByText("<img src=x onerror=").first().waitFor();
    expect(await page.locator("#app img, #app script, #app iframe, #app a[href^=javascript]").count()).toBe(
      0,
    );
    expect(await page.title()).not.toContain("broken into");
  });

  it("keeps a hundred thousand rows with a few of them drawn, and counts them on the map", async () => {
    await open("#/r/large/solutions");
    await status(/^100,000 solutions$/);
    const rows = page.getByRole("row");
    expect(await rows.count()).toBeLessThan(80);
    await page.getByRole("grid").focus();
    await page.keyboard.press("End");
    await page.getByText("problem-19999 · 4").waitFor();
    expect(await rows.count()).toBeLessThan(80);
    await page.getByLabel(/Search in questions/).fill("problem-1999");
    // That one, and problem-19990 to problem-19999.
    await status(/^55 of 100,000 solutions$/);
    await open("#/r/large/map");
    await page.getByText(/64 × 64 cells/).waitFor();
  });

  it("judges what is typed, and trains the small model in a worker", async () => {
    await open("#/playground");
    await page.getByLabel("Solution, one step a line").fill("12 + 30 = 42\n42 - 7 = 35\nThe answer is: 35");
    await page.locator(".verdict .answer.right").waitFor();
    await page.getByLabel("Solution, one step a line").fill("12 + 30 = 42\n42 - 7 = 36\nThe answer is: 36");
    await page.locator(".verdict .answer.wrong").waitFor();
    await page.waitForURL(/solution=12/);
    await page.getByLabel("Samples", { exact: true }).fill("2");
    await page.getByRole("button", { name: "Sample", exact: true }).click();
    await page.locator(".samples > li").nth(1).waitFor();
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await status(/step ([3-9]|[12]\d|3\d) of 36/);
    await page.getByRole("button", { name: "Stop" }).click();
    await status("Stopped.");
    expect(await page.locator("tr.flip").count()).toBe(0);
    await page.getByRole("button", { name: "Train again" }).click();
    await status(/^Done/);
    const rows = (kind: string) =>
      page.locator(".flips tbody tr").filter({ hasText: new RegExp(`^${kind}`) });
    const counted = async (kind: string) => {
      const flips = rows(kind).and(page.locator(".flip"));
      const [before, after] = [flips.locator("td:nth-child(3)"), flips.locator("td:nth-child(4)")];
      const better = await after.filter({ hasText: "✓ right" }).count();
      expect(await before.filter({ hasText: "✗ wrong" }).count()).toBe(better);
      return `${better} flipped from wrong to right, ${(await flips.count()) - better} from right to wrong`;
    };
    const trained = await counted("trained on");
    // The worked solutions of eight problems can be learnt: a page on which nothing flips has not trained.
    expect(trained).toMatch(/^[1-8] flipped from wrong to right/);
    await status(
      `Done: of the problems trained on, ${trained}; of the others, ${await counted("not trained on")}.`,
    );
  });

  it("report.html opens from a disk with the same views, asks for nothing, and is small", async () => {
    const file = join(root, "report.html");
    writeFileSync(file, await renderRun(join(root, "hostile")));
    await page.goto(pathToFileURL(file).href);
    await title("invented");
    expect(await page.title()).not.toContain("broken into");
    const own = join(root, "tiny", "report.html");
    expect(statSync(own).size).toBeLessThan(5e6);
    await page.goto(pathToFileURL(own).href);
    await title("quickstart");
    await page.getByRole("link", { name: "Solutions" }).first().click();
    await status(all());
    await page.getByRole("grid").focus();
    await page.keyboard.press("Enter");
    await page.getByText("Six-dimension profile").waitFor();
    for (const [link, holds] of [
      ["Map", /may be mined/],
      ["Pairs", /\d+ pairs/],
      ["Arms", "Problems by how both arms answer"],
      ["Playground", /it is 42/],
    ] as const) {
      await page.getByRole("link", { name: link, exact: true }).click();
      await page.getByText(holds).filter({ visible: true }).first().waitFor();
    }
  });
});
