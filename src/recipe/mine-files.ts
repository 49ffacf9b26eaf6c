/**
 * Mining over files of any size. Candidates and verdicts come in any order, so they are first spread over files on disk,
 * each with all samples of a run of problems; then each such file is prepared, problem by problem, over worker threads;
 * what that leaves is read twice, to choose and to write the pairs (see mining/pairs.ts). In memory are the ids of the
 * problems, one of those files, and a few numbers of each pair.
 */
import { statSync } from "node:fs";
import { z } from "zod";
import type { Watch } from "../data/bytes.js";
import { writeFileAtomic } from "../data/folder.js";
import { checkLine, writeLines } from "../data/jsonl.js";
import { rawLines } from "../data/lines.js";
import { Candidate, Pair, Problem, Verdict } from "../data/records.js";
import type { Reviews } from "../data/review.js";
import { SpillFiles } from "../data/spill.js";
import { NearmissError } from "../errors.js";
import { joinSamples, MiningOptions, type MiningReport, PairMaker, Prepared } from "../mining/index.js";
import { unknownProblem } from "./judge.js";
import { inOrder } from "./parallel/pool.js";
import type { Unit } from "./parallel/tasks.js";
import type { Shard } from "./shard.js";
import { twice } from "./verdict-files.js";

/** Of candidates and verdicts together, as text. Parsed they take several times as much. */
const SPREAD_BYTES = 32 * 2 ** 20;
/** Each is an open file. */
const MAX_FILES = 512;
/** What compressed files are taken to hold, so that the files come out about right; it decides nothing else. */
const COMPRESSED = 8;

interface MineFiles {
  readonly problems: string;
  readonly candidates: string;
  readonly verdicts: string;
}

export interface MineRun {
  readonly files: MineFiles;
  readonly options: MiningOptions;
  readonly reviews: Reviews;
  /** Only this share of the problems. */
  readonly shard: Shard | null;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** A folder for what does not fit into memory. */
  readonly folder: string;
  readonly watch?: Watch | undefined;
}

/** The problems as lines of {@link Prepared}, in their order. */
export async function* preparedLines(run: MineRun): AsyncGenerator<string> {
  const { files, options, shard, workers, signal, folder } = run;
  const ids = await problemIds(files.problems);
  const from = shard === null ? 0 : Math.floor(((shard.part - 1) * ids.size) / shard.of);
  const to = shard === null ? ids.size : Math.floor((shard.part * ids.size) / shard.of);
  const size = problemsPerFile(files, ids.size);
  const candidates = new SpillFiles(folder, "candidates");
  const verdicts = new SpillFiles(folder, "verdicts");
  const spread = async (path: string, into: SpillFiles, schema: typeof Candidate | typeof Verdict) => {
    for await (const { where, text } of rawLines(path)) {
      signal.throwIfAborted();
      const record = checkLine(text, schema, where);
      const place = ids.get(record.problemId);
      if (place === undefined && into === candidates) throw unknownProblem(record, files);
      if (place !== undefined && place >= from && place < to) into.append(Math.floor(place / size), text);
    }
  };
  try {
    await spread(files.candidates, candidates, Candidate);
    await spread(files.verdicts, verdicts, Verdict);
    ids.clear();
    async function* units(): AsyncGenerator<Unit> {
      let group: Problem[] = [];
      let place = 0;
      for await (const { where, text } of rawLines(files.problems, run.watch)) {
        if (place >= from && place < to) group.push(checkLine(text, Problem, where));
        place++;
        if (place % size !== 0) continue;
        yield* await unitsOf(group, Math.floor((place - 1) / size), candidates, verdicts, run);
        group = [];
      }
      yield* await unitsOf(group, Math.floor(place / size), candidates, verdicts, run);
    }
    yield* inOrder(units(), { task: "prepare", options }, workers, signal);
  } finally {
    candidates.close();
    verdicts.close();
  }
}

/** Each problem's place, from 0. */
async function problemIds(path: string): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for await (const { where, text } of rawLines(path)) {
    const { id } = checkLine(text, Problem, where);
    if (ids.has(id)) throw twice(where, id);
    ids.set(id, ids.size);
  }
  if (ids.size === 0) throw emptyFile(path);
  return ids;
}

function emptyFile(path: string): NearmissError {
  return new NearmissError(`${path} is empty: it holds no records. Check the path, or what wrote the file.`);
}

function problemsPerFile({ candidates, verdicts }: MineFiles, problems: number): number {
  const bytes = [candidates, verdicts].reduce((sum, path) => {
    const { size } = statSync(path);
    return sum + (/\.(gz|zst|parquet)$/.test(path) ? COMPRESSED * size : size);
  }, 0);
  const files = Math.min(MAX_FILES, Math.max(1, Math.ceil(bytes / SPREAD_BYTES)));
  return Math.max(1, Math.ceil(problems / files));
}

/** The problems of one file with their samples. */
async function unitsOf(
  problems: readonly Problem[],
  file: number,
  candidates: SpillFiles,
  verdicts: SpillFiles,
  { files: names, reviews }: MineRun,
): Promise<Unit[]> {
  if (problems.length === 0) return [];
  const all = { candidates: [] as Candidate[], verdicts: [] as Verdict[] };
  for await (const line of candidates.read(file)) all.candidates.push(JSON.parse(line));
  for await (const line of verdicts.read(file)) all.verdicts.push(JSON.parse(line));
  const samples = joinSamples(problems, all.candidates, all.verdicts, names);
  return problems.map((problem) => [
    names.problems,
    JSON.stringify({ problem, samples: samples.get(problem.id) ?? [], said: reviews.of(problem.id) }),
  ]);
}

/** Where the pairs go. */
export interface PairFiles {
  readonly hard: string;
  readonly random: string | undefined;
  readonly report: string | undefined;
}

/**
 * Makes pairs of prepared problems and writes them.
 * @param prepared can be read twice: lines of {@link Prepared} that need no check
 */
export async function writePairs(
  prepared: () => AsyncIterable<string>,
  options: MiningOptions,
  prompt: (problem: Problem) => string,
  out: PairFiles,
  folder: string,
): Promise<MiningReport> {
  const maker = new PairMaker(prompt, options);
  for await (const line of prepared()) maker.offer(JSON.parse(line));
  const random = new SpillFiles(folder, "random");
  async function* hard(): AsyncGenerator<string> {
    for await (const line of prepared()) {
      const made = maker.make(JSON.parse(line));
      for (const pair of made.random) random.append(0, JSON.stringify(pair));
      for (const pair of made.hard) yield JSON.stringify(pair);
    }
  }
  try {
    await writeLines(out.hard, hard(), Pair);
    if (out.random !== undefined) await writeLines(out.random, random.read(0), Pair);
  } finally {
    random.close();
  }
  const report = maker.report();
  if (out.report !== undefined) await writeFileAtomic(out.report, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** The first line of a shard's file. */
export const PartHead = z.object({
  part: z.int().min(1),
  of: z.int().min(1),
  options: MiningOptions,
});
export type PartHead = z.infer<typeof PartHead>;
