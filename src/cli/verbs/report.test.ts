import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inventedReport } from "../../../tests/fakes/report.js";
import type { Report } from "../../report/schema.js";
import { runProgram } from "../program.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-report-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recipe = (seed: number, beta = 0.1) => ({ model: "m", seed, dpo: { seed, beta }, mine: { seed: 9 } });
function run(name: string, change: Partial<Report>): string {
  mkdirSync(join(folder, name), { recursive: true });
  const report = { ...inventedReport(), ...change };
  writeFileSync(join(folder, name, "report.json"), JSON.stringify(report));
  return join(folder, name);
}
const pool = (runs: readonly string[], out: string) => runProgram(["report", ...runs, "--out", out]);

describe("report", () => {
  test("writes page, plots, recipe and each run's report, in order of the seeds, and takes them as runs again", async () => {
    const two = run("two", { seed: 2, recipe: recipe(2) });
    const one = run("one", { seed: 1, recipe: recipe(1) });
    const out = join(folder, "experiment");
    await pool([two, one], out);
    const files = ["README.md", "accuracy.svg", "differences.svg", "recipe.yaml", "seed-1", "seed-2"];
    expect(readdirSync(out).sort()).toEqual(files);
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain("Seeds 1, 2; 120 test problems");
    expect(readFileSync(join(out, "recipe.yaml"), "utf8")).toBe(
      "model: m\ndpo:\n  beta: 0.1\nmine:\n  seed: 9\n",
    );
    const again = join(folder, "again");
    await pool([join(out, "seed-1"), join(out, "seed-2")], again);
    expect(readFileSync(join(again, "README.md"), "utf8")).toBe(readFileSync(join(out, "README.md"), "utf8"));
  });

  test("leaves out every text of the data where asked to", async () => {
    const question = "How many invented apples?";
    const { examples } = inventedReport();
    const [first] = examples?.wrongToRight ?? [];
    if (examples === null || first === undefined) throw new Error("the invented report has examples");
    const told = { ...examples, wrongToRight: [{ ...first, question }] };
    const one = run("told", { seed: 1, recipe: recipe(1), examples: told });
    const out = join(folder, "told twice");
    const telling = () =>
      readdirSync(join(out, "seed-1")).filter((name) =>
        readFileSync(join(out, "seed-1", name), "utf8").includes(question),
      );
    await pool([one], out);
    expect(telling().sort()).toEqual(["changes.md", "report.json"]);
    // Into the same folder: nothing of the page before may be left.
    await runProgram(["report", one, "--out", out, "--without-texts"]);
    expect(telling()).toEqual([]);
    expect(readFileSync(join(out, "README.md"), "utf8")).not.toContain("changes.md");
    await expect(runProgram(["report", one, "--without-texts"])).rejects.toThrow(/goes with --out/);
  });

  test("heads the page as asked to, and with the recipe's name and the model otherwise", async () => {
    const one = run("titled", { seed: 1, recipe: recipe(1), name: "r", model: "m" });
    const out = join(folder, "of a title");
    const heading = () => readFileSync(join(out, "README.md"), "utf8").split("\n")[0];
    await pool([one], out);
    expect(heading()).toBe("# r: m");
    await runProgram(["report", one, "--out", out, "--title", " A second form of r "]);
    expect(heading()).toBe("# A second form of r");
    await expect(runProgram(["report", one, "--title", "A"])).rejects.toThrow(/goes with --out/);
    for (const bad of ["", " ", "A\nB"])
      await expect(runProgram(["report", one, "--out", out, "--title", bad])).rejects.toThrow(/one line/);
    expect(heading()).toBe("# A second form of r");
  });

  test("pools runs of one recipe under two names", async () => {
    const one = run("named", { seed: 1, recipe: { ...recipe(1), name: "named" } });
    const two = run("renamed", { seed: 2, recipe: { ...recipe(2), name: "renamed" } });
    const out = join(folder, "of two names");
    await pool([one, two], out);
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain("Seeds 1, 2; 120 test problems");
  });

  test("pools runs that have other arms and other transfer sets", async () => {
    const invented = inventedReport();
    const plan = (seed: number, arms: readonly string[], transfer: object) => ({
      ...recipe(seed),
      problems: { test: "t", transfer },
      arms,
    });
    const names = invented.arms.map(({ name }) => name);
    const all = run("all arms", { seed: 1, recipe: plan(1, names, { svamp: 1 }) });
    const some = run("some arms", {
      seed: 2,
      recipe: plan(2, names.slice(1), { mawps: 2 }),
      arms: invented.arms.slice(1),
    });
    const out = join(folder, "of some arms");
    await pool([some, all], out);
    const page = readFileSync(join(out, "README.md"), "utf8");
    expect(page).toMatch(/^\| base \| .* of 120\) \|/m);
    expect(page).toMatch(/^\| sft \| .* of 240\) \|/m);
    expect(page).toContain("Not every seed has every arm");
    expect(parse(readFileSync(join(out, "recipe.yaml"), "utf8"))).toMatchObject({
      arms: names,
      problems: { test: "t", transfer: { svamp: 1, mawps: 2 } },
    });
  });

  test.each([
    ["a seed twice", () => [run("a", { seed: 1 }), run("b", { seed: 1 })], /Two of the runs have seed 1/],
    [
      "another recipe",
      () => [run("c", { seed: 1, recipe: recipe(1) }), run("d", { seed: 2, recipe: recipe(2, 0.2) })],
      /seeds 1 and 2 have different recipes/,
    ],
    [
      "other transfer problems under one name",
      () => [
        run("h", { seed: 1, recipe: { ...recipe(1), problems: { transfer: { svamp: 1 } } } }),
        run("i", { seed: 2, recipe: { ...recipe(2), problems: { transfer: { svamp: 2 } } } }),
      ],
      /seeds 1 and 2 have different recipes/,
    ],
    [
      "other test problems",
      () => [
        run("e", { seed: 1, recipe: recipe(1) }),
        run("f", { seed: 2, recipe: recipe(2), problems: inventedReport().problems.toReversed() }),
      ],
      /cannot be pooled: the runs were tested on other problems/,
    ],
    ["a folder without a report", () => [join(folder, "nothing")], /holds no report.json/],
    ["a broken report", () => [run("g", { seed: Number.NaN })], /report\.json.*seed/s],
  ])("refuses %s and writes nothing", async (name, runs, message) => {
    const out = join(folder, `none ${name}`);
    await expect(pool(runs(), out)).rejects.toThrow(message);
    expect(() => readdirSync(out)).toThrow(/ENOENT/);
  });

  test("needs a run", async () => {
    await expect(pool([], folder)).rejects.toThrow(/missing required argument 'runs'/);
  });
});
