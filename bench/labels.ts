/**
 * `npm run bench -- labels [--json] [--classes] [--data ../shared/data]`: the dimension of the first error, verdict
 * against label, on solutions labelled by reading (bench/labels, processbench/*_errors.jsonl of the development data).
 *
 * `--json` prints the last line only; `--classes` adds the disagreements where the step is found, by class of error.
 */
import { type VerifyInput, verify } from "../src/verifier/index.js";
import {
  accusation,
  agreement,
  type Compared,
  confusion,
  disagreements,
  type Share,
  VERDICTS,
} from "./confusion.js";
import { type Labelled, labelledErrors, labelledSolutions } from "./label-data.js";
import { readVerifierData } from "./verifier-data.js";

/** Compares every labelled set without a reference, and with it where there is one; the object is what was printed. */
export async function run(options: Record<string, string> = {}): Promise<object> {
  const data = readVerifierData(options.data);
  if (data === null) {
    if (options.json === undefined) {
      console.log("labels: the development data is not there; nothing measured");
    }
    return { bench: "labels", skipped: true };
  }
  const solutions = labelledSolutions(data);
  const gsm8k = labelledErrors(data.gsm8k, "gsm8k", data.gold, options.data);
  const math = labelledErrors(data.math, "math", data.gold, options.data);
  const sets = {
    solutions: compare(solutions, false),
    solutionsGuided: compare(solutions, true),
    gsm8k: compare(gsm8k, false),
    gsm8kGuided: compare(gsm8k, true),
    math: compare(math, false),
  };
  const figures = Object.fromEntries(Object.entries(sets).map(([name, rows]) => [name, summary(rows)]));
  if (options.json === undefined) {
    for (const [name, rows] of Object.entries(sets)) show(name, rows, options.classes !== undefined);
  }
  return { bench: "labels", ...figures };
}

function compare(rows: readonly Labelled[], guided: boolean): Compared[] {
  return rows.map(({ question, solution, referenceSolution, label }) => {
    const input: VerifyInput = { question, solution };
    const judged = verify(guided ? { ...input, referenceSolution } : input);
    return {
      label: label.dimension,
      verdict: accusation(judged),
      stepFound: judged.firstErrorStep === label.step,
      clear: label.clear,
      class: label.class,
    };
  });
}

function summary(rows: readonly Compared[]) {
  const found = rows.filter((row) => row.stepFound);
  const clear = rows.filter((row) => row.clear === true);
  const clearFound = clear.filter((row) => row.stepFound);
  return {
    rows: rows.length,
    accused: rows.filter((row) => row.verdict !== "none").length,
    stepFound: agreement(found),
    overall: agreement(rows),
    /** Null where no label says whether it is beyond doubt. */
    clear:
      clear.length === 0
        ? null
        : {
            stepFound: agreement(clearFound),
            overall: agreement(clear),
            /** Logic told apart from grounding, step found. */
            logicOrGrounding: agreement(
              clearFound.filter((row) => row.label === "logic" || row.label === "grounding"),
            ),
          },
    matrixStepFound: confusion(found),
    matrix: confusion(rows),
  };
}

function show(name: string, rows: readonly Compared[], classes: boolean): void {
  const found = rows.filter((row) => row.stepFound);
  const figures = summary(rows);
  const share = ({ agreed, of }: Share) => `${agreed} of ${of}`;
  console.log(`\n${name}: ${rows.length} rows, ${figures.accused} accused, step found in ${found.length}`);
  console.log(
    `  dimension agrees, step found: ${share(figures.stepFound)}; overall: ${share(figures.overall)}`,
  );
  if (figures.clear !== null) {
    console.log(
      `  clear labels, step found: ${share(figures.clear.stepFound)} (of these logic or grounding: ` +
        `${share(figures.clear.logicOrGrounding)}); overall: ${share(figures.clear.overall)}`,
    );
  }
  console.log("  step found, label by verdict");
  table(found);
  console.log("  all rows, label by verdict");
  table(rows);
  if (!classes) return;
  for (const d of disagreements(found)) console.log(`  ${d.rows}  ${d.label} -> ${d.verdict}: ${d.class}`);
}

/** Labels that no row has are left out. */
function table(rows: readonly Compared[]): void {
  console.log(`    ${"".padEnd(10)} ${VERDICTS.map((verdict) => verdict.padStart(10)).join(" ")}`);
  for (const [label, counts] of Object.entries(confusion(rows))) {
    if (!rows.some((row) => row.label === label)) continue;
    const cells = VERDICTS.map((verdict) => String(counts[verdict]).padStart(10));
    console.log(`    ${label.padEnd(10)} ${cells.join(" ")}`);
  }
}
