/** Hostile text: the verifier never throws and says the same twice. `npm run fuzz:verifier` looks longer, and at time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answer, GENERATORS, question } from "../scripts/fuzz/hostile.js";
import { random } from "../src/random.js";
import { extractAnswer, sameAnswer, verify } from "../src/verifier/index.js";

/** What the public functions say of two texts. */
function outputs(asked: string, solution: string, other: string): unknown {
  return [
    verify({ question: asked, solution }),
    verify({ question: asked, solution: solution.split("\n"), reference: other, referenceSolution: other }),
    sameAnswer(solution, other),
    sameAnswer(other, solution),
    extractAnswer(solution),
  ];
}

/** Same input, same output, to the last digit. */
function holds(asked: string, solution: string, other: string): void {
  expect(JSON.stringify(outputs(asked, solution, other))).toBe(
    JSON.stringify(outputs(asked, solution, other)),
  );
}

describe("hostile text", () => {
  it.each(Object.keys(GENERATORS))("%s", (kind) => {
    const make = GENERATORS[kind] ?? answer;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const r = random(seed, "hostile", kind);
        holds(question(r, 1), make(r, 1), answer(r, 1));
      }),
      { numRuns: 25 },
    );
  });

  it("any code units, lone surrogates with them", () => {
    const text = fc.string({
      unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)),
      maxLength: 80,
    });
    fc.assert(fc.property(text, text, text, holds), { numRuns: 100 });
  });

  it("an answer is the same as itself", () => {
    const text = fc.nat().map((seed) => answer(random(seed, "self"), 1));
    fc.assert(
      fc.property(text, (t) => {
        if (extractAnswer(t) !== null) expect(sameAnswer(t, t)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("which of two answers comes first does not matter", () => {
    const text = fc.nat().map((seed) => answer(random(seed, "pair"), 1));
    fc.assert(
      fc.property(text, text, (a, b) => expect(sameAnswer(a, b)).toBe(sameAnswer(b, a))),
      { numRuns: 400 },
    );
  });

  it("numbers that no one can hold are left alone", () => {
    expect(sameAnswer("9^9^9^9", "9^9^9^9")).toBe(true);
    expect(sameAnswer("9^9^9^9", "9^9^9^8")).toBe(false);
    expect(sameAnswer("(10^9)!", "1")).toBe(false);
    expect(sameAnswer("\\sum_{k=1}^{10^{12}} k", "1")).toBe(false);
    expect(sameAnswer("1".repeat(1_000_000), "2".repeat(1_000_000))).toBe(false);
  });
});
