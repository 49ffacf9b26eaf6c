/** What of a run goes into its report: what the views cannot do without, then solutions as long as there is room. */
import type { Pair, Problem } from "../data/records.js";
import { thin } from "../studio/curves.js";
import type { FolderRecords } from "../studio/folder/folder.js";
import type { PairKind, Solutions } from "../studio/records.js";
import type { HeldPair, HeldSolution, ReportData } from "../studio/report-data.js";
import type { Overview } from "../studio/schema.js";
import { filesOf, isAnswers } from "../studio/sets.js";
import { sampleOf } from "../studio/sources.js";
import { inlineBytes } from "./inline-json.js";

/** Bytes of data: the page itself takes 0.9 MB, and both together stay under 5 MB. */
const ROOM = 4e6;
/** Of what room the rest leaves, for solutions; pairs take what then is left. */
const SOLUTIONS_SHARE = 0.75;
/** A longer solution is left out: it would take the room of a hundred others. */
const MAX_SOLUTION = 40_000;
/** Pairs of each kind. */
const MAX_PAIRS = 3000;

interface Item {
  readonly set: string;
  readonly row: number;
}

/** Reads a run folder into what a report holds of it. */
export async function holdRun(records: FolderRecords): Promise<ReportData> {
  const overview = await wholeOverview(records);
  // Scores that cannot be read are told in the overview, and leave the rest to be seen.
  const scores = await records.scores().catch(() => null);
  const mined = await records.pairs("hard");
  const hard = thin(mined, MAX_PAIRS);
  const random = thin(await records.pairs("random"), MAX_PAIRS);
  const train = await records.problems("samples");
  const sets = new Map<string, Solutions>();
  for (const set of overview.sets) {
    const solutions = await read(records, set);
    if (solutions !== null) sets.set(set, solutions);
  }
  const changed = new Set(
    (scores?.comparisons ?? []).flatMap(({ transitions: t }) => [...t.wrongToRight, ...t.rightToWrong]),
  );
  const curves = await records.curves();
  const [miner, reviews] = [await records.miner(), await records.said()];
  const room = Math.max(0, ROOM - inlineBytes({ overview, curves, scores, miner, reviews }));
  const items = order(sets, [...hard, ...random], changed);
  const { held, problems, count, used } = await fill(items, sets, records, SOLUTIONS_SHARE * room);
  const all = [...sets.values()].reduce((sum, { columns }) => sum + columns.count, 0);
  const pairs = packPairs({ hard, random }, (pair) => packPair(pair, held, train), room - used);
  const some = { held: count, of: all, pairs: { held: pairs.hard.length, of: mined.length } };
  const whole = some.held === some.of && some.pairs.held === some.pairs.of;
  return {
    overview: { ...overview, partial: whole ? null : some },
    curves,
    scores,
    miner,
    problems: Object.fromEntries([...problems].map(([file, byId]) => [file, [...byId.values()]])),
    sets: Object.fromEntries(
      await Promise.all(
        [...held].map(async ([set, byName]) => {
          const solutions = sets.get(set) as Solutions;
          const { sampler } = await solutions.candidate(0);
          return [set, { sampler, solutions: [...byName.values()] }] as const;
        }),
      ),
    ),
    pairs,
    reviews,
  };
}

/** The overview once all files are read, as it will be when the stage that writes the report is done. */
async function wholeOverview(records: FolderRecords): Promise<Overview> {
  let overview = await records.overview();
  while (overview.indexing) overview = await records.overview();
  const { run, stages } = overview;
  if (run.status !== "running" || run.stage !== "report")
    return { ...overview, run: { ...run, id: "report" } };
  return {
    ...overview,
    run: { ...run, id: "report", status: "done", stage: null, stagesDone: run.stagesTotal, progress: null },
    stages: stages.map((stage) => (stage.name === "report" ? { ...stage, status: "done" } : stage)),
  };
}

/** A set, read to its end. */
async function read(records: FolderRecords, set: string): Promise<Solutions | null> {
  for (;;) {
    const solutions = await records.solutions(set);
    if (solutions === null) return null;
    if (solutions.reading.bytes >= solutions.reading.of) return solutions;
  }
}

