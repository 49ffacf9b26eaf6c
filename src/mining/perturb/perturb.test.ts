import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { synthetic } from "../../data/synthetic/index.js";
import { random } from "../../random.js";
import { compare, equal, rational, toNumber } from "../../verifier/expression/rational.js";
import { perturb, perturbations } from "./index.js";
import { PERTURBATION_KINDS, type PerturbationKind } from "./kinds.js";
import { believable, writeLike } from "./numerals.js";
import { computed, expressionSpan, readSource } from "./source.js";

const question =
  "A shop sold 36 kites in spring and half as many in summer. In autumn it sold 7 more kites than in summer. How many kites did it sell?";
const solution = [
  "In summer it sold 36 / 2 = 18 kites.",
  "In autumn it sold 25 kites, because 18 + 7 = 25.",
  "It sold 36 + 18 + 25 = 79 kites.",
  "The answer is: 79",
].join("\n");

/** The texts of one kind, as differences from the solution: the lines that changed. */
function changed(kind: PerturbationKind): string[] {
  return perturbations(question, solution, [kind]).map((p) =>
    p.text
      .split("\n")
      .filter((line) => !solution.includes(line))
      .join(" | "),
  );
}

describe("perturbations of one solution", () => {
  it("carries a wrong operation to the answer, through a result that is announced before it", () => {
    expect(changed("wrong-operation")).toContain(
      "In autumn it sold 11 kites, because 18 - 7 = 11. | It sold 36 + 18 + 11 = 65 kites. | The answer is: 65",
    );
    // 36 * 2 = 72 is the other operation on the first line.
    expect(changed("wrong-operation")).toContain(
      "In summer it sold 36 * 2 = 72 kites. | In autumn it sold 79 kites, because 72 + 7 = 79. | It sold 36 + 72 + 79 = 187 kites. | The answer is: 187",
    );
  });

  it("miscounts a result and leaves its expression alone", () => {
    expect(changed("off-by-one")).toContain(
      "In summer it sold 36 / 2 = 19 kites. | In autumn it sold 26 kites, because 19 + 7 = 26. | It sold 36 + 19 + 26 = 81 kites. | The answer is: 81",
    );
    expect(changed("off-by-one")).toContain("It sold 36 + 18 + 25 = 69 kites. | The answer is: 69");
  });

  it("takes plus for minus in the head, not on paper", () => {
    expect(changed("sign")).toContain(
      "In autumn it sold 11 kites, because 18 + 7 = 11. | It sold 36 + 18 + 11 = 65 kites. | The answer is: 65",
    );
  });

  it("misreads a given number wherever it is used", () => {
    expect(changed("misread-given")).toContain(
      "In summer it sold 26 / 2 = 13 kites. | In autumn it sold 20 kites, because 13 + 7 = 20. | It sold 26 + 13 + 20 = 59 kites. | The answer is: 59",
    );
    // 63 / 2 is no whole number of kites.
    expect(changed("misread-given").join()).not.toContain("63 / 2");
  });

  it("leaves a step out and goes on with what it was made from", () => {
    const dropped = perturbations(question, solution, ["dropped-step"]).find((p) => p.firstErrorStep === 1);
    expect(dropped?.text).toBe(
      "In summer it sold 36 / 2 = 18 kites.\nIt sold 36 + 18 + 18 = 72 kites.\nThe answer is: 72",
    );
  });

  it("swaps operands only where the order counts", () => {
    expect(changed("operand-swap")).toEqual([]);
    const fuel = "A car burns 4 litres in 40 km. How far does it go on 5 litres?";
    const text = "It goes 40 / 4 = 10 km on a litre.\nIt goes 10 * 5 = 50 km.\nThe answer is: 50";
    expect(perturbations(fuel, text, ["operand-swap"])).toEqual([]);
    const rate = "Ann earns $12 in 60 minutes. What does she earn in 50?";
    const money = "She earns 12 / 60 = $0.20 a minute.\nShe earns 0.20 * 50 = $10.\nThe answer is: 10";
    expect(perturbations(rate, money, ["operand-swap"]).map((p) => p.text)).toEqual([
      "She earns 60 / 12 = $5.00 a minute.\nShe earns 5.00 * 50 = $250.\nThe answer is: 250",
    ]);
  });

  it("mistakes a conversion factor that the problem does not state", () => {
    const q = "A film lasts 3 hours. How many minutes is that?";
    const text = "The film lasts 3 * 60 = 180 minutes.\nThe answer is: 180";
    const slips = perturbations(q, text, ["unit-slip"]);
    expect(slips.map((p) => p.text.split("\n")[0])).toContain("The film lasts 3 * 100 = 300 minutes.");
    for (const slip of slips) expect(slip).toMatchObject({ dimension: "grounding", firstErrorStep: 0 });
    expect(perturbations(`${q} (1 hour is 60 minutes)`, text, ["unit-slip"])).toEqual([]);
  });

  it("takes the rest of a percentage for the share", () => {
    const q = "A coat costs $80. It gets 20% cheaper. By how much?";
    const shares = "It gets 0.2 * 80 = $16 cheaper.\nThe answer is: 16";
    const hundredths = "It gets 20 / 100 * 80 = $16 cheaper.\nThe answer is: 16";
    const first = (text: string) =>
      perturbations(q, text, ["percent-complement"]).map((p) => p.text.split("\n")[0]);
    expect(first(shares)).toEqual(["It gets 0.8 * 80 = $64 cheaper."]);
    expect(first(hundredths)).toEqual(["It gets 80 / 100 * 80 = $64 cheaper."]);
    expect(perturbations("A coat costs $80 and a hat $20.", hundredths, ["percent-complement"])).toEqual([]);
  });

  it("leaves percentages and halves upright", () => {
    const q = "A coat costs $80. It gets 20% cheaper. By how much?";
    const text = "It gets 20 / 100 * 80 = $16 cheaper.\nThe answer is: 16";
    expect(perturbations(q, text, ["unit-slip"])).toEqual([]);
    for (const { text: swapped } of perturbations(q, text, ["operand-swap"]))
      expect(swapped).not.toContain("100 / 20");
  });

  it("concludes with an earlier result", () => {
    expect(
      perturbations(question, solution, ["wrong-conclusion"]).map((p) => p.text.split("\n").at(-1)),
    ).toEqual(["The answer is: 18", "The answer is: 25"]);
  });

  it("takes an operand from another place", () => {
    expect(changed("wrong-operand")).toContain("It sold 36 + 7 + 25 = 68 kites. | The answer is: 68");
  });
});

