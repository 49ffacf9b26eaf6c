/** What a report holds of a run, and the views' records over it: everything in memory, nothing to write to. Pure. */
import type { Candidate, Pair, Problem, Verdict } from "../data/records.js";
import { type Review, Reviews } from "../data/review.js";
import type { Scores } from "../evaluation/schema.js";
import type { MiningReport } from "../mining/report.js";
import { Columns } from "./columns.js";
import type { PairKind, Records, Solutions } from "./records.js";
import type { Curves, Overview } from "./schema.js";
import { filesOf } from "./sets.js";
import { rejectedSamples, sampleOf } from "./sources.js";

/** A solution with its verdict; what all of a set have in common stands once, in the set. */
export interface HeldSolution {
  readonly candidate: Omit<Candidate, "sampler">;
  readonly verdict: Omit<Verdict, "problemId" | "index"> | null;
}

/** A side is left out where its text stands among the solutions or is the worked one. */
export type HeldPair = Omit<Pair, "prompt" | "chosen" | "rejected"> & {
  readonly chosen?: string;
  readonly rejected?: string;
};

export interface ReportData {
  readonly overview: Overview;
  readonly curves: Curves;
  readonly scores: Scores | null;
  readonly miner: MiningReport | null;
  /** Those that the solutions below are of, by their file. */
  readonly problems: Readonly<Record<string, readonly Problem[]>>;
  readonly sets: Readonly<
    Record<string, { readonly sampler: Candidate["sampler"]; readonly solutions: readonly HeldSolution[] }>
  >;
  readonly pairs: Readonly<Record<PairKind, readonly HeldPair[]>>;
  readonly reviews: readonly Review[];
}

class HeldSolutions implements Solutions {
  readonly columns = new Columns();
  readonly reading = { bytes: 1, of: 1 };
  private readonly rows: { candidate: Candidate; verdict: Verdict | null }[] = [];

  constructor({ sampler, solutions }: ReportData["sets"][string]) {
    for (const { candidate, verdict } of solutions) {
      const { problemId, index } = candidate;
      const judged = verdict === null ? null : { problemId, index, ...verdict };
      if (this.columns.add(candidate) < 0) continue;
      if (judged !== null) this.columns.judge(judged);
      this.rows.push({ candidate: { ...candidate, sampler }, verdict: judged });
    }
  }

  async candidate(row: number): Promise<Candidate> {
    return this.at(row).candidate;
  }

  async verdict(row: number): Promise<Verdict | null> {
    return this.at(row).verdict;
  }

  async matching(needle: string): Promise<Uint8Array> {
    return Uint8Array.from(this.rows, ({ candidate }) =>
      candidate.text.toLowerCase().includes(needle) ? 1 : 0,
    );
  }

  private at(row: number) {
    const found = this.rows[row];
    if (found === undefined) throw new RangeError(`there is no row ${row}`);
    return found;
  }
}

export class ReportRecords implements Records {
  private readonly sets = new Map<string, HeldSolutions>();
  private readonly byFile: ReadonlyMap<string, ReadonlyMap<string, Problem>>;
  private readonly said: Reviews;

  constructor(private readonly data: ReportData) {
    this.byFile = new Map(
      Object.entries(data.problems).map(([file, list]) => [
        file,
        new Map(list.map((problem) => [problem.id, problem])),
      ]),
    );
    this.said = new Reviews(data.reviews);
  }

  async overview() {
    return this.data.overview;
  }

  async setNames() {
    return this.data.overview.sets;
  }

  async curves() {
    return this.data.curves;
  }

  async scores() {
    return this.data.scores;
  }

  async miner() {
    return this.data.miner;
  }

  async reviews() {
    return this.said;
  }

  async problems(set: string) {
    return this.of(set);
  }

  async solutions(set: string): Promise<Solutions | null> {
    return this.held(set);
  }

  async pairs(kind: PairKind): Promise<readonly Pair[]> {
    return Promise.all(this.data.pairs[kind].map((pair) => this.whole(pair)));
  }

  private of(set: string): ReadonlyMap<string, Problem> {
    return this.byFile.get(filesOf(set).problems) ?? new Map();
  }

  private held(set: string): HeldSolutions | null {
    const given = this.data.sets[set];
    if (given === undefined) return null;
    const known = this.sets.get(set);
    if (known !== undefined) return known;
    const made = new HeldSolutions(given);
    if (set === "samples") {
      made.columns.mark(rejectedSamples(this.data.pairs.hard));
    }
    this.sets.set(set, made);
    return made;
  }

  /** A pair with its texts, from wherever they stand. */
  private async whole(pair: HeldPair): Promise<Pair> {
    const text = async (given: string | undefined, source: string): Promise<string> => {
      if (given !== undefined) return given;
      const index = sampleOf(source);
      if (index === null) return this.of("samples").get(pair.problemId)?.solution ?? "";
      const samples = this.held("samples");
      const row = samples?.columns.rowOf(pair.problemId, index) ?? -1;
      return samples === null || row < 0 ? "" : (await samples.candidate(row)).text;
    };
    return {
      ...pair,
      prompt: this.of("samples").get(pair.problemId)?.question ?? "",
      chosen: await text(pair.chosen, pair.chosenSource),
      rejected: await text(pair.rejected, pair.rejectedSource),
    };
  }
}
