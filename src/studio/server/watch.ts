/**
 * Tells which files of which runs have changed: by the file system's own notices where it gives them, and by looking at
 * sizes and times every two seconds where it does not.
 */
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { Runs } from "./runs.js";

const POLL_MILLISECONDS = 2000;
/** Between a notice and the look: a stage writes many lines a second. */
const SETTLE_MILLISECONDS = 200;

export interface Change {
  readonly run: string;
  /** Names of the files that are new, changed or gone. */
  readonly files: readonly string[];
}

/** Looks as long as somebody listens. */
export class RunWatcher {
  private readonly listeners = new Set<(changes: readonly Change[]) => void>();
  private stamps = new Map<string, Map<string, string>>();
  private watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;

  constructor(private readonly runs: Runs) {}

  /** @returns the function that ends it */
  listen(listener: (changes: readonly Change[]) => void): () => void {
    if (this.listeners.size === 0) this.begin();
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.soon = undefined;
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private begin(): void {
    this.stamps = this.look();
    this.timer = setInterval(() => this.compare(), POLL_MILLISECONDS);
    this.timer.unref();
  }

  private look(): Map<string, Map<string, string>> {
    const found = new Map<string, Map<string, string>>();
    for (const [id, { folder }] of this.runs.folders()) {
      found.set(id, stampsOf(folder));
      this.notice(folder);
    }
    return found;
  }

  private notice(folder: string): void {
    if (this.watchers.has(folder)) return;
    try {
      const watcher = watch(folder, () => {
        this.soon ??= setTimeout(() => this.compare(), SETTLE_MILLISECONDS);
      });
      watcher.on("error", () => this.watchers.delete(folder));
      this.watchers.set(folder, watcher);
    } catch {
      // No notices (too many watches, or a network's folder): looking every two seconds does.
    }
  }

  private compare(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    const before = this.stamps;
    this.stamps = this.look();
    const changes = [...new Set([...before.keys(), ...this.stamps.keys()])].flatMap((run) => {
      const [old, now] = [before.get(run), this.stamps.get(run)];
      const names = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
      const files = [...names].filter((name) => old?.get(name) !== now?.get(name));
      return files.length === 0 ? [] : [{ run, files }];
    });
    if (changes.length > 0) for (const listener of this.listeners) listener(changes);
  }
}

function stampsOf(folder: string): Map<string, string> {
  const stamps = new Map<string, string>();
  for (const part of ["", "predictions"]) {
    let names: string[];
    try {
      names = readdirSync(join(folder, part));
    } catch {
      continue;
    }
    for (const name of names) {
      const stat = statSync(join(folder, part, name), { throwIfNoEntry: false });
      if (stat?.isFile()) stamps.set(join(part, name), `${stat.size} ${stat.mtimeMs} ${stat.ino}`);
    }
  }
  return stamps;
}
