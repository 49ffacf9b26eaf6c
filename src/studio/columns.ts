/** The index of a set of solutions: typed columns, 60 bytes a row, that grow as the file does. Pure. */
import { DIMENSIONS } from "../data/dimensions.js";
import type { Candidate, Dimension, Verdict } from "../data/records.js";
import { mainDimension } from "../mining/near-miss.js";

export const RIGHT = 1;
export const WRONG = 0;
/** A verdict without a reference answer. */
export const NO_REFERENCE = 2;
export const NO_VERDICT = 3;
const NO_DIMENSION = 255;

type CandidateFields = Pick<Candidate, "problemId" | "index" | "tokenCount" | "finishReason">;

export class Columns {
  count = 0;
  /** Row of `problemIds`. */
  problem = new Uint32Array(0);
  index = new Uint32Array(0);
  tokens = new Uint32Array(0);
  cutOff = new Uint8Array(0);
  correct = new Uint8Array(0);
  wrongness = new Float32Array(0);
  absurdity = new Float32Array(0);
  /** NaN where there is none. */
  distance = new Float32Array(0);
  /** Of a wrong solution, where it goes wrong. */
  dimension = new Uint8Array(0);
  /** Six scores a row; `answer` NaN with no reference. */
  profile = new Float32Array(0);
  /** Taken as the rejected side of a hard pair. */
  mined = new Uint8Array(0);
  readonly problemIds: string[] = [];
  private readonly problemRow = new Map<string, number>();
  private readonly rows = new Map<string, number>();

  /** Adds a candidate; its verdict may follow. A second one of the same name is left out: returns its row or -1. */
  add({ problemId, index, tokenCount, finishReason }: CandidateFields): number {
    const key = nameOf(problemId, index);
    if (this.rows.has(key)) return -1;
    if (this.count === this.problem.length) this.grow();
    const row = this.count++;
    this.rows.set(key, row);
    this.problem[row] = this.problemNumber(problemId);
    this.index[row] = index;
    this.tokens[row] = tokenCount;
    this.cutOff[row] = finishReason === "length" ? 1 : 0;
    this.correct[row] = NO_VERDICT;
    this.wrongness[row] = this.absurdity[row] = this.distance[row] = Number.NaN;
    this.dimension[row] = NO_DIMENSION;
    return row;
  }

  /** @returns the row, or -1 for a candidate that is not there (yet) */
  judge(verdict: Verdict): number {
    const row = this.rowOf(verdict.problemId, verdict.index);
    if (row < 0) return row;
    const { correct, wrongness, absurdity, profile } = verdict;
    this.correct[row] = correct === null ? NO_REFERENCE : correct ? RIGHT : WRONG;
    this.wrongness[row] = wrongness;
    this.absurdity[row] = absurdity;
    this.distance[row] = verdict.answer.distance ?? Number.NaN;
    const faulty = correct === false || verdict.findings.length > 0;
    this.dimension[row] = faulty ? DIMENSIONS.indexOf(mainDimension(verdict)) : NO_DIMENSION;
    for (const [i, dimension] of DIMENSIONS.entries()) {
      this.profile[DIMENSIONS.length * row + i] = profile[dimension] ?? Number.NaN;
    }
    return row;
  }

  /** All rows as before their verdicts. */
  forgetVerdicts(): void {
    this.correct.fill(NO_VERDICT);
    this.dimension.fill(NO_DIMENSION);
    for (const scores of [this.wrongness, this.absurdity, this.distance, this.profile])
      scores.fill(Number.NaN);
  }

  rowOf(problemId: string, index: number): number {
    return this.rows.get(nameOf(problemId, index)) ?? -1;
  }

  problemOf(row: number): string {
    return this.problemIds[this.problem[row] ?? 0] ?? "";
  }

  dimensionOf(row: number): Dimension | null {
    return DIMENSIONS[this.dimension[row] ?? NO_DIMENSION] ?? null;
  }

  /** The rows of one problem, in the order of their index. */
  ofProblem(problemId: string): number[] {
    const wanted = this.problemRow.get(problemId);
    const rows: number[] = [];
    for (let row = 0; row < this.count; row++) if (this.problem[row] === wanted) rows.push(row);
    return rows.sort((a, b) => (this.index[a] ?? 0) - (this.index[b] ?? 0));
  }

  /** Marks which rows are rejected sides of pairs, given as problem and index. */
  mark(taken: Iterable<readonly [problemId: string, index: number]>): void {
    this.mined.fill(0);
    for (const [problemId, index] of taken) {
      const row = this.rowOf(problemId, index);
      if (row >= 0) this.mined[row] = 1;
    }
  }

  private problemNumber(id: string): number {
    const known = this.problemRow.get(id);
    if (known !== undefined) return known;
    this.problemRow.set(id, this.problemIds.length);
    return this.problemIds.push(id) - 1;
  }

  private grow(): void {
    const size = Math.max(1024, 2 * this.problem.length);
    const bytes = (old: ArrayLike<number>) => copied(new Uint8Array(size), old);
    const words = (old: ArrayLike<number>) => copied(new Uint32Array(size), old);
    const floats = (old: ArrayLike<number>, width = 1) => copied(new Float32Array(width * size), old);
    this.problem = words(this.problem);
    this.index = words(this.index);
    this.tokens = words(this.tokens);
    this.cutOff = bytes(this.cutOff);
    this.correct = bytes(this.correct);
    this.wrongness = floats(this.wrongness);
    this.absurdity = floats(this.absurdity);
    this.distance = floats(this.distance);
    this.dimension = bytes(this.dimension);
    this.profile = floats(this.profile, DIMENSIONS.length);
    this.mined = bytes(this.mined);
  }
}

const nameOf = (problemId: string, index: number) => `${index} ${problemId}`;

function copied<T extends { set(from: ArrayLike<number>): void }>(to: T, from: ArrayLike<number>): T {
  to.set(from);
  return to;
}
