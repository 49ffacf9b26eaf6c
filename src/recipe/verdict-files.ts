/** The verifier over files of any size: rows in, verdict lines out, in the same order, a few at a time in memory. */
import { z } from "zod";
import type { Watch } from "../data/bytes.js";
import { checkLine } from "../data/jsonl.js";
import { rawLines } from "../data/lines.js";
import { Candidate, Judgement, Problem } from "../data/records.js";
import { SpillMap } from "../data/spill.js";
import { NearmissError } from "../errors.js";
import { unknownProblem } from "./judge.js";
import { inOrder } from "./parallel/pool.js";
import type { Unit } from "./parallel/tasks.js";
import type { Shard } from "./shard.js";

/** A line for a row with question and solution. */
export const RowVerdict = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  ...Judgement.shape,
});

/** What a shard's lines have besides: the place of the row in the whole, from 0. */
export const PLACED = { row: z.int().min(0) };

export interface VerdictRun {
  /** A file, or `-`. */
  readonly input: string;
  /** Only each `of`-th row, each line then with its `row`. */
  readonly shard: Shard | null;
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly watch?: Watch | undefined;
}

/** Verdicts of rows `{id?, question, solution | steps, reference?, referenceSolution?}`. */
export function rowVerdicts(run: VerdictRun): AsyncGenerator<string> {
  async function* units(): AsyncGenerator<Unit> {
    for await (const { where, text } of sharded(run)) yield [where, text];
  }
  return placed(inOrder(units(), { task: "verify", options: {} }, run.workers, run.signal), run.shard);
}

/**
 * Verdicts of candidates of problems in a file.
 * @param folder for the problems, of which only the ids are held in memory
 */
export async function* candidateVerdicts(
  run: VerdictRun,
  problems: string,
  options: { readonly referenceSolution: boolean },
  folder: string,
): AsyncGenerator<string> {
  const byId = new SpillMap(folder);
  try {
    for await (const { where, text } of rawLines(problems)) {
      const { id } = checkLine(text, Problem, where);
      if (byId.has(id)) throw twice(where, id);
      byId.set(id, text);
    }
    async function* units(): AsyncGenerator<Unit> {
      for await (const { where, text } of sharded(run)) {
        const candidate = checkLine(text, Candidate, where);
        const problem = byId.get(candidate.problemId);
        if (problem === undefined) throw unknownProblem(candidate, { problems, candidates: run.input });
        yield [where, text, problem];
      }
    }
    yield* placed(inOrder(units(), { task: "judge", options }, run.workers, run.signal), run.shard);
  } finally {
    byId.close();
  }
}

export function twice(where: string, id: string): NearmissError {
  return new NearmissError(`${where}: the id "${id}" stands twice. Give each problem its own id.`);
}

async function* sharded({ input, shard, watch }: VerdictRun) {
  let row = 0;
  for await (const line of rawLines(input, watch)) {
    if (shard === null || row % shard.of === shard.part - 1) yield line;
    row++;
  }
}

async function* placed(lines: AsyncIterable<string>, shard: Shard | null): AsyncGenerator<string> {
  let count = 0;
  for await (const line of lines) {
    yield shard === null ? line : `{"row":${shard.part - 1 + count * shard.of},${line.slice(1)}`;
    count++;
  }
}
