/** A run folder as {@link Records}: each file is read when it is asked for, and again only where it has changed. */
import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { told } from "../../data/jsonl.js";
import { Pair, Problem } from "../../data/records.js";
import { Review, Reviews } from "../../data/review.js";
import { REVIEW_FILE } from "../../data/review-file.js";
import { NearmissError } from "../../errors.js";
import { Scores } from "../../evaluation/schema.js";
import { MiningReport } from "../../mining/report.js";
import { curvesOf, MetricsLine } from "../curves.js";
import type { PairKind, Records, Solutions } from "../records.js";
import type { Curves, Fault, Overview } from "../schema.js";
import { filesOf, type SetFiles } from "../sets.js";
import { rejectedSamples } from "../sources.js";
import { overviewOf, setsOf } from "./overview.js";
import { inside } from "./paths.js";
import { FolderSolutions } from "./solutions.js";
import { type RunStateView, stateView } from "./state.js";
import { Tail } from "./tail.js";

/** How long an answer waits for large files to be read, before it is given with what is there. */
const PATIENCE_MILLISECONDS = 100;
/** Smaller files are waited for: a small run is there whole at once, on a slow machine as well. */
const LARGE_BYTES = 2 ** 20;

/** A list in a growing file, read on from where it was. */
class List<S extends z.ZodType> {
  items: z.output<S>[] = [];
  readonly tail: Tail<S>;
  private going: Promise<void> = Promise.resolve();

  constructor(name: string, schema: S) {
    this.tail = new Tail(name, schema, {
      reset: () => {
        this.items = [];
      },
      record: (item) => void this.items.push(item),
    });
  }

  async read(path: string | null): Promise<readonly z.output<S>[]> {
    this.going = this.going.then(() => this.tail.read(path));
    await this.going;
    return this.items;
  }
}

interface IndexedSet {
  readonly solutions: FolderSolutions;
  reading: Promise<void> | null;
}

export class FolderRecords implements Records {
  private readonly sets = new Map<string, IndexedSet>();
  private readonly lists = {
    hard: new List("pairs-hard.jsonl", Pair),
    random: new List("pairs-random.jsonl", Pair),
    metrics: new List("metrics.jsonl", MetricsLine),
    reviews: new List(REVIEW_FILE, Review),
  };
  private readonly wholes = new Map<string, { stamp: string; value: unknown; fault: Fault | null }>();
  /** The problems by their file, read once they are asked for. */
  private readonly asked = new Map<string, { list: List<typeof Problem>; byId: Map<string, Problem> }>();

  /** @param folder absolute, without links */
  constructor(
    readonly folder: string,
    readonly id: string,
  ) {}

  path(...parts: string[]): string | null {
    return inside(this.folder, ...parts);
  }

  state(): RunStateView {
    return stateView(this.folder, (name) => this.path(name));
  }

  async overview(): Promise<Overview> {
    return overviewOf(this);
  }

  async setNames(): Promise<string[]> {
    return setsOf(this);
  }

  async curves(): Promise<Curves> {
    return curvesOf(await this.metrics());
  }

  metrics(): Promise<readonly MetricsLine[]> {
    return this.lists.metrics.read(this.path("metrics.jsonl"));
  }

  async problems(set: string): Promise<ReadonlyMap<string, Problem>> {
    const file = filesOf(set).problems;
    const known = this.asked.get(file) ?? { list: new List(file, Problem), byId: new Map<string, Problem>() };
    this.asked.set(file, known);
    const items = await known.list.read(this.path(file));
    if (known.byId.size !== items.length) known.byId = new Map(items.map((problem) => [problem.id, problem]));
    return known.byId;
  }

  async pairs(kind: PairKind): Promise<readonly Pair[]> {
    return this.lists[kind].read(this.path(`pairs-${kind}.jsonl`));
  }

  async reviews(): Promise<Reviews> {
    return new Reviews(await this.said());
  }

  /** Every review, in the order in which they were given. */
  said(): Promise<readonly Review[]> {
    return this.lists.reviews.read(this.path(REVIEW_FILE));
  }

