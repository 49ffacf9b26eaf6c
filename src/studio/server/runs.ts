/** The run folders that the server shows, each opened once. Folders may come and go. */
import { basename } from "node:path";
import { FolderRecords } from "../folder/folder.js";
import { summaryOf } from "../folder/overview.js";
import { findRuns } from "../folder/paths.js";
import type { RunSummary } from "../schema.js";

export class Runs {
  private readonly open = new Map<string, FolderRecords>();

  /** @param given run folders, and folders of run folders */
  constructor(readonly given: readonly string[]) {}

  /** By id, for the folders that are there now. */
  folders(): Map<string, FolderRecords> {
    return new Map(
      findRuns(this.given).map(({ id, path }) => {
        const known = this.open.get(path) ?? new FolderRecords(path, id);
        this.open.set(path, known);
        return [id, known];
      }),
    );
  }

  get(id: string): FolderRecords | undefined {
    return this.folders().get(id);
  }

  /** The latest first. */
  async list(): Promise<RunSummary[]> {
    const summaries = await Promise.all([...this.folders().values()].map(summaryOf));
    return summaries.sort((a, b) => b.changed.localeCompare(a.changed));
  }

  /** How the given folders are called on the page. */
  get places(): string[] {
    return this.given.map((folder) => basename(folder) || folder);
  }
}
