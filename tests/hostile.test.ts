/** Hostile text: the verifier never throws and says the same twice. `npm run fuzz:verifier` looks longer, and at time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GENERATORS, texts } from "../scripts/fuzz/hostile.js";
import { PROPERTIES, type Texts } from "../scripts/fuzz/properties.js";
import { random } from "../src/random.js";
import { sameAnswer } from "../src/verifier/index.js";

function holds(made: Texts): void {
  for (const [name, check] of Object.entries(PROPERTIES)) expect(check(made), name).toBeNull();
}

describe("hostile text", () => {
  it.each(Object.keys(GENERATORS))("%s", (kind) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => holds(texts(random(seed, kind), kind))),
      { numRuns: 25 },
    );
  });

  it("any code units, lone surrogates with them", () => {
    const text = fc.string({
      unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)),
      maxLength: 80,
    });
    const made = fc.record({
      question: text,
      solution: text,
      reference: text,
      answers: fc.tuple(text, text),
    });
    fc.assert(fc.property(made, holds), { numRuns: 100 });
  });

  it("numbers that no one can hold are left alone", () => {
    expect(sameAnswer("9^9^9^9", "9^9^9^9")).toBe(true);
    expect(sameAnswer("9^9^9^9", "9^9^9^8")).toBe(false);
    expect(sameAnswer("(10^9)!", "1")).toBe(false);
    expect(sameAnswer("\\sum_{k=1}^{10^{12}} k", "1")).toBe(false);
    expect(sameAnswer("1".repeat(1_000_000), "2".repeat(1_000_000))).toBe(false);
    expect(sameAnswer("1".repeat(3_000), "1".repeat(3_001))).toBe(false);
    expect(sameAnswer(`${"(0,1) \\cup ".repeat(99)}(2,3)`, `${"(0,1) \\cup ".repeat(99)}(2,4)`)).toBe(false);
    // Held exactly, but by no float: whole, and as the two parts of a fraction.
    expect(sameAnswer("2^{2006}", "\\pi")).toBe(false);
    expect(sameAnswer("\\frac{3^{640}}{2^{1030}} \\pi", "0")).toBe(false);
  });

  // Formulas, boxes and marks without anything in them, before or behind a number.
  it.each([
    "$$\\sqrt{ o+pr{-5| = 5$, $5! \\frac{3}{4} =540^\\circ\\lfloor \\fr\\(",
    "5 = 10$, $3",
    "\\boxed{****} 7",
    "1\\boxed{\\boxed{\\boxed{",
    "\\boxed{3} #### **",
    " A: 5",
  ])("%s is the same as itself", (text) => {
    expect(sameAnswer(text, text)).toBe(true);
  });
});
