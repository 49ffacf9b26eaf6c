/**
 * `npm run bench -- verifier`: how well and how fast the verifier judges. Needs the development data (see
 * docs/verifier.md); without it nothing is measured.
 */
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { z } from "zod";
import { sameAnswer, verify } from "../src/verifier/index.js";
import { type Bench, REPEATS } from "./harness.js";
import { repeated, round, type Spread, spread } from "./measure.js";
import { auroc, DATA, type ProcessRow, readVerifierData, type VerifierData } from "./verifier-data.js";

const Options = z.strictObject({ ...DATA.options, ...REPEATS.options });
type Options = z.output<typeof Options>;

export const verifier: Bench<Options> = {
  name: "verifier",
  about: "How well and how fast the verifier judges.",
  flags: [...DATA.flags, ...REPEATS.flags],
  options: Options,
  async measure({ data: folder, ...repeats }, say) {
    const data = readVerifierData(folder);
    if (data === null) {
      say(`${folder}: the development data is not there; nothing measured`);
      return { skipped: true };
    }
    const figures = {
      gsm8k: processBench(data.gsm8k, () => undefined),
      gsm8kGuided: processBench(data.gsm8k, (row) => data.gold.get(row.problem.trim())),
      math: processBench(data.math, () => undefined),
      equivalence: equivalence(data),
      ...solutions(data),
      speed: await speed(data, repeats),
    };
    for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(12)} ${JSON.stringify(value)}`);
    return figures;
  },
};

/** F1 of two rates: wrong rows whose first wrong step is named exactly, right rows that are accepted (ProcessBench). */
function processBench(rows: readonly ProcessRow[], reference: (row: ProcessRow) => string | undefined) {
  const count = { wrong: 0, exact: 0, right: 0, accepted: 0 };
  for (const row of rows) {
    const referenceSolution = reference(row);
    const { firstErrorStep } = verify({
      question: row.problem,
      solution: row.steps,
      ...(referenceSolution === undefined ? {} : { referenceSolution }),
    });
    if (row.label < 0) {
      count.right++;
      if (firstErrorStep === null) count.accepted++;
    } else {
      count.wrong++;
      if (firstErrorStep === row.label) count.exact++;
    }
  }
  const exactRate = count.exact / count.wrong;
  const acceptedRate = count.accepted / count.right;
  return {
    f1: round((200 * exactRate * acceptedRate) / (exactRate + acceptedRate)),
    exactPercent: round(100 * exactRate),
    acceptedPercent: round(100 * acceptedRate),
    ...count,
  };
}

function equivalence(data: VerifierData) {
  const agreed = data.cases.filter((row) => sameAnswer(row.prediction, row.gold) === row.expected).length;
  return { agreed, cases: data.cases.length };
}

function solutions(data: VerifierData) {
  const free: { score: number; positive: boolean }[] = [];
  const guided: { score: number; positive: boolean }[] = [];
  let agreed = 0;
  for (const row of data.solutions) {
    const input = { question: row.question, solution: row.solution };
    const referenceSolution = data.gold.get(row.question.trim());
    const judged = verify({ ...input, ...(referenceSolution === undefined ? {} : { referenceSolution }) });
    if (judged.correct === row.is_correct) agreed++;
    free.push({ score: verify(input).wrongness, positive: !row.is_correct });
    guided.push({ score: judged.wrongness, positive: !row.is_correct });
  }
  return {
    correct: { agreed, solutions: data.solutions.length },
    auroc: { free: round(auroc(free), 3), guided: round(auroc(guided), 3) },
  };
}

/** Of the module as it is shipped: the loader that runs this file adds calls of its own to every function. */
async function speed(data: VerifierData, repeats: Repeats) {
  const { sameAnswer, verify } = await shipped();
  const rows = data.solutions.slice(0, 1000);
  const verdicts = await rate(rows, repeats, (row) =>
    verify({ question: row.question, solution: row.solution }),
  );
  const answers = await rate(data.cases, repeats, (row) => sameAnswer(row.prediction, row.gold));
  return { verdictsPerSecond: verdicts, answersPerSecond: answers };
}

async function shipped(): Promise<typeof import("../src/verifier/index.js")> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../src/verifier/index.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  return await import(`data:text/javascript;base64,${code}`);
}

interface Repeats {
  readonly warmup: number;
  readonly repeats: number;
}

/** Calls a second over all rows, in spells of at least a second. */
async function rate<T>(rows: readonly T[], repeats: Repeats, call: (row: T) => unknown): Promise<Spread> {
  const spells = await repeated(repeats, async () => {
    const start = performance.now();
    let calls = 0;
    while (performance.now() - start < 1000) {
      for (const row of rows) call(row);
      calls += rows.length;
    }
    return calls;
  });
  return spread(
    spells.map(({ seconds, result }) => result / seconds),
    0,
  );
}
