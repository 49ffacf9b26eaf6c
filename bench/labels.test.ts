import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIMENSIONS, type Dimension, type Finding, type Judgement } from "../src/data/records.js";
import { splitSteps } from "../src/verifier/text/steps.js";
import { accusation, agreement, type Compared, confusion, disagreements, VERDICTS } from "./confusion.js";
import { chooseRows, labelledSolutions, readLabels, rowHash } from "./label-data.js";
import { DATA_FOLDER, readVerifierData } from "./verifier-data.js";

const compared = fc.record<Compared>({
  label: fc.constantFrom(...DIMENSIONS),
  verdict: fc.constantFrom(...VERDICTS),
  stepFound: fc.boolean(),
  clear: fc.option(fc.boolean()),
  class: fc.constantFrom("a", "b"),
});

function row(label: Dimension, verdict: Compared["verdict"], kind = "a"): Compared {
  return { label, verdict, stepFound: true, clear: true, class: kind };
}

describe("confusion", () => {
  it("counts rows by label, then by verdict", () => {
    const matrix = confusion([row("logic", "logic"), row("logic", "none"), row("grounding", "logic")]);
    expect(matrix.logic).toMatchObject({ logic: 1, none: 1, grounding: 0 });
    expect(matrix.grounding).toMatchObject({ logic: 1, grounding: 0 });
  });

  it("holds every row once, the agreed ones on the diagonal, the rest among the disagreements", () => {
    fc.assert(
      fc.property(fc.array(compared), (rows) => {
        const matrix = confusion(rows);
        const total = DIMENSIONS.flatMap((d) => VERDICTS.map((v) => matrix[d][v])).reduce((a, b) => a + b, 0);
        const diagonal = DIMENSIONS.reduce((sum, d) => sum + matrix[d][d], 0);
        const rest = disagreements(rows).reduce((sum, d) => sum + d.rows, 0);
        expect(total).toBe(rows.length);
        expect(agreement(rows)).toEqual({ agreed: diagonal, of: rows.length });
        expect(diagonal + rest).toBe(rows.length);
      }),
    );
  });

  it("lists the most frequent disagreement first", () => {
    const rows = [row("logic", "none", "rare"), row("logic", "none", "often"), row("logic", "none", "often")];
    expect(disagreements(rows).map((d) => [d.class, d.rows])).toEqual([
      ["often", 2],
      ["rare", 1],
    ]);
  });
});

describe("accusation", () => {
  const judgement = (
    firstErrorStep: number | null,
    findings: Pick<Finding, "dimension" | "severity" | "step">[],
  ) =>
    ({
      correct: null,
      answer: { extracted: null, reference: null, distance: null },
      profile: { answer: null, arithmetic: 0, algebra: 0, logic: 0, grounding: 0, form: 0 },
      wrongness: 0,
      absurdity: 0,
      firstErrorStep,
      findings: findings.map((f) => ({ ...f, start: 0, end: 0, message: "" })),
    }) satisfies Judgement;

  it("is none where no step is accused, hints notwithstanding", () => {
    expect(accusation(judgement(null, [{ dimension: "grounding", severity: 0.2, step: 0 }]))).toBe("none");
  });

  it("takes the gravest finding of the first wrong step", () => {
    const findings: Pick<Finding, "dimension" | "severity" | "step">[] = [
      { dimension: "logic", severity: 0.6, step: 1 },
      { dimension: "arithmetic", severity: 0.9, step: 1 },
      { dimension: "algebra", severity: 1, step: 2 },
    ];
    expect(accusation(judgement(1, findings))).toBe("arithmetic");
  });

  it("names the cause before the wrong answer, and the wrong answer before nothing", () => {
    const answer = { dimension: "answer", severity: 1, step: 2 } as const;
    expect(accusation(judgement(2, [answer, { dimension: "logic", severity: 0.5, step: 2 }]))).toBe("logic");
    expect(accusation(judgement(2, [answer]))).toBe("answer");
  });
});

describe("rows to label", () => {
  const rows = ["1", "2", "2", "3", "4", "5"].map((n) => ({
    question: "How many?",
    solution: `A: ${n}`,
    is_correct: n === "1",
  }));

  it("hashes question, newline, solution", () => {
    // printf 'How many?\nA: 2' | sha256sum
    expect(rowHash("How many?", "A: 2")).toBe("a71efc3b3280d42c");
  });

  it("chooses wrong rows alone, each text once, whatever the order they come in", () => {
    const chosen = chooseRows(rows, 10).map((r) => r.solution);
    expect([...chosen].sort()).toEqual(["A: 2", "A: 3", "A: 4", "A: 5"]);
    expect(chooseRows([...rows].reverse(), 2).map((r) => r.solution)).toEqual(chosen.slice(0, 2));
  });

  it("are labelled once each, in words that are no more than eight", () => {
    const labels = readLabels();
    expect(new Set(labels.map((label) => label.hash)).size).toBe(100);
    for (const label of labels) expect(label.class.split(" ").length).toBeLessThanOrEqual(8);
  });

  it.skipIf(!existsSync(DATA_FOLDER))(
    "are the rows of the rule, each label within its steps (needs the data)",
    () => {
      const data = readVerifierData();
      if (data === null) throw new Error("the folder is there");
      const chosen = chooseRows(data.solutions).map((r) => rowHash(r.question, r.solution));
      expect(readLabels().map((label) => label.hash)).toEqual(chosen);
      for (const { solution, label } of labelledSolutions(data)) {
        expect(label.step).toBeLessThan(splitSteps(solution).length);
      }
    },
  );
});
