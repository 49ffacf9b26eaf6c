/**
 * `npm run bench -- labels [--classes] [--data ../shared/data]`: the dimension of the first error, verdict
 * against label, on solutions labelled by reading (bench/labels, processbench/*_errors.jsonl of the development data).
 *
 * `--classes` adds the disagreements where the step is found, by class of error.
 */
import { z } from "zod";
import { toggle } from "../src/cli/flags.js";
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
import type { Bench, Say } from "./harness.js";
import { type Labelled, labelledErrors, labelledSolutions } from "./label-data.js";
import { DATA, readVerifierData } from "./verifier-data.js";

const Options = z.strictObject({ ...DATA.options, classes: z.boolean().default(false) });
type Options = z.output<typeof Options>;

/** Compares every labelled set without a reference, and with it where there is one. */
export const labels: Bench<Options> = {
  name: "labels",
  about: "The dimension of a solution's first error: the verifier against a reader.",
  flags: [...DATA.flags, toggle("--classes", "also list the disagreements by class of error")],
  options: Options,
  async measure({ data: folder, classes }, say) {
    const data = readVerifierData(folder);
    if (data === null) {
      say(`${folder}: the development data is not there; nothing measured`);
      return { skipped: true };
    }
    const solutions = labelledSolutions(data);
    const gsm8k = labelledErrors(data.gsm8k, "gsm8k", data.gold, folder);
    const math = labelledErrors(data.math, "math", data.gold, folder);
    const sets = {
      solutions: compare(solutions, false),
      solutionsGuided: compare(solutions, true),
      gsm8k: compare(gsm8k, false),
      gsm8kGuided: compare(gsm8k, true),
      math: compare(math, false),
    };
    const figures = Object.fromEntries(Object.entries(sets).map(([name, rows]) => [name, summary(rows)]));
    for (const [name, rows] of Object.entries(sets)) show(say, name, rows, classes);
    return figures;
  },
};

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

function show(say: Say, name: string, rows: readonly Compared[], classes: boolean): void {
  const found = rows.filter((row) => row.stepFound);
  const figures = summary(rows);
  const share = ({ agreed, of }: Share) => `${agreed} of ${of}`;
  say(`\n${name}: ${rows.length} rows, ${figures.accused} accused, step found in ${found.length}`);
  say(`  dimension agrees, step found: ${share(figures.stepFound)}; overall: ${share(figures.overall)}`);
  if (figures.clear !== null) {
    say(
      `  clear labels, step found: ${share(figures.clear.stepFound)} (of these logic or grounding: ` +
        `${share(figures.clear.logicOrGrounding)}); overall: ${share(figures.clear.overall)}`,
    );
  }
  say("  step found, label by verdict");
  table(say, found);
  say("  all rows, label by verdict");
  table(say, rows);
  if (!classes) return;
  for (const d of disagreements(found)) say(`  ${d.rows}  ${d.label} -> ${d.verdict}: ${d.class}`);
}

/** Labels that no row has are left out. */
function table(say: Say, rows: readonly Compared[]): void {
  say(`    ${"".padEnd(10)} ${VERDICTS.map((verdict) => verdict.padStart(10)).join(" ")}`);
  for (const [label, counts] of Object.entries(confusion(rows))) {
    if (!rows.some((row) => row.label === label)) continue;
    const cells = VERDICTS.map((verdict) => String(counts[verdict]).padStart(10));
    say(`    ${label.padEnd(10)} ${cells.join(" ")}`);
  }
}
