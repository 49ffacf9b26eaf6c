/** What the views are drawn from: a run folder on a disk (`folder/`), or what a report holds of one (inline.ts). */
import type { Candidate, Pair, Problem, Verdict } from "../data/records.js";
import type { Reviews } from "../data/review.js";
import type { Scores } from "../evaluation/schema.js";
import type { MiningReport } from "../mining/report.js";
import type { Columns } from "./columns.js";
import type { Curves, Overview } from "./schema.js";

/** A set of solutions: its index, and its texts one by one. */
export interface Solutions {
  readonly columns: Columns;
  /** How much of the files has been read into the index. */
  readonly reading: { readonly bytes: number; readonly of: number };
  candidate(row: number): Promise<Candidate>;
  verdict(row: number): Promise<Verdict | null>;
  /** One mark a row: those whose text holds `needle` (lower case). */
  matching(needle: string): Promise<Uint8Array>;
}

export type PairKind = "hard" | "random";

export interface Records {
  overview(): Promise<Overview>;
  /** Names of the sets of solutions that are there. */
  setNames(): Promise<readonly string[]>;
  curves(): Promise<Curves>;
  /** The problems that a set's solutions are of, by id. */
  problems(set: string): Promise<ReadonlyMap<string, Problem>>;
  /** Null where there is no such set (yet). */
  solutions(set: string): Promise<Solutions | null>;
  pairs(kind: PairKind): Promise<readonly Pair[]>;
  scores(): Promise<Scores | null>;
  miner(): Promise<MiningReport | null>;
  reviews(): Promise<Reviews>;
}
