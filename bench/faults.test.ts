import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verify } from "../src/verifier/index.js";
import { faults } from "./faults.js";

const WRONG_SUM = "3 + 4 = 8\nThe answer is: 7";
const RIGHT_SUM = "3 + 4 = 7\nThe answer is: 7";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-faults-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run folder of which each arm errs (1) or not (0) on problems a, b, c, ... */
function run(name: string, arms: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name, "predictions"), { recursive: true });
  for (const [arm, errs] of Object.entries(arms)) {
    const lines = [...errs].map((bit, i) => {
      const problemId = String.fromCharCode(97 + i);
      const question = "Ann has 3 apples and buys 4. How many has she?";
      const verdict = verify({ question, reference: "7", solution: bit === "1" ? WRONG_SUM : RIGHT_SUM });
      return JSON.stringify({ problemId, index: 0, ...verdict });
    });
    // Arms answer in an order of their own.
    if (arm !== "sft") lines.reverse();
    writeFileSync(join(folder, name, "predictions", `${arm}-verdicts.jsonl`), lines.join("\n"));
  }
  return join(folder, name);
}
const measured = async (...runs: string[]) => {
  const said: string[] = [];
  return { figures: await faults.measure({ runs }, (line) => said.push(line)), said: said.join("\n") };
};

describe("faults", () => {
  test("counts faults in right answers too, and pools a problem's answers of all runs", async () => {
    const one = run("one", { sft: "111100", "dpo-hard": "000001" });
    const two = run("two", { sft: "111100", "dpo-hard": "000000", "dpo-random": "110000" });
    const { figures, said } = await measured(one, two);
    expect(figures).toMatchObject({
      arms: [
        { name: "sft", answers: 12, faults: { arithmetic: 8, algebra: 0, form: 0 } },
        { name: "dpo-random", answers: 6, faults: { arithmetic: 2 } },
        { name: "dpo-hard", answers: 12, faults: { arithmetic: 1 } },
      ],
    });
    const contrast = (a: string, b: string, dimension: string, rest: object) =>
      expect.objectContaining({ a, b, dimension, ...rest });
    // dpo-hard - sft by problem: -2 four times and 1 once; of the 32 ways to sign them, 2 reach 9, 2 more 7.
    expect(figures).toMatchObject({
      comparisons: expect.arrayContaining([
        contrast("dpo-hard", "sft", "arithmetic", { onlyA: 1, onlyB: 8, p: 4 / 32, difference: -7 / 12 }),
        contrast("dpo-random", "sft", "arithmetic", { onlyA: 0, onlyB: 2, p: 0.5 }),
        contrast("dpo-hard", "dpo-random", "grounding", { onlyA: 0, onlyB: 0, p: 1 }),
      ]),
    });
    expect(said).toContain("dpo-hard - sft");
  });

  test("adjusts p over the comparisons of all dimensions together", async () => {
    const { figures } = await measured(run("long", { sft: "11111111", "dpo-hard": "00000000" }));
    // One comparison in each of five dimensions, of which four show no difference.
    expect(figures).toMatchObject({
      comparisons: expect.arrayContaining([
        expect.objectContaining({ dimension: "arithmetic", p: 2 / 256, pHolm: 10 / 256 }),
      ]),
    });
  });

  test("refuses what cannot be compared, and names it", async () => {
    const none = run("none", {});
    await expect(measured(none)).rejects.toThrow(
      /none holds no verdicts .*sft-verdicts\.jsonl.*nearmiss run/,
    );
    const cut = run("cut", { sft: "1111", "dpo-hard": "000" });
    await expect(measured(cut)).rejects.toThrow(/dpo-hard-verdicts\.jsonl is of other problems than .*sft-/);
    const [three, four] = [run("three", { sft: "111" }), run("four", { sft: "1111" })];
    await expect(measured(three, four)).rejects.toThrow(/cannot be pooled: .*other problems.*one recipe/);
  });
});
