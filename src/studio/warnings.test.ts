import { describe, expect, it } from "vitest";
import { inventedReport } from "../../tests/fakes/report.js";
import { answerWarnings, miningWarnings, trainingWarnings } from "./warnings.js";

const report = inventedReport();
const arm = (name: string, change: { accuracy?: number; meanTokens?: number; stopped?: number } = {}) => {
  const [some] = report.arms;
  if (some === undefined) throw new Error("the invented report has no arms");
  const { accuracy = 0.4, meanTokens = 100, stopped = some.total } = change;
  return { ...some, name, accuracy, answers: { meanTokens, stopped } };
};

describe("answerWarnings", () => {
  it.each([
    ["nothing for an arm as good, as long and as complete", arm("dpo-hard"), []],
    [
      "an arm below SFT",
      arm("dpo-hard", { accuracy: 0.35 }),
      [/^dpo-hard solves fewer .* sft \(−5\.0 points\)/],
    ],
    ["answers that grow", arm("dpo-hard", { meanTokens: 130 }), [/130 tokens on average, sft in 100/]],
    ["answers that shrink", arm("dpo-hard", { meanTokens: 75 }), [/75 tokens on average, sft in 100/]],
    ["answers that do not end", arm("dpo-hard", { stopped: 102 }), [/does not end 15 % .* sft 0 %/]],
    [
      "all at once",
      arm("dpo-hard", { accuracy: 0, meanTokens: 300, stopped: 0 }),
      [/fewer/, /tokens on average/, /does not end 100 %/],
    ],
  ])("%s", (_, trained, expected) => {
    const said = answerWarnings([arm("base", { accuracy: 0.1 }), arm("sft"), trained]);
    expect(said).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(said[i]).toMatch(pattern);
    });
  });

  it("holds SFT against base, and DPO against base where there is no SFT", () => {
    expect(answerWarnings([arm("base"), arm("sft", { accuracy: 0.3 })])[0]).toMatch(
      /^sft solves fewer .* base/,
    );
    expect(answerWarnings([arm("base"), arm("dpo-random", { accuracy: 0.3 })])[0]).toMatch(/than base/);
    expect(answerWarnings([arm("base"), arm("sft", { meanTokens: 30 })])).toEqual([
      expect.stringMatching(/^sft answers in 30 tokens .* of another manner than its own/),
    ]);
  });

  it.each([
    ["no arm regains what SFT cost", 0.3, 0.33, 0.38, [/^No arm .*dpo-weighted: −2\.0 points.*sft: null/]],
    ["one arm regains it", 0.3, 0.33, 0.4, []],
    ["SFT cost nothing, and they fall below base", 0.4, 0.3, 0.35, []],
  ])("tells of arms that all gain on SFT and lose on base: %s", (_, sft, hard, weighted, expected) => {
    const said = answerWarnings([
      arm("base"),
      arm("sft", { accuracy: sft }),
      arm("dpo-hard", { accuracy: hard }),
      arm("dpo-weighted", { accuracy: weighted }),
    ]).filter((warning) => !/than (base|sft) \(/.test(warning));
    expect(said).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});

describe("trainingWarnings", () => {
  /** @param start the chosen side's log-probability before training */
  const steps = (reward: (t: number) => number, start = -40) => ({
    arm: "dpo-hard",
    points: Array.from({ length: 20 }, (_, i) => {
      const chosen = reward(i / 19);
      const metrics = {
        "rewards/chosen": chosen,
        "rewards/rejected": -1,
        "logps/chosen": start + 10 * chosen,
      };
      return { step: i + 1, metrics };
    }),
  });

  it("tells of chosen solutions that have become less likely, in nats", () => {
    expect(
      trainingWarnings(
        steps((t) => (t > 0.7 ? -0.5 : 0)),
        0.1,
      )[0],
    ).toMatch(/dpo-hard: by step 20 .* lost 5\.0 nats .* \(the rejected ones 10\.0\)/);
  });

  it("takes a fifth of a short solution's log-probability for a fall", () => {
    expect(
      trainingWarnings(
        steps(() => -0.1, -4),
        0.1,
      )[0],
    ).toMatch(/lost 1\.0 nats/);
  });

  it.each([
    ["a small fall", steps(() => -0.1)],
    ["a small fall of a short solution", steps(() => -0.07, -4)],
    ["a rise", steps((t) => t)],
    ["a fall that is made up for by the end", steps((t) => (t < 0.5 ? -3 : 0))],
    ["no steps", { arm: "dpo-hard", points: [] }],
  ])("is silent on %s", (_, curve) => {
    expect(trainingWarnings(curve, 0.1)).toEqual([]);
  });
});

describe("miningWarnings", () => {
  it("counts what is left and names the gate that took most", () => {
    const { miner } = report;
    if (miner === null) throw new Error("the invented report has no miner");
    expect(miningWarnings(miner)).toEqual([]);
    const few = { ...miner, pairs: { ...miner.pairs, total: 12 } };
    const [said] = miningWarnings(few);
    expect(said).toContain("Only 12 pairs, of 60 problems");
    expect(said).toContain("10 have no right solution to choose; 45 have no negative left");
    expect(said).toContain('The gate "absurdity" took most: 60 of 200 negatives');
  });
});
