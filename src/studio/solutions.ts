/** The views of solutions: the table, the map, and one solution. Pure but for the records' own reading. */
import type { Columns } from "./columns.js";
import { NO_VERDICT, RIGHT, WRONG } from "./columns.js";
import { mapOf } from "./map.js";
import type { Slice, SolutionQuery } from "./query.js";
import type { Records, Solutions } from "./records.js";
import type { MapView, SolutionRow, SolutionsPage, SolutionView } from "./schema.js";
import { selectRows } from "./select.js";
import { cutText, preview, problemView } from "./text.js";

const NOTHING_READ = { bytes: 0, of: 0 };

export async function solutionsPage(
  records: Records,
  query: SolutionQuery,
  { offset, limit }: Slice,
): Promise<SolutionsPage> {
  const solutions = await records.solutions(query.set);
  if (solutions === null) return { all: 0, total: 0, offset, rows: [], reading: NOTHING_READ };
  const rows = await selected(records, solutions, query);
  return {
    all: solutions.columns.count,
    total: rows.length,
    offset,
    rows: await Promise.all(
      Array.from(rows.subarray(offset, offset + limit), (row) => rowView(solutions, row)),
    ),
    reading: solutions.reading,
  };
}

export async function mapView(records: Records, query: SolutionQuery): Promise<MapView> {
  const solutions = await records.solutions(query.set);
  const miner = query.set === "samples" ? await records.miner() : null;
  const region = miner === null ? null : { tauW: miner.options.tauW, tauA: miner.options.tauA };
  if (solutions === null) {
    return {
      total: 0,
      unjudged: 0,
      points: [],
      names: [],
      side: 0,
      cells: [],
      histograms: [],
      region,
      reading: NOTHING_READ,
    };
  }
  const rows = await selected(records, solutions, query);
  return { ...mapOf(solutions.columns, rows), region, reading: solutions.reading };
}

/** One solution with all that is known of it, or null where there is no such one. */
export async function solutionView(
  records: Records,
  set: string,
  problemId: string,
  index: number,
): Promise<SolutionView | null> {
  const solutions = await records.solutions(set);
  const problem = (await records.problems(set)).get(problemId);
  const row = solutions?.columns.rowOf(problemId, index) ?? -1;
  if (solutions === null || problem === undefined || row < 0) return null;
  const candidate = await solutions.candidate(row);
  const verdict = await solutions.verdict(row);
  const others = solutions.columns.ofProblem(problemId).filter((other) => other !== row);
  const pairs = set === "samples" ? await records.pairs("hard") : [];
  const { model, temperature } = candidate.sampler;
  return {
    set,
    problem: problemView(problem),
    index,
    text: cutText(candidate.text),
    tokens: candidate.tokenCount,
    cutOff: candidate.finishReason === "length",
    logprob: candidate.logprob,
    sampler: temperature === 0 ? `${model}, greedy` : `${model}, temperature ${temperature}`,
    verdict,
    others: await Promise.all(others.map((other) => rowView(solutions, other))),
    pairs: pairs.flatMap((pair, line) => {
      if (pair.problemId !== problemId) return [];
      const source = `sample:${index}`;
      const side =
        pair.rejectedSource === source ? "rejected" : pair.chosenSource === source ? "chosen" : null;
      return side === null ? [] : [{ line, side } as const];
    }),
    flagged: (await records.reviews()).label(problemId) !== undefined,
  };
}

async function selected(records: Records, solutions: Solutions, query: SolutionQuery): Promise<Uint32Array> {
  const { columns } = solutions;
  const needle = query.search.trim().toLowerCase();
  if (needle === "") return selectRows(columns, query, null);
  const matches = await solutions.matching(needle);
  markProblems(columns, await records.problems(query.set), needle, matches);
  return selectRows(columns, query, matches);
}

/** Also takes the solutions of problems whose id or question holds the text. */
function markProblems(
  columns: Columns,
  problems: ReadonlyMap<string, { readonly question: string }>,
  needle: string,
  matches: Uint8Array,
): void {
  const found = columns.problemIds.map(
    (id) =>
      id.toLowerCase().includes(needle) ||
      (problems.get(id)?.question.toLowerCase().includes(needle) ?? false),
  );
  for (let row = 0; row < matches.length; row++) if (found[columns.problem[row] ?? 0]) matches[row] = 1;
}

async function rowView(solutions: Solutions, row: number): Promise<SolutionRow> {
  const { columns } = solutions;
  const code = columns.correct[row];
  const number = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  return {
    problemId: columns.problemOf(row),
    index: columns.index[row] ?? 0,
    correct: code === RIGHT ? true : code === WRONG ? false : null,
    judged: code !== NO_VERDICT,
    wrongness: number(columns.wrongness[row]),
    absurdity: number(columns.absurdity[row]),
    distance: number(columns.distance[row]),
    dimension: columns.dimensionOf(row),
    tokens: columns.tokens[row] ?? 0,
    cutOff: columns.cutOff[row] === 1,
    mined: columns.mined[row] === 1,
    preview: preview((await solutions.candidate(row)).text),
  };
}
