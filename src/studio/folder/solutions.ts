/** A set of solutions in two growing files, indexed as they are read; texts are read again when they are asked for. */
import { Candidate, Verdict } from "../../data/records.js";
import { Columns } from "../columns.js";
import type { Solutions } from "../records.js";
import type { Fault } from "../schema.js";
import { type Place, readAt, Tail } from "./tail.js";

/**
 * The texts of a smaller file are kept from one search to the next: typing a word must not read it at every letter. A
 * larger one is read each time.
 */
const KEPT_BYTES = 200e6;

/** What a search looks at. */
const Searched = Candidate.pick({ problemId: true, index: true, text: true });

export class FolderSolutions implements Solutions {
  columns = new Columns();
  /** While it is being read: more is to come, even where the files' sizes are not known yet. */
  busy = false;
  private candidatePlaces: Place[] = [];
  private verdictPlaces: (Place | undefined)[] = [];
  /** Verdicts read before their candidates. */
  private waiting: { verdict: Verdict; place: Place }[] = [];
  /** Lower-case texts by row, once something was searched for. */
  private texts: string[] = [];
  private candidatePath: string | null = null;
  private verdictPath: string | null = null;
  private readonly candidates: Tail<typeof Candidate>;
  private readonly verdicts: Tail<typeof Verdict>;

  constructor(names: { readonly candidates: string; readonly verdicts: string }) {
    this.candidates = new Tail(names.candidates, Candidate, {
      reset: () => this.reset(),
      record: (candidate, place) => {
        const row = this.columns.add(candidate);
        if (row >= 0) this.candidatePlaces[row] = place;
      },
    });
    this.verdicts = new Tail(names.verdicts, Verdict, {
      reset: () => this.forgetVerdicts(),
      record: (verdict, place) => this.judge(verdict, place),
    });
  }

  /** Goes on reading both files. */
  async read(candidatePath: string | null, verdictPath: string | null): Promise<void> {
    this.candidatePath = candidatePath;
    this.verdictPath = verdictPath;
    await this.candidates.read(candidatePath);
    await this.verdicts.read(verdictPath);
    const late = this.waiting;
    this.waiting = [];
    for (const { verdict, place } of late) this.judge(verdict, place);
  }

  get reading() {
    const { candidates, verdicts, busy } = this;
    const bytes = candidates.bytes + verdicts.bytes;
    const of = candidates.of + verdicts.of;
    return { bytes, of: busy ? Math.max(of, bytes + 1) : of };
  }

  get faults(): Fault[] {
    return [...this.candidates.faults, ...this.verdicts.faults];
  }

  get unfinished(): Fault[] {
    return [...this.candidates.unfinished, ...this.verdicts.unfinished];
  }

  get faultCount(): number {
    return this.candidates.faultCount + this.verdicts.faultCount;
  }

  async candidate(row: number): Promise<Candidate> {
    return Candidate.parse(await this.recordAt(this.candidatePath, this.candidatePlaces[row]));
  }

  async verdict(row: number): Promise<Verdict | null> {
    const place = this.verdictPlaces[row];
    return place === undefined ? null : Verdict.parse(await this.recordAt(this.verdictPath, place));
  }

  async matching(needle: string): Promise<Uint8Array> {
    const marks = new Uint8Array(this.columns.count);
    const mark = (row: number, text: string) => {
      if (text.includes(needle)) marks[row] = 1;
    };
    if (this.candidates.of > KEPT_BYTES) await this.eachText(mark);
    else {
      if (this.texts.length < this.columns.count) {
        await this.eachText((row, text) => {
          this.texts[row] = text;
        });
      }
      for (const [row, text] of this.texts.entries()) mark(row, text);
    }
    return marks;
  }

  /** Reads the file through, and gives each row's text in lower case. */
  private async eachText(visit: (row: number, text: string) => void): Promise<void> {
    const texts = new Tail("", Searched, {
      reset: () => undefined,
      record: ({ problemId, index, text }) => {
        const row = this.columns.rowOf(problemId, index);
        if (row >= 0 && row < this.columns.count) visit(row, text.toLowerCase());
      },
    });
    await texts.read(this.candidatePath);
  }

  private async recordAt(path: string | null, place: Place | undefined): Promise<unknown> {
    if (path === null || place === undefined) throw new Error("the file has changed; reload the page");
    return JSON.parse(await readAt(path, place));
  }

  private judge(verdict: Verdict, place: Place): void {
    const row = this.columns.judge(verdict);
    if (row < 0) this.waiting.push({ verdict, place });
    else this.verdictPlaces[row] = place;
  }

  private reset(): void {
    this.columns = new Columns();
    this.candidatePlaces = [];
    this.texts = [];
    this.verdictPlaces = [];
    this.waiting = [];
    this.verdicts.restart();
  }

  private forgetVerdicts(): void {
    this.verdictPlaces = [];
    this.waiting = [];
    this.columns.forgetVerdicts();
  }
}
