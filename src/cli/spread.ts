/** What the verbs for large files have in common: threads, shards, room on the disk, progress by the share that is read. */
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Watch } from "../data/bytes.js";
import { ShardText, shardOf } from "../recipe/shard.js";
import type { Progress, Task } from "../recipe/stage.js";

/** Options of `verify` and `mine` alike. */
export const SPREADING = {
  workers: z.int().min(1).max(256).default(availableParallelism()),
  shard: ShardText.optional(),
};

/** Of several outputs some may be whole when it is stopped. */
export const STOPPED = "Stopped; no half-written file is kept. The same command begins again.";

export const shardFrom = (text: string | undefined) => (text === undefined ? null : shardOf(text));

/** Where what does not fit into memory goes: beside the output. */
export const spillBeside = (out: string) => (out === "-" ? join(tmpdir(), "nearmiss") : out);

/** Counts lines, with a bar for the share of a file that is read; a stream's length is not known. */
export function watched(
  progress: Progress,
  label: string,
  path: string,
): { watch: Watch; counted: (lines: AsyncIterable<string>) => AsyncGenerator<string> } {
  let share = 0;
  const watch: Watch = (read) => {
    share = read;
  };
  async function* counted(lines: AsyncIterable<string>): AsyncGenerator<string> {
    let task: Task | null = null;
    const begun = performance.now();
    let count = 0;
    try {
      for await (const line of lines) {
        count++;
        if (path !== "-") task ??= progress.start(label, 100, "%");
        const rate = (count * 1000) / (performance.now() - begun);
        if (count % 64 === 0) task?.update(Math.floor(100 * share), `${count} done, ${rate.toFixed(0)}/s`);
        yield line;
      }
      task?.update(100, `${count} done`);
    } finally {
      task?.end();
    }
  }
  return { watch, counted };
}
