/**
 * Fits the weights of wrongness and absurdity on solutions that people labelled, and writes them
 * (src/verifier/weights.ts) with the report of the fit (docs/verifier-fit.md).
 *
 *     npx tsx scripts/fit-verifier.ts [--data ../shared/data]
 *
 * Model: noisy-or with a leak, `P(wrong) = 1 - (1 - leak) prod_d (1 - w_d s_d)`: each fault independently makes the
 * solution wrong with probability w_d times its score. It is the formula of wrongness itself, so a weight reads as
 * "how surely a solution with this fault is wrong"; the leak takes up the errors that no check sees and is left out of
 * the score. Fitted by maximum likelihood with one pseudo-observation each way, coordinate by coordinate (the likelihood
 * is concave in each weight). Data sets count equally, whatever their size.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { auroc, DATA_FOLDER, readVerifierData, type VerifierData } from "../bench/verifier-data.js";
import { readProblems } from "../src/data/readers/index.js";
import { random } from "../src/random.js";
import { type DoubtWeights, doubtOf } from "../src/verifier/checks/doubt.js";
import { profileOf, traitsOf } from "../src/verifier/scores.js";
import { examine, type VerifyInput, verify } from "../src/verifier/verify.js";
import { fitFree, fitGuided, foldOf, type Judged } from "./fit/place.js";

interface Row {
  readonly set: string;
  readonly question: string;
  readonly wrong: boolean;
  readonly weight: number;
  readonly features: readonly number[];
}

interface Fit {
  readonly leak: number;
  readonly weights: readonly number[];
}

const FOLDS = 5;
const PUBLISHED = 3000;
const PUBLISHED_SET = "GSM8K published solutions";
const SWEEPS = 25;
const MAX_WEIGHT = 0.99;
const DIMENSIONS = ["arithmetic", "algebra", "logic", "grounding", "form"] as const;
const FREE = [...DIMENSIONS, "doubt"] as const;
const GUIDED = ["answer", ...DIMENSIONS] as const;
const TRAITS = ["magnitude", "domain", "ungrounded", "degenerate"] as const;

function probability(fit: Fit, features: readonly number[]): number {
  return 1 - (1 - fit.leak) * fit.weights.reduce((left, w, k) => left * (1 - w * (features[k] ?? 0)), 1);
}

function logLikelihood(rows: readonly Row[], fit: Fit): number {
  let total = 0;
  for (const row of rows) {
    const p = Math.min(1 - 1e-6, Math.max(1e-6, probability(fit, row.features)));
    total += row.weight * Math.log(row.wrong ? p : 1 - p);
  }
  return total;
}

/** One pseudo-observation for and one against each weight keeps a rare fault from looking certain. */
function prior(weights: readonly number[]): number {
  return weights.reduce((sum, w) => sum + Math.log(Math.max(w, 1e-6)) + Math.log(1 - w), 0);
}

/** Rows with the same scores and label as one: nearly all solutions share a few patterns. */
function merge(rows: readonly Row[]): Row[] {
  const merged = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.wrong} ${row.features.map((x) => x.toFixed(3)).join(" ")}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? row : { ...known, weight: known.weight + row.weight });
  }
  return [...merged.values()];
}

function fitRows(all: readonly Row[], count: number): Fit {
  const rows = merge(all);
  let fit: Fit = { leak: 0.2, weights: Array.from({ length: count }, () => 0.5) };
  const objective = (candidate: Fit) => logLikelihood(rows, candidate) + prior(candidate.weights);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let k = -1; k < count; k++) {
      const base = fit;
      const at = (x: number): Fit =>
        k < 0 ? { ...base, leak: x } : { ...base, weights: base.weights.map((w, j) => (j === k ? x : w)) };
      fit = at(maximum((x) => objective(at(x))));
    }
  }
  return fit;
}

