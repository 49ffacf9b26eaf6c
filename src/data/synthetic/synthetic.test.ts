import { describe, expect, it } from "vitest";
import { FAMILIES } from "./families/index.js";
import { apply, expression } from "./family.js";
import { familyNames, phrasings, synthetic } from "./index.js";
import { SyntheticProblem } from "./problem.js";

const train = synthetic({ count: 6000, seed: 11, split: "train" });
const test = synthetic({ count: 2000, seed: 12, split: "test" });
const all = [...train, ...test];
const numbersOf = (text: string) => (text.match(/\d+/g) ?? []).map(Number);

/** Each family at each number of steps at which it can end. */
const endings = FAMILIES.flatMap((family) =>
  family.stages.flatMap((stage, index) =>
    stage.ask === undefined ? [] : [{ name: family.name, level: index + 1 }],
  ),
);

describe("the table of families", () => {
  it("has at least 25 of different names, and all steps from 1 to 5", () => {
    expect(new Set(familyNames).size).toBe(familyNames.length);
    expect(familyNames.length).toBeGreaterThanOrEqual(25);
    expect(new Set(endings.map(({ level }) => level))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it.each(endings)(
    "$name in $level steps: every number is grounded, every step exact, the last is the answer",
    (ending) => {
      const { name: family, level } = ending;
      const options = {
        seed: 3,
        split: "train",
        families: [family],
        minSteps: level,
        maxSteps: level,
      } as const;
      const problems = synthetic({ count: 30, ...options });
      expect(problems).toHaveLength(30);
      for (const problem of problems) {
        expect(SyntheticProblem.parse(problem)).toEqual(problem);
        expect(problem.steps).toHaveLength(level);
        expect(problem.answer).toBe(String(problem.steps.at(-1)?.result));
        expect(problem.question).toMatch(/^[A-Z\d].*\?$/);
        expect(problem.question + problem.solution).not.toMatch(/[{}]|undefined|\b1 [a-z]+s\b/);
        for (const [index, step] of problem.steps.entries()) {
          const [left, right] = step.operands;
          expect(step.result).toBe(apply(step.operation, left.value, right.value));
          expect(Number.isInteger(step.result) && step.result >= 2 && step.result <= 500).toBe(true);
          expect(step.expression).toBe(expression(step.operation, left.value, right.value));
          for (const text of step.texts) expect(text).toContain(`${step.expression} = ${step.result}`);
          for (const { value, from } of step.operands) {
            if (from === "question") expect(numbersOf(problem.question)).toContain(value);
            if (typeof from === "number") {
              expect(from).toBeLessThan(index);
              expect(value).toBe(problem.steps[from]?.result);
            }
          }
        }
      }
    },
  );

  it("uses every result but the last one's, and every number of the question", () => {
    for (const { id, question, steps } of train) {
      const used = steps.flatMap((step) => step.operands);
      for (const index of steps.slice(0, -1).keys()) {
        expect(
          used.some(({ from }) => from === index),
          `${id} step ${index}: ${question}`,
        ).toBe(true);
      }
      const told = numbersOf(question.replace("1/", ""));
      for (const number of told)
        expect(
          used.map(({ value }) => value),
          `${id}: ${question}`,
        ).toContain(number);
    }
  });

  it("names each slot of a step in the story, so that no family carries a dead one", () => {
    for (const family of FAMILIES) {
      const text = JSON.stringify(family.stages.map(({ tell, ask, step }) => [tell, ask, step]));
      const formulas = Object.values(family.slots)
        .filter((how) => typeof how === "string")
        .join(" ");
      for (const slot of Object.keys(family.slots)) {
        const used = new RegExp(`\\{${slot}\\}`).test(text) || new RegExp(`\\b${slot}\\b`).test(formulas);
        expect(used, `${family.name}: ${slot}`).toBe(true);
      }
    }
  });
});

describe("problems", () => {
  it("are the same for the same seed, and a shorter list is the beginning of a longer one", () => {
    const options = { seed: 5, split: "train" } as const;
    expect(synthetic({ count: 20, ...options })).toEqual(synthetic({ count: 100, ...options }).slice(0, 20));
    expect(synthetic({ count: 20, ...options, seed: 6 })).not.toEqual(synthetic({ count: 20, ...options }));
  });

  it("never share a question, an id or a story with the same numbers between train and test", () => {
    const story = (problem: (typeof all)[number]) =>
      [problem.type, ...problem.steps.map((step) => step.expression)].join("|");
    for (const key of [story, (p: (typeof all)[number]) => p.question, (p: (typeof all)[number]) => p.id]) {
      const seen = new Set(train.map(key));
      expect(test.filter((problem) => seen.has(key(problem)))).toEqual([]);
    }
    for (const part of [train, test]) {
      expect(new Set(part.map(({ id }) => id)).size).toBe(part.length);
      expect(new Set(part.map(({ question }) => question)).size).toBe(part.length);
    }
  });

  it("are mostly short, in few words, with small numbers", () => {
    const words = new Set(
      all.flatMap(({ question, solution }) => `${question} ${solution}`.match(/[A-Za-z]+/g) ?? []),
    );
    expect(words.size).toBeLessThan(450);
    const share = (test: (problem: (typeof all)[number]) => boolean) => all.filter(test).length / all.length;
    expect(share(({ steps }) => steps.length <= 3)).toBeGreaterThan(0.85);
    expect(share(({ steps }) => steps.length > 1)).toBeGreaterThan(0.6);
    expect(share(({ steps }) => steps.every(({ result }) => result <= 200))).toBeGreaterThan(0.9);
  });

  it("keep to the steps asked for", () => {
    const problems = synthetic({ count: 50, seed: 1, split: "test", minSteps: 4, maxSteps: 5 });
    expect(problems.every(({ steps }) => steps.length >= 4)).toBe(true);
  });

  it("say what cannot be had", () => {
    const options = { seed: 1, split: "train" } as const;
    expect(() => synthetic({ count: 1, ...options, families: ["fishing"] })).toThrow(
      /no synthetic family "fishing".*gifts/,
    );
    expect(() => synthetic({ count: 1, ...options, minSteps: 6 })).toThrow(
      /No synthetic family has .* widen the range/,
    );
    expect(() => synthetic({ count: 1e6, ...options, families: ["weeks"], maxSteps: 1 })).toThrow(
      /Ask for fewer/,
    );
  });
});

describe("phrasings", () => {
  const equations = (text: string) => text.match(/(\d+% of \d+|\d+ [-+*/] \d+) = \d+/g);

  it("keep the equations and the answer line, and differ from the solution and from each other", () => {
    for (const problem of train.slice(0, 500)) {
      const others = phrasings(problem);
      expect(others.length).toBeGreaterThanOrEqual(2);
      expect(new Set([problem.solution, ...others]).size).toBe(others.length + 1);
      for (const text of [problem.solution, ...others]) {
        expect(text.split("\n").at(-1)).toBe(`The answer is: ${problem.answer}`);
        expect(equations(text)).toEqual(problem.steps.map((step) => `${step.expression} = ${step.result}`));
      }
    }
  });
});