describe("what is refused", () => {
  it.each([
    ["no computation", "She thinks hard.\nThe answer is: 4"],
    ["a result among variables", "3 + 4 = 7\n7x = 14\nx = 2\nThe answer is: 2"],
    ["an answer that nothing leads to", "3 + 4 = 7\nThe answer is: 12"],
    ["a computation that is false", "3 + 4 = 9\n9 + 1 = 10\nThe answer is: 10"],
    ["an empty text", ""],
  ])("%s", (_, text) => {
    const kinds = PERTURBATION_KINDS.filter((k) => k !== "wrong-conclusion");
    const steps = perturbations("What is it?", text, kinds).map((p) => p.text);
    // The last case has one true computation, 9 + 1, which may be perturbed; 3 + 4 may not.
    for (const step of steps) expect(step.startsWith("3 + 4 = 9\n")).toBe(true);
  });

  it("a constant that a later result happens to equal", () => {
    const q = "Ink costs 50 cents per ml. How many dollars do 200 ml cost?";
    const text =
      "They cost 200 * 50 = 10000 cents.\n100 cents make a dollar, so 10000 / 100 = $100.\nThe answer is: 100";
    expect(perturbations(q, text, ["wrong-operation", "off-by-one"])).toEqual([]);
  });

  it("a result that may as well be a given", () => {
    const q = "Tom has 8 nuts, Una 4. Tom eats half of his, then gets 4 more. How many has he?";
    const text = "He has 8 / 2 = 4 nuts left.\nThen he has 4 + 4 = 8 nuts.\nThe answer is: 8";
    expect(perturbations(q, text, ["off-by-one"]).every((p) => p.text.startsWith("He has 8 / 2 = 4"))).toBe(
      true,
    );
  });
});

/** Claims whose result is not what their expression gives, by step. */
function falseSteps(question: string, text: string): number[] {
  const source = readSource(question, text);
  return source.trace.claims.flatMap((claim) => {
    const span = expressionSpan(source, claim);
    const value = span && computed(text.slice(span.start, span.end));
    return value && !equal(value, claim.result.value) ? [claim.step] : [];
  });
}

const LAST_NUMBER = /(-?[\d.,]*\d)\D*$/;