/** The maximum of a concave function on [0, MAX_WEIGHT] by ternary search. */
function maximum(f: (x: number) => number): number {
  let [low, high] = [0, MAX_WEIGHT];
  while (high - low > 1e-3) {
    const a = low + (high - low) / 3;
    const b = high - (high - low) / 3;
    if (f(a) < f(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

/** Held-out probabilities: the rows of one question always lie in one fold. */
function crossValidate(rows: readonly Row[], count: number): number[] {
  const fold = (row: Row) => random(1, "fold", row.question).int(0, FOLDS - 1);
  const fits = Array.from({ length: FOLDS }, (_, k) =>
    fitRows(
      rows.filter((row) => fold(row) !== k),
      count,
    ),
  );
  return rows.map((row) => {
    const fit = fits[fold(row)];
    return fit === undefined ? 0 : probability(fit, row.features);
  });
}

interface Labelled {
  readonly set: string;
  readonly wrong: boolean;
  /** 0-based first wrong step, -1 for none, null where only `wrong` is known. */
  readonly label: number | null;
  readonly input: VerifyInput;
}

function labelled(data: VerifierData, guided: boolean): Labelled[] {
  const reference = (question: string) => {
    const gold = guided ? data.gold.get(question.trim()) : undefined;
    return gold === undefined ? {} : { referenceSolution: gold };
  };
  const process = (set: string, rows: VerifierData["gsm8k"]) =>
    rows.map((row) => ({
      set,
      wrong: row.label >= 0,
      label: row.label,
      input: { question: row.problem, solution: row.steps, ...reference(row.problem) },
    }));
  return [
    ...process("ProcessBench GSM8K", data.gsm8k),
    ...(guided ? [] : process("ProcessBench MATH", data.math)),
    ...data.solutions.map((row) => ({
      set: "GSM8K 6B solutions",
      wrong: !row.is_correct,
      label: null,
      input: { question: row.question, solution: row.solution, ...reference(row.question) },
    })),
  ];
}

/** Published solutions of GSM8K's training set: the first of a fixed shuffle; `bench/mutations.ts` measures on others. */
async function published(folder: string): Promise<Labelled[]> {
  const problems = await readProblems({
    reader: "gsm8k",
    path: join(folder, "gsm8k/train.jsonl"),
    shuffle: 1,
  });
  return problems
    .slice(0, PUBLISHED)
    .flatMap(({ question, solution }) =>
      solution === undefined
        ? []
        : [{ set: PUBLISHED_SET, wrong: false, label: -1, input: { question, solution } }],
    );
}

function rowsOf(items: readonly Labelled[], features: (input: VerifyInput) => number[]): Row[] {
  const sizes = new Map<string, number>();
  for (const { set } of items) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  const mean = items.length / sizes.size;
  return items.map(({ set, wrong, input }) => ({
    set,
    wrong,
    question: input.question,
    weight: mean / (sizes.get(set) ?? mean),
    features: features(input),
  }));
}

const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
const fixed = (x: number) => x.toFixed(3);

function report(title: string, names: readonly string[], rows: readonly Row[]): { fit: Fit; text: string } {
  const fit = fitRows(rows, names.length);
  const held = crossValidate(rows, names.length);
  const scored = rows.map((row, i) => ({ score: held[i] ?? 0, positive: row.wrong }));
  const lines = [`## ${title}`, ""];
  lines.push(
    `Leak ${fixed(fit.leak)} (left out of the score). Held-out AUROC over all rows ${fixed(auroc(scored))}.`,
    "",
  );
  lines.push(
    "| | weight | rows with it | wrong among them | held-out AUROC without it |",
    "|---|---|---|---|---|",
  );
  names.forEach((name, k) => {
    const having = rows.filter((row) => (row.features[k] ?? 0) >= 0.25);
    const wrong = having.filter((row) => row.wrong).length;
    const without = rows.map((row) => ({ ...row, features: row.features.map((x, j) => (j === k ? 0 : x)) }));
    const left = crossValidate(without, names.length);
    const area = auroc(rows.map((row, i) => ({ score: left[i] ?? 0, positive: row.wrong })));
    const share = having.length === 0 ? "-" : percent(wrong / having.length);
    lines.push(`| ${name} | ${fixed(fit.weights[k] ?? 0)} | ${having.length} | ${share} | ${fixed(area)} |`);
  });
  lines.push("", "| set | rows | wrong | held-out AUROC |", "|---|---|---|---|");
  for (const set of new Set(rows.map((row) => row.set))) {
    const own = scored.filter((_, i) => rows[i]?.set === set);
    const wrong = own.filter((row) => row.positive).length;
    lines.push(`| ${set} | ${own.length} | ${percent(wrong / own.length)} | ${fixed(auroc(own))} |`);
  }
  lines.push("", "Calibration of the held-out probability, leak included:", "", ...calibration(scored));
  return { fit, text: lines.join("\n") };
}

function calibration(rows: readonly { score: number; positive: boolean }[]): string[] {
  const lines = ["| predicted | rows | mean predicted | wrong |", "|---|---|---|---|"];
  for (let low = 0; low < 1; low += 0.2) {
    const bin = rows.filter((row) => row.score >= low && (row.score < low + 0.2 || low >= 0.8));
    if (bin.length === 0) continue;
    const mean = bin.reduce((sum, row) => sum + row.score, 0) / bin.length;
    const wrong = bin.filter((row) => row.positive).length / bin.length;
    lines.push(
      `| ${low.toFixed(1)} to ${(low + 0.2).toFixed(1)} | ${bin.length} | ${fixed(mean)} | ${fixed(wrong)} |`,
    );
  }
  return lines;
}

/**
 * Evidence of each row. Solutions of models count by the square root of their set's size: more rows say more, and the
 * steps of the few that people judged are not drowned. Published solutions, which no model wrote, count as a set of the
 * smallest size.
 */
function judgedRows(items: readonly Labelled[]): Judged[] {
  const sizes = new Map<string, number>();
  for (const { set } of items) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  const least = Math.min(...sizes.values());
  return items.map(({ set, wrong, label, input }) => ({
    question: input.question,
    evidence: examine(input),
    wrong,
    label,
    published: set === PUBLISHED_SET,
    weight: (least / (sizes.get(set) ?? least)) ** (set === PUBLISHED_SET ? 1 : 0.5),
  }));
}

/** Scores of the dimensions, and doubt by the weights fitted without the row's fold; in steps of 0.02, which merge. */
function freeFeatures(folds: readonly DoubtWeights[], all: DoubtWeights): (input: VerifyInput) => number[] {
  return (input) => {
    const { checked, findings } = examine(input);
    const { doubt, finding } = doubtOf(checked, findings, folds[foldOf(input.question)] ?? all);
    const profile = profileOf(finding === null ? findings : [...findings, finding], null);
    return [...DIMENSIONS.map((name) => profile[name]), Math.round(doubt * 50) / 50];
  };
}

function weightsFile(weights: object): string {
  return `/**
 * Weights, written by \`scripts/fit-verifier.ts\` from solutions that people labelled; the report of the fit is
 * docs/verifier-fit.md. \`free\`: no reference answer; \`guided\`: with one.
 */
export const WEIGHTS = ${JSON.stringify(weights, null, 2).replace(/"(\w+)":/g, "$1:")} as const;
`;
}

const named = (names: readonly string[], fit: Fit): Record<string, number> =>
  Object.fromEntries(names.map((name, k) => [name, Number((fit.weights[k] ?? 0).toFixed(2))]));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string", default: DATA_FOLDER } } });
  const data = readVerifierData(values.data);
  if (data === null) throw new Error(`No labelled data in ${values.data}; name its folder with --data.`);
  const freeItems = labelled(data, false);
  const guidedItems = labelled(data, true);
  const prose = freeItems.filter(({ set }) => set !== "ProcessBench MATH");
  const place = fitFree(judgedRows([...prose, ...(await published(values.data))]));
  const departing = fitGuided(judgedRows(guidedItems.filter(({ label }) => label !== null)));
  const free = report(
    "Wrongness without a reference",
    FREE,
    rowsOf(freeItems, freeFeatures(place.folds, place.all)),
  );
  const guided = report(
    "Wrongness with the reference solution",
    GUIDED,
    rowsOf(guidedItems, (input) => {
      const { profile } = verify(input);
      return GUIDED.map((name) => profile[name] ?? 0);
    }),
  );
  const absurd = report(
    "Absurdity",
    TRAITS,
    rowsOf(guidedItems, (input) => {
      const { checked, findings, goldNumber } = examine(input);
      const traits = traitsOf(checked, findings, goldNumber);
      return TRAITS.map((name) => traits[name]);
    }),
  );
  const { doubt, ...dimensions } = named(FREE, free.fit);
  writeFileSync(
    "src/verifier/weights.ts",
    weightsFile({
      free: dimensions,
      doubt,
      guided: named(GUIDED, guided.fit),
      absurdity: named(TRAITS, absurd.fit),
      place: { free: place.all, guided: departing.all },
    }),
  );
  const intro = `# Fit of the verifier's weights

Written by \`npx tsx scripts/fit-verifier.ts\`. The model is a noisy-or with a leak, fitted by maximum likelihood; ${FOLDS}-fold
cross-validation by question. "Rows with it" have a score of at least 0.25. Data sets count equally in the fit.
`;
  const note = `No data set labels absurdity. Its weights are fitted to the same labels: how surely a solution with the trait is wrong.
With a reference, a magnitude far from it can only be wrong, which the weight says.
`;
  writeFileSync(
    "docs/verifier-fit.md",
    [intro, free.text, "", place.text, "", guided.text, "", departing.text, "", absurd.text, "", note].join(
      "\n",
    ),
  );
  console.log("wrote src/verifier/weights.ts and docs/verifier-fit.md");
}

await main();
