/** Units of work over worker threads, their results in the order of the units, with little of either in memory. */
import { Worker } from "node:worker_threads";
import { NearmissError } from "../../errors.js";
import { TASKS, type TaskName, type Unit } from "./tasks.js";

/** Enough for a message between threads to cost little beside its work. */
const BATCH_UNITS = 64;
const BATCH_CHARACTERS = 2 ** 20;
/** Batches that a thread has before it or at work: it need not wait for the next. */
const AHEAD = 2;

export interface Setup {
  readonly task: TaskName;
  /** What the task is made with; plain data. */
  readonly options: unknown;
}

export interface Batch {
  readonly number: number;
  readonly units: readonly Unit[];
}

export type Reply = { readonly number: number } & (
  | { readonly lines: string[] }
  | { readonly mistake: string }
);

/**
 * Does a task on every unit and yields the results in order. Fewer units than one batch are done here: a thread takes
 * longer to start.
 * @param workers threads; 1 does the work on this one
 * @throws the first unit's error, in their order; the signal's reason when aborted
 */
export async function* inOrder(
  units: AsyncIterable<Unit>,
  setup: Setup,
  workers: number,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const threads: Thread[] = [];
  const waiting: Promise<string[]>[] = [];
  const here = TASKS[setup.task](setup.options);
  try {
    for await (const { batch, last } of batches(units)) {
      signal?.throwIfAborted();
      if (workers === 1 || (last && threads.length === 0)) {
        yield* batch.map(here);
        // The tasks are synchronous: timers and Ctrl-C get their turn.
        await new Promise(setImmediate);
        continue;
      }
      if (threads.length === 0) threads.push(...Array.from({ length: workers }, () => new Thread(setup)));
      const [idlest] = [...threads].sort((a, b) => a.load - b.load);
      const lines = idlest?.do(batch) ?? Promise.reject(new RangeError("no thread"));
      // It is awaited later, and a failure before then is no unhandled one.
      lines.catch(() => {});
      waiting.push(lines);
      if (waiting.length >= workers * AHEAD) yield* (await waiting.shift()) ?? [];
    }
    for (const lines of waiting) {
      yield* await lines;
      signal?.throwIfAborted();
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

/** The thread's code. Where it is TypeScript still, as in tests, the thread loads it through tsx. */
function startWorker(workerData: Setup): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./worker.js", import.meta.url), { workerData });
  const source = JSON.stringify(new URL("./worker.ts", import.meta.url).href);
  const load = `import("tsx/esm/api").then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(load, { workerData, eval: true });
}

class Thread {
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    { resolve: (lines: string[]) => void; reject: (error: unknown) => void }
  >();
  private sent = 0;

  constructor(setup: Setup) {
    this.worker = startWorker(setup);
    this.worker.on("message", (reply: Reply) => {
      const asked = this.waiting.get(reply.number);
      this.waiting.delete(reply.number);
      if ("lines" in reply) asked?.resolve(reply.lines);
      else asked?.reject(new NearmissError(reply.mistake));
    });
    this.worker.on("error", (error) => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  get load(): number {
    return this.waiting.size;
  }

  do(units: readonly Unit[]): Promise<string[]> {
    const number = this.sent++;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      const batch: Batch = { number, units };
      this.worker.postMessage(batch);
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Units by the batch; of the last one it is known that it is the last. */
async function* batches(units: AsyncIterable<Unit>): AsyncGenerator<{ batch: Unit[]; last: boolean }> {
  let batch: Unit[] = [];
  let characters = 0;
  for await (const unit of units) {
    if (batch.length === BATCH_UNITS || characters >= BATCH_CHARACTERS) {
      yield { batch, last: false };
      batch = [];
      characters = 0;
    }
    batch.push(unit);
    characters += unit.reduce((sum, text) => sum + text.length, 0);
  }
  if (batch.length > 0) yield { batch, last: true };
}
