import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, describe, expect, test } from "vitest";
import { HOSTILE, inventedReport } from "../../tests/fakes/report.js";
import { invent } from "../../tests/fakes/run-folder.js";
import type { Pair } from "../data/records.js";
import { FolderRecords } from "../studio/folder/folder.js";
import { type ReportData, ReportRecords } from "../studio/report-data.js";
import { renderCard } from "./card.js";
import { holdRun } from "./held.js";
import { renderMergedCard } from "./merged-card.js";
import { renderRun } from "./page.js";
import { renderTable } from "./table.js";
import { conclusions } from "./words.js";

const report = inventedReport();

describe("the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "nearmiss-report-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const hostile = `</script><!-- \u2028 ${HOSTILE}`;

  test("is one file that loads nothing, whose data cannot end their element", async () => {
    invent(folder, { problems: 3, each: 2, text: () => hostile });
    const page = await renderRun(folder);
    const { document } = parseHTML(page);
    expect(document.querySelectorAll("img, iframe, object, script[src], link[rel=stylesheet]").length).toBe(
      0,
    );
    expect(document.querySelectorAll("script").length).toBe(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+';/);
    const data: ReportData = JSON.parse(document.getElementById("nearmiss-data")?.textContent ?? "");
    expect(data.sets.samples?.solutions[0]?.candidate.text).toBe(hostile);
  });

  test("holds both sides of every pair, wherever their texts stand, and says what it leaves out", async () => {
    const long = "x".repeat(50_000);
    invent(folder, { problems: 4, each: 3, text: (p, i) => (p === 0 && i === 2 ? long : `${p} + ${i} = 9`) });
    const records = new FolderRecords(folder, "r");
    const held = new ReportRecords(await holdRun(records));
    const texts = (pairs: readonly Pair[]) => pairs.map(({ chosen, rejected }) => [chosen, rejected]);
    expect(texts(await held.pairs("hard"))).toEqual(texts(await records.pairs("hard")));
    expect((await held.overview()).partial).toEqual({ held: 11, of: 12, pairs: { held: 4, of: 4 } });
  });

  test.each([
    ["all of 2,000 solutions of a usual length", 200, "", 2000],
    ["what there is room for of 2,000 long ones", 4000, "", null],
    ["those whose every character takes six bytes", 4000, "<", null],
  ])("holds %s within 5 MB", async (_, length, filler, held) => {
    const work = (p: number, i: number) => {
      const steps = Array.from({ length: length / 20 }, (_, k) =>
        `${k} + ${p} = ${k + p + (i % 2)}`.padEnd(19, filler),
      );
      return `${steps.join("\n")}\nThe answer is: ${p + i}`;
    };
    const large = join(folder, `large${length}${filler.length}`);
    invent(large, { problems: 500, each: 4, text: work, drawn: true });
    const page = await renderRun(large);
    expect(Buffer.byteLength(page)).toBeLessThan(5e6);
    const data: ReportData = JSON.parse(
      parseHTML(page).document.getElementById("nearmiss-data")?.textContent ?? "",
    );
    const count = data.sets.samples?.solutions.length ?? 0;
    if (held === null) {
      expect(count).toBeGreaterThan(100);
      const pairs = { held: data.pairs.hard.length, of: 500 };
      expect(data.overview.partial).toEqual({ held: count, of: 2000, pairs });
    } else {
      expect(count).toBe(held);
      expect(data.overview.partial).toBeNull();
    }
  });

  test("holds pairs as long as they fit, where their solutions are too long to be held", async () => {
    const long = join(folder, "long");
    invent(long, { problems: 200, each: 2, text: (p) => `${p} + 1 = 9\n`.repeat(5000), drawn: true });
    const page = await renderRun(long);
    expect(Buffer.byteLength(page)).toBeLessThan(5e6);
    const { overview, pairs } = await holdRun(new FolderRecords(long, "r"));
    expect(overview.partial).toEqual({ held: 0, of: 400, pairs: { held: pairs.hard.length, of: 200 } });
    expect(pairs.hard.length).toBeGreaterThan(50);
  });
});

describe("conclusions", () => {
  const about = (chance: readonly number[], arm: string) =>
    conclusions(inventedReport(chance)).find((sentence) => sentence.startsWith(arm));

  test("an arm that is clearly better beats SFT", () => {
    expect(about([0.2, 0.3, 0.3, 0.3, 0.8], "dpo-weighted")).toMatch(/^dpo-weighted beats sft by \d/);
  });
  test("an arm that is clearly worse does not, and is called worse", () => {
    expect(about([0.2, 0.8, 0.8, 0.8, 0.2], "dpo-weighted")).toMatch(/does not beat sft: it is worse/);
  });
  test("the same outcomes are no win", () => {
    expect(about([0.2, 1, 1, 1, 1], "dpo-hard")).toMatch(/^dpo-hard does not beat sft: \+0\.0 points/);
  });
  test("card and table say the same sentences", () => {
    for (const sentence of conclusions(report)) {
      expect(renderCard(report)).toContain(sentence);
      expect(renderTable(report)).toContain(sentence);
    }
  });
});

test("the card says that a run began at an adapter made elsewhere", () => {
  const begun = { ...report, recipe: { ...report.recipe, adapter: "/home/somebody/their-lora" } };
  expect(renderCard(begun)).toContain("begin at an adapter made elsewhere: `their-lora`.");
  expect(renderCard(report)).not.toContain("elsewhere");
});

describe("the card of a merged arm", () => {
  const given = {
    base: "an/invented-model",
    licence: "apache-2.0",
    arm: "dpo-weighted",
    lora: { rank: 8, alpha: 16 },
    version: "0.0.0",
    recipe: { name: "invented", seed: 1 },
    arms: report.arms,
  };

  test("says what was trained, from what, by which recipe, how well and under which licence", () => {
    const card = renderMergedCard(given);
    expect(card).toMatch(
      /^---\nbase_model: an\/invented-model\nlicense: apache-2\.0\nlibrary_name: transformers\n/,
    );
    for (const part of ['recipe "invented" (seed 1)', "each weighted by its verdict", "rank 8 and alpha 16"])
      expect(card).toContain(part);
    expect(card).toMatch(/- dpo-weighted: [\d.]+ % \[[\d.]+, [\d.]+\] right, \d+ of 120 test problems/);
    expect(card).not.toContain("dpo-hard:");
    expect(card).toContain("whose licence (apache-2.0) holds for them too");
  });

  test("leaves out what is not known", () => {
    const card = renderMergedCard({ ...given, base: "my-folder", licence: null, recipe: null, arms: null });
    expect(card).toMatch(/^---\nlibrary_name/);
    expect(card).toContain("# my-folder, dpo-weighted");
    expect(card).not.toMatch(/Outcome|recipe "|null|undefined/);
    expect(card).toContain("whose licence holds for them too");
  });
});
