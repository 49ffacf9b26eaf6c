import { describe, expect, test } from "vitest";
import { NearmissError } from "../errors.js";
import { parseRecipe } from "./load.js";

const GOOD = `model: ./model
seed: 5
problems:
  train: { reader: synthetic, split: train, count: 10, seed: 1 }
  test: { reader: jsonl, path: data/test.jsonl }
`;

function complaint(text: string, overrides = {}): string {
  try {
    parseRecipe(text, "/recipes/mine.yaml", overrides);
  } catch (error) {
    if (error instanceof NearmissError) {
      expect(error.exitCode).toBe(2);
      return error.message;
    }
    throw error;
  }
  return "";
}

test("a short recipe is filled up with defaults; paths are anchored at its folder, seeds inherited", () => {
  const recipe = parseRecipe(GOOD, "/recipes/mine.yaml");
  expect(recipe).toMatchObject({ name: "mine", model: "/recipes/model", sample: { n: 4 } });
  expect(recipe.problems.test).toMatchObject({ path: "/recipes/data/test.jsonl" });
  expect([recipe.sft?.seed, recipe.dpo.seed, recipe.mine.seed]).toEqual([5, 5, 5]);
  expect(parseRecipe(`${GOOD}dpo: { seed: 9 }\n`, "/recipes/mine.yaml").dpo.seed).toBe(9);
  expect(parseRecipe(GOOD.replace("./model", "Owner/Name"), "/r.yaml").model).toBe("Owner/Name");
});

test("an adapter to begin at is anchored too, and brings its own shape", () => {
  const recipe = parseRecipe(`${GOOD}adapter: from/peft\n`, "/recipes/mine.yaml");
  expect(recipe.adapter).toBe("/recipes/from/peft");
  const message = complaint(`${GOOD}adapter: from/peft\nlora: { rank: 4 }\n`);
  expect(message).toMatch(/line 7: lora: .*`adapter` brings its own rank and alpha: leave one of them out/);
});

test("overrides and variables", () => {
  const text = GOOD.replace("data/test.jsonl", '"$' + '{folder}/test.jsonl"');
  const set = ["sample.n=8", "variables.folder=/data", "arms=[base, sft]", "dpo.beta=0.2"];
  const recipe = parseRecipe(text, "/recipes/mine.yaml", { set, model: "tiny" });
  expect(recipe).toMatchObject({
    model: "tiny",
    sample: { n: 8 },
    arms: ["base", "sft"],
    dpo: { beta: 0.2 },
  });
  expect(recipe.problems.test).toMatchObject({ path: "/data/test.jsonl" });
  expect(complaint(text)).toMatch(/line 5: problems\.test\.path: \$\{folder\}: no such variable/);
});

describe("mistakes", () => {
  test("all at once, each with line, path, expectation and the nearest right word", () => {
    const message = complaint(`model: ./model
problems:
  train: { reader: synthetik, split: train, count: 10, seed: 1 }
  test: { reader: jsonl, paht: x.jsonl }
sample:
  temprature: 1
  n: 0
dpo: { beta: high, variant: sigmoit }
arms: [base, dpo-hrad]
`);
    for (const part of [
      "line 3: problems.train.reader: expected one of gsm8k, metamath,",
      'found "synthetik"; did you mean "synthetic"?',
      'line 4: problems.test.paht: unknown key; did you mean "path"?',
      "problems.test.path: is missing; expected a text",
      'line 6: sample.temprature: unknown key; did you mean "temperature"?',
      "line 7: sample.n: expected a number of at least 1, found 0",
      'line 8: dpo.beta: expected a number, found "high"',
      'did you mean "sigmoid"?',
      'line 9: arms[1]: expected one of base, sft, sft-chosen, dpo-random, dpo-hard, dpo-weighted, found "dpo-hrad"; did you mean "dpo-hard"?',
      "has 8 mistakes",
    ]) {
      expect(message).toContain(part);
    }
  });

  const TABLE: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ["empty", "", /model: is missing; expected a text/],
    ["not YAML", "model: [\n", /is not YAML:\n {2}line \d/],
    ["a list", "- model\n", /line 1: expected a block of keys/],
    [
      "unknown key with no near word",
      `${GOOD}zzzzzzzzz: 1\n`,
      /line 6: zzzzzzzzz: unknown key; the keys here are name, model/,
    ],
    [
      "prompt without question",
      `${GOOD}prompt: { user: solve }\n`,
      /prompt\.user: must contain \{question\}/,
    ],
    ["sft arm without sft", `${GOOD}sft: null\n`, /arms: names "sft", but `sft` is null/],
    ["key given twice", `${GOOD}seed: 6\n`, /line 6: Map keys must be unique/],
    [
      "a mistake within a rule of several keys",
      `${GOOD}dpo: { labelSmoothing: 0.1 }\n`,
      /dpo\.labelSmoothing: only the variants/,
    ],
  ];
  test.each(TABLE)("%s", (_, text, says) => {
    expect(complaint(text)).toMatch(says);
  });

  test("in overrides", () => {
    expect(complaint(GOOD, { set: ["sample.n"] })).toContain("--set sample.n: expected KEY=VALUE");
    expect(complaint(GOOD, { set: ["arms=[base"] })).toContain("--set arms=[base: [base is not YAML");
    expect(complaint(GOOD, { set: ["smaple.n=2"] })).toContain('smaple: unknown key; did you mean "sample"?');
    expect(complaint(GOOD, { set: ["model.x=2"] })).toContain("there is no such place");
  });
});
