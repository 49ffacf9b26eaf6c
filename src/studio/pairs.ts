/** The views of pairs: the table, and one pair with where its weight comes from. */
import { DIMENSIONS } from "../data/dimensions.js";
import type { Pair, Problem, Verdict } from "../data/records.js";
import type { Reviews } from "../data/review.js";
import { closeness, hardness } from "../mining/hardness.js";
import type { Judged } from "../mining/near-miss.js";
import type { MiningOptions } from "../mining/options.js";
import { computationsOf, traceOverlap } from "../mining/overlap.js";
import { rawWeight, weightFactors } from "../mining/weights.js";
import { verify } from "../verifier/index.js";
import type { PairQuery, Slice } from "./query.js";
import type { PairKind, Records } from "./records.js";
import type { Factors, PairRow, PairsPage, PairView } from "./schema.js";
import { sampleOf } from "./sources.js";
import { cutText, preview, problemView } from "./text.js";

export async function pairsPage(
  records: Records,
  query: PairQuery,
  { offset, limit }: Slice,
): Promise<PairsPage> {
  const pairs = await records.pairs(query.kind);
  const reviews = await records.reviews();
  const rows = taken(pairs, reviews, query);
  return {
    all: pairs.length,
    total: rows.length,
    offset,
    rows: rows.slice(offset, offset + limit).map((line) => rowView(pairs[line] as Pair, line, reviews)),
    maxWeight: pairs.reduce((most, { weight }) => Math.max(most, weight), 0),
  };
}

function taken(pairs: readonly Pair[], reviews: Reviews, query: PairQuery): number[] {
  const needle = query.search.trim().toLowerCase();
  const holds = (pair: Pair) =>
    [pair.problemId, pair.prompt, pair.chosen, pair.rejected].some((text) =>
      text.toLowerCase().includes(needle),
    );
  const said = (pair: Pair): boolean => {
    if (query.review === "any") return true;
    if (query.review === "rejected") return reviews.pair(pair) !== undefined;
    if (query.review === "flagged") return reviews.label(pair.problemId) !== undefined;
    return !reviews.leavesOut(pair);
  };
  const lines = pairs.flatMap((pair, line) => {
    if (query.dimension !== "any" && pair.dimension !== query.dimension) return [];
    return (needle === "" || holds(pair)) && said(pair) ? [line] : [];
  });
  const { sort } = query;
  const sign = query.order === "up" ? 1 : -1;
  if (sort === "file") return sign === 1 ? lines : lines.reverse();
  const key = (line: number): number | string => {
    const pair = pairs[line] as Pair;
    if (sort === "problem") return pair.problemId;
    return sort === "dimension" ? DIMENSIONS.indexOf(pair.dimension) : pair[sort];
  };
  return lines.sort((x, y) => {
    const [a, b] = [key(x), key(y)];
    return a === b ? x - y : a < b ? -sign : sign;
  });
}

function rowView(pair: Pair, line: number, reviews: Reviews): PairRow {
  const { problemId, dimension, hardness: hard, weight, chosenSource, rejectedSource, rejected } = pair;
  return {
    line,
    problemId,
    dimension,
    hardness: hard,
    weight,
    chosenSource,
    rejectedSource,
    rejected: reviews.pair(pair) !== undefined,
    flagged: reviews.label(problemId) !== undefined,
    preview: preview(rejected),
  };
}

/** One pair, or null where the file has no such line. */
export async function pairView(records: Records, kind: PairKind, line: number): Promise<PairView | null> {
  const pairs = await records.pairs(kind);
  const pair = pairs[line];
  if (pair === undefined) return null;
  const problem = (await records.problems("samples")).get(pair.problemId) ?? null;
  const miner = await records.miner();
  const verdict = problem === null ? null : await verdictOf(records, problem, pair);
  const reviews = await records.reviews();
  return {
    kind,
    row: rowView(pair, line, reviews),
    total: pairs.length,
    problem: problem === null ? null : problemView(problem),
    chosen: cutText(pair.chosen),
    rejected: cutText(pair.rejected),
    firstError:
      pair.firstError === null
        ? null
        : preview(pair.rejected.slice(pair.firstError.start, pair.firstError.end)),
    factors:
      problem === null || miner === null || verdict === null
        ? null
        : factorsOf(pair, problem, verdict, miner.options, kind),
    note: reviews.pair(pair)?.note ?? reviews.label(pair.problemId)?.note ?? null,
  };
}

/** The rejected side's verdict: the stored one of a sample, a fresh one of a perturbed solution. */
async function verdictOf(records: Records, problem: Problem, pair: Pair): Promise<Judged | null> {
  const index = sampleOf(pair.rejectedSource);
  if (index === null) {
    const { question, answer: reference } = problem;
    return verify({ question, solution: pair.rejected, reference, referenceSolution: pair.chosen });
  }
  const solutions = await records.solutions("samples");
  const row = solutions?.columns.rowOf(problem.id, index) ?? -1;
  const verdict: Verdict | null = solutions === null || row < 0 ? null : await solutions.verdict(row);
  return verdict;
}

/** Where hardness and weight come from, computed once more by the miner's own functions. */
function factorsOf(
  pair: Pair,
  { question }: Problem,
  verdict: Judged,
  options: MiningOptions,
  kind: PairKind,
): Factors {
  const overlap = traceOverlap(
    computationsOf(question, pair.chosen),
    computationsOf(question, pair.rejected),
  );
  const { wrongness, absurdity } = verdict;
  const graded = {
    ...{ wrongness, absurdity, closeness: closeness(verdict, overlap, options) },
    // The samples that it is counted over may not all be at hand: it stands in the pair.
    frequency: pair.frequency ?? 0,
  };
  const clipped = rawWeight(graded, options);
  const hard = hardness(graded, options);
  return {
    ...graded,
    frequency: pair.frequency ?? null,
    distance: verdict.answer.distance,
    overlap,
    hardness: hard,
    factors: weightFactors(graded, options),
    clipped,
    // Pairs of the random arm weigh 1 whatever their verdict.
    mean: kind === "hard" ? clipped / pair.weight : clipped,
    agrees: Math.abs(hard - pair.hardness) < 1e-6,
    options,
  };
}
