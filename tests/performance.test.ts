/** docs/performance.md is what its results make of it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PAGE, readResults, render } from "../scripts/performance.js";

describe("docs/performance.md", () => {
  it("has the tables of the committed results: run `npm run docs:performance` where this fails", () => {
    const page = readFileSync(PAGE, "utf8");
    expect(render(page, readResults())).toBe(page);
  });

  it("a table is written anew, what is around it stays", () => {
    const page = "before\n<!-- table: verifier -->\nstale\n<!-- end -->\nafter";
    const spread = { median: 5, min: 4, max: 6, runs: 3 };
    const machine = { cpu: "a", cores: 1, memoryGB: 1, matmulGflops: { fp32: 1 }, versions: {} };
    const speed = { verdictsPerSecond: spread, answersPerSecond: { ...spread, runs: 1 } };
    const result = { bench: "verifier" as const, date: "2026-01-01", peakRssGB: 1, machine, speed };
    const lines = render(page, [result]).split("\n");
    expect(lines.slice(0, 2)).toEqual(["before", "<!-- table: verifier -->"]);
    expect(lines).toContain("| 5 (4 to 6) | 5 |");
    expect(lines.slice(-2)).toEqual(["<!-- end -->", "after"]);
    expect(lines).not.toContain("stale");
  });

  it.each([
    ["<!-- table: nothing -->\n<!-- end -->", 'docs/performance.md: there is no table "nothing"'],
    ["<!-- table: train -->\n", 'docs/performance.md: the table "train" has no line <!-- end -->'],
  ])("%j is refused", (page, message) => {
    expect(() => render(page, [])).toThrow(message);
  });
});