/** What to hold first: sides of pairs, arms' answers to problems that changed, other answers, other samples. */
function order(
  sets: ReadonlyMap<string, Solutions>,
  pairs: readonly Pair[],
  changed: ReadonlySet<string>,
): Item[] {
  const samples = sets.get("samples");
  const sides = pairs.flatMap(({ problemId, chosenSource, rejectedSource }) =>
    [chosenSource, rejectedSource].flatMap((source) => {
      const index = sampleOf(source);
      const row = index === null ? -1 : (samples?.columns.rowOf(problemId, index) ?? -1);
      return row < 0 ? [] : [{ set: "samples", row }];
    }),
  );
  const arms = [...sets.keys()].filter(isAnswers);
  const rows = (set: string): Item[] =>
    spread(sets.get(set)?.columns.count ?? 0).map((row) => ({ set, row }));
  const answers = arms.flatMap(rows);
  const hasChanged = ({ set, row }: Item) => changed.has(sets.get(set)?.columns.problemOf(row) ?? "");
  return [...sides, ...answers.filter(hasChanged), ...answers, ...rows("samples"), ...rows("test-samples")];
}

/** 0 to n - 1 in an order of which any beginning lies evenly: by the bits read backwards. */
function spread(n: number): number[] {
  const bits = Math.max(1, Math.ceil(Math.log2(Math.max(2, n))));
  const reversed = (i: number) => {
    let out = 0;
    for (let b = 0; b < bits; b++) out |= ((i >> b) & 1) << (bits - 1 - b);
    return out;
  };
  return Array.from({ length: 2 ** bits }, (_, i) => reversed(i)).filter((i) => i < n);
}

async function fill(
  items: readonly Item[],
  sets: ReadonlyMap<string, Solutions>,
  records: FolderRecords,
  room: number,
) {
  const held = new Map<string, Map<string, HeldSolution>>();
  const problems = new Map<string, Map<string, Problem>>();
  let used = 0;
  let count = 0;
  for (const { set, row } of items) {
    if (used + MAX_SOLUTION > room) break;
    const solutions = sets.get(set) as Solutions;
    const { sampler, ...candidate } = await solutions.candidate(row);
    const name = nameOf(candidate.problemId, candidate.index);
    const own = held.get(set) ?? new Map<string, HeldSolution>();
    if (own.has(name)) continue;
    const judged = await solutions.verdict(row);
    const { problemId, index, ...verdict } = judged ?? { problemId: "", index: 0 };
    const item: HeldSolution = {
      candidate,
      verdict: judged === null ? null : (verdict as HeldSolution["verdict"]),
    };
    const { problems: file } = filesOf(set);
    const there = problems.get(file) ?? new Map<string, Problem>();
    const known = there.has(candidate.problemId);
    const problem = known ? undefined : (await records.problems(set)).get(candidate.problemId);
    const size = inlineBytes(item) + (problem === undefined ? 0 : inlineBytes(problem));
    if (size > MAX_SOLUTION) continue;
    used += size;
    count++;
    if (problem !== undefined) problems.set(file, there.set(problem.id, problem));
    held.set(set, own.set(name, item));
  }
  return { held, problems, count, used };
}

const nameOf = (problemId: string, index: number) => `${index} ${problemId}`;

/** Pairs of both kinds as long as there is room, evenly from the whole list, in the order of the list. */
function packPairs(
  pairs: Readonly<Record<PairKind, readonly Pair[]>>,
  pack: (pair: Pair) => HeldPair,
  room: number,
): Record<PairKind, HeldPair[]> {
  const kept: Record<PairKind, [line: number, pair: HeldPair][]> = { hard: [], random: [] };
  let left = room;
  for (const line of spread(Math.max(pairs.hard.length, pairs.random.length))) {
    for (const kind of ["hard", "random"] as const) {
      const pair = pairs[kind][line];
      const packed = pair === undefined ? undefined : pack(pair);
      const size = packed === undefined ? 0 : inlineBytes(packed);
      if (packed === undefined || size > left) continue;
      left -= size;
      kept[kind].push([line, packed]);
    }
  }
  const inOrder = (list: (typeof kept)["hard"]) => list.sort(([a], [b]) => a - b).map(([, pair]) => pair);
  return { hard: inOrder(kept.hard), random: inOrder(kept.random) };
}

function packPair(
  pair: Pair,
  held: ReadonlyMap<string, ReadonlyMap<string, HeldSolution>>,
  train: ReadonlyMap<string, Problem>,
): HeldPair {
  const { prompt, chosen, rejected, ...rest } = pair;
  const elsewhere = (text: string, source: string): boolean => {
    const index = sampleOf(source);
    const known =
      index === null
        ? train.get(pair.problemId)?.solution
        : held.get("samples")?.get(nameOf(pair.problemId, index))?.candidate.text;
    return known === text;
  };
  const cut = (text: string) => text.slice(0, MAX_SOLUTION);
  return {
    ...rest,
    ...(elsewhere(chosen, pair.chosenSource) ? {} : { chosen: cut(chosen) }),
    ...(elsewhere(rejected, pair.rejectedSource) ? {} : { rejected: cut(rejected) }),
  };
}
