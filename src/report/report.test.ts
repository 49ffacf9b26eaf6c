import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { HOSTILE, inventedReport } from "../../tests/fakes/report.js";
import { renderCard } from "./card.js";
import { renderMergedCard } from "./merged-card.js";
import { renderPage } from "./page.js";
import { renderTable } from "./table.js";
import { conclusions } from "./words.js";

const report = inventedReport();
const page = renderPage(report);
const { document } = parseHTML(page);

describe("the page", () => {
  test("escapes all text of models and data sets", () => {
    expect(document.querySelectorAll("script, img, iframe, link, object").length).toBe(0);
    const attributes = [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes]);
    expect(attributes.filter(({ name }) => name.startsWith("on"))).toEqual([]);
    const shown = [...document.querySelectorAll("pre")].map((node) => node.textContent ?? "");
    expect(shown.some((text) => text.includes(HOSTILE))).toBe(true);
  });

  test("takes nothing from elsewhere", () => {
    const attributes = [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes]);
    expect(attributes.filter(({ name }) => /src|href/.test(name))).toEqual([]);
    expect(/@import|url\(|https?:/.test(page)).toBe(false);
  });

  test("draws every chart, with a mark for each arm", () => {
    const labels = [...document.querySelectorAll("svg")].map((svg) => svg.getAttribute("aria-label"));
    expect(labels).toEqual(
      expect.arrayContaining(["Accuracy of each arm", "Wrongness against absurdity", "loss over the steps"]),
    );
    const accuracy = document.querySelector('svg[aria-label="Accuracy of each arm"]');
    expect(accuracy?.querySelectorAll("circle").length).toBe(2 * report.arms.length);
    expect(/NaN|undefined/.test(page)).toBe(false);
  });

  test("shows all changed solutions it is given", () => {
    expect(document.querySelectorAll(".solution.right").length).toBe(4);
    expect(document.querySelectorAll(".solution.wrong").length).toBe(4);
  });

  test("stands without mining, training or comparisons", () => {
    const bare = { ...report, miner: null, map: [], curves: [], comparisons: [], examples: null };
    const { document: small } = parseHTML(renderPage(bare));
    expect(small.querySelectorAll("svg").length).toBe(1);
    expect(small.querySelector(".conclusions")?.textContent).toContain("No trained arm was compared");
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
