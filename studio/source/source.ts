/** Where the page's data come from: the server (live.ts), or the report that the page stands in (inline.ts). */
import type { PairQuery, Slice, SolutionQuery } from "../../src/studio/query.js";
import type { PairKind } from "../../src/studio/records.js";
import type {
  ArmsView,
  Curves,
  MapView,
  Overview,
  PairsPage,
  PairView,
  ReviewRequest,
  RunSummary,
  SolutionsPage,
  SolutionView,
} from "../../src/studio/schema.js";

interface RunList {
  readonly runs: readonly RunSummary[];
  /** The folders that are looked into. */
  readonly places: readonly string[];
}

/** Files of a run that have changed; of every run, where the list itself may be another. */
export interface Changed {
  readonly run: string;
  readonly files: readonly string[];
}

/** "gone": the line to the server is lost. "renewed": a later server answers, for which this page is too old. */
type News = readonly Changed[] | "gone" | "renewed";

export interface Source {
  /** A server that can be written to and that tells of changes; else a report, which stands still. */
  readonly live: boolean;
  runs(): Promise<RunList>;
  overview(run: string): Promise<Overview>;
  /** Names of the sets of solutions. */
  sets(run: string): Promise<readonly string[]>;
  curves(run: string): Promise<Curves>;
  solutions(run: string, query: SolutionQuery, slice: Slice): Promise<SolutionsPage>;
  map(run: string, query: SolutionQuery): Promise<MapView>;
  solution(run: string, set: string, problem: string, index: number): Promise<SolutionView>;
  pairs(run: string, query: PairQuery, slice: Slice): Promise<PairsPage>;
  pair(run: string, kind: PairKind, line: number): Promise<PairView>;
  arms(run: string): Promise<ArmsView>;
  review(run: string, review: ReviewRequest): Promise<void>;
  /** Calls back on changes, also when the line to the server is there again (no changes). */
  listen(listener: (news: News) => void): () => void;
}

/** An error meant for the reader of the page. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  constructor(
    message: string,
    /** There is no such thing, as opposed to a failure. */
    readonly missing = false,
  ) {
    super(message);
  }
}