  /** @throws NearmissError where the file is there and cannot be read, with what to do */
  async scores(): Promise<Scores | null> {
    const scores = await this.whole("scores.json", Scores, "score");
    const fault = this.wholes.get("scores.json")?.fault;
    if (fault == null || this.path("scores.json") === null) return scores;
    throw new NearmissError(`scores.json: ${fault.reason}`);
  }

  miner(): Promise<MiningReport | null> {
    return this.whole("mining.json", MiningReport, "mine");
  }

  /**
   * A whole JSON file; null where it is missing or cannot be read, which `faults` tells.
   * @param stage that writes it
   */
  private async whole<S extends z.ZodType>(
    name: string,
    schema: S,
    stage: string,
  ): Promise<z.output<S> | null> {
    const path = this.path(name);
    if (path === null) {
      this.wholes.delete(name);
      return null;
    }
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const known = this.wholes.get(name);
    if (known?.stamp === stamp) return known.value as z.output<S> | null;
    try {
      const value = schema.parse(JSON.parse(await readFile(path, "utf8")));
      this.wholes.set(name, { stamp, value, fault: null });
      return value;
    } catch (error) {
      const reason = `${faultOf(error)}. Remove the file and start the same nearmiss run again: the stage ${stage} writes it anew.`;
      this.wholes.set(name, { stamp, value: null, fault: { file: name, line: null, reason } });
      return null;
    }
  }

  text(name: string): string | null {
    const path = this.path(name);
    return path === null ? null : readFileSync(path, "utf8");
  }

  async solutions(set: string): Promise<Solutions | null> {
    const files = filesOf(set);
    if (this.path(files.candidates) === null) return null;
    let indexed = this.sets.get(set);
    if (indexed === undefined) {
      indexed = { solutions: new FolderSolutions(files), reading: null };
      this.sets.set(set, indexed);
    }
    indexed.reading ??= this.index(set, files, indexed).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const fault = { file: files.candidates, line: null, reason };
      this.wholes.set(files.candidates, { stamp: "", value: null, fault });
    });
    await this.within(indexed.reading, [files.candidates, files.verdicts]);
    return indexed.solutions;
  }

  /**
   * Whether files have been read to their end before patience is. The reading goes on in any case.
   * @param names of the files
   */
  async within(reading: Promise<unknown>, names: readonly string[]): Promise<boolean> {
    const paths = names.flatMap((name) => this.path(name) ?? []);
    const sizes = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const read = reading.then(() => true);
    if (bytes < LARGE_BYTES) return read;
    const late = new Promise<boolean>((done) => setTimeout(() => done(false), PATIENCE_MILLISECONDS));
    return Promise.race([read, late]);
  }

  private async index(set: string, files: SetFiles, indexed: IndexedSet): Promise<void> {
    indexed.solutions.busy = true;
    try {
      const stale = this.state().stages.get(files.stage)?.status === "running";
      await indexed.solutions.read(this.path(files.candidates), stale ? null : this.path(files.verdicts));
      if (set === "samples") {
        const pairs = await this.pairs("hard");
        indexed.solutions.columns.mark(rejectedSamples(pairs));
      }
    } finally {
      indexed.reading = null;
      indexed.solutions.busy = false;
    }
  }

  /** @param idle nobody writes in the folder: a line without an end will get none */
  faults(idle: boolean): { faults: Fault[]; count: number } {
    const lists = [...Object.values(this.lists), ...[...this.asked.values()].map(({ list }) => list)];
    const tails = lists.map(({ tail }) => tail);
    const indexed = [...this.sets.values()].map(({ solutions }) => solutions);
    const wholes = [...this.wholes.values()].flatMap(({ fault }) => (fault === null ? [] : [fault]));
    const sources = [...tails, ...indexed];
    const cut = idle ? sources.flatMap(({ unfinished }) => unfinished) : [];
    return {
      faults: [...wholes, ...cut, ...sources.flatMap(({ faults }) => faults)],
      count: wholes.length + cut.length + sources.reduce((sum, { faultCount }) => sum + faultCount, 0),
    };
  }
}

/** Why a whole file cannot be read. */
function faultOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return "it is not JSON, or cut off";
  const [first, ...more] = error.issues.map(told);
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return `it has another form than this version of Nearmiss reads, ${first}${others}`;
}