function holds(question: string, solution: string): void {
  const falseBefore = falseSteps(question, solution).length;
  const stated = ["off-by-one", "sign"];
  for (const p of perturbations(question, solution)) {
    const before = solution.split("\n");
    const after = p.text.split("\n");
    const gone = p.kind === "dropped-step" ? 1 : 0;
    expect(after.length).toBe(before.length - gone);
    expect(LAST_NUMBER.exec(p.text)?.[1], p.text).not.toBe(LAST_NUMBER.exec(solution)?.[1]);
    // Everything before the error stands as it was; the line with the error does not.
    const kept = after.slice(0, p.firstErrorStep);
    for (const line of kept) expect(before).toContain(line);
    expect(after[p.firstErrorStep]).not.toBe(before[p.firstErrorStep + gone]);
    const wrong = falseSteps(question, p.text);
    if (stated.includes(p.kind)) {
      expect(wrong.length, p.text).toBe(falseBefore + 1);
      expect(wrong, p.text).toContain(p.firstErrorStep);
    } else expect(wrong.length, `${p.kind}\n${p.text}`).toBeLessThanOrEqual(falseBefore);
  }
}

describe("perturbations of many solutions", () => {
  it("break one step, keep all others exact and change the answer, on synthetic problems", () => {
    const problems = synthetic({ count: 40, seed: 5, split: "train", minSteps: 2 });
    for (const { question, solution } of problems) holds(question, solution ?? "");
    const counts = problems.map((p) => perturbations(p.question, p.solution ?? "").length);
    expect(counts.filter((n) => n > 0).length).toBeGreaterThan(36);
  });

  const gsm8k = fileURLToPath(new URL("../../../../shared/data/gsm8k/train.jsonl", import.meta.url));
  it.skipIf(!existsSync(gsm8k))("and on GSM8K (skipped where ../shared/data is not there)", () => {
    const rows = readFileSync(gsm8k, "utf8").split("\n").slice(0, 40);
    let perturbed = 0;
    for (const row of rows) {
      const { question, answer } = JSON.parse(row) as { question: string; answer: string };
      const text = answer.replace(/<<[^>]*>>/g, "").replace(/\n#### (.*)$/, "\nThe answer is: $1");
      holds(question, text);
      if (perturbations(question, text).length > 0) perturbed++;
    }
    expect(perturbed).toBeGreaterThan(0.9 * rows.length);
  });

  it("never throw on any text", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0123456789 +-*/=.,$%()x\nansweri".split("")) });
    fc.assert(fc.property(text, text, (q, s) => perturbations(q, s).every((p) => p.text !== s)));
  });
});

describe("perturb", () => {
  it("goes round the kinds, and is the same for the same stream", () => {
    const draw = (seed: number) => perturb(question, solution, 5, random(seed, "test"));
    expect(draw(1)).toEqual(draw(1));
    expect(new Set(draw(1).map((p) => p.kind)).size).toBe(5);
    expect(perturb(question, solution, 1000, random(1)).length).toBe(
      perturbations(question, solution).length,
    );
    expect(perturb("", "", 3, random(1))).toEqual([]);
  });
});

describe("numerals", () => {
  const of = (n: number, d = 1) => rational(BigInt(n), BigInt(d)) ?? { n: 0n, d: 1n };

  it.each([
    [1234567, 1, "9,999", "1,234,567"],
    [1234, 1, "9999", "1234"],
    [5, 2, "1.50", "2.50"],
    [3, 1, "1.50", "3.00"],
    [1, 4, "2", "0.25"],
    [1, 3, "2", null],
    [2469, 2, "1,000", "1,234.5"],
  ])("writes %i/%i like %s", (n, d, model, text) => {
    expect(writeLike(of(n, d), model)).toBe(text);
  });

  it("believes positive numbers of the same kind and size", () => {
    expect(believable(of(13), of(12), 0, false)).toBe(true);
    expect(believable(of(-13), of(12), 0, false)).toBe(false);
    expect(believable(of(0), of(12), 0, false)).toBe(false);
    expect(believable(of(25, 2), of(12), 0, false)).toBe(false);
    expect(believable(of(25, 2), of(12), 0, true)).toBe(true);
    expect(believable(of(25, 2), of(12), 1, false)).toBe(true);
    expect(believable(of(1201), of(12), 0, false)).toBe(false);
  });

  it("reads back what it writes", () => {
    const model = fc.constantFrom("5", "5.25", "1,000", "0.5");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.constantFrom(1, 2, 4, 5, 10),
        model,
        (n, d, m) => {
          const value = of(n, d);
          const text = writeLike(value, m);
          expect(Number(text?.replaceAll(",", ""))).toBeCloseTo(toNumber(value), 6);
          expect(compare(value, of(0))).toBe(1);
        },
      ),
    );
  });
});
