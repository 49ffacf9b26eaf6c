/** The metrics file: one line a step, in one file for all arms and stages of a run. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { type JsonlAppender, openAppender, readJsonlAll, writeJsonl } from "../data/jsonl.js";

/** A line of metrics.jsonl. No times in it: a resumed run leaves the same file as an uninterrupted one. */
const MetricsLine = z.looseObject({
  arm: z.string(),
  stage: z.string(),
  /** 1-based. */
  step: z.int().min(1),
});

/**
 * Opens the file to go on after step `done` of one arm's stage: its lines beyond that step, written by a run that was
 * cut off after its last checkpoint, are taken out. Lines of other arms and stages stay.
 */
export async function openMetrics(
  path: string,
  arm: string,
  stage: string,
  done: number,
): Promise<JsonlAppender> {
  if (existsSync(path)) {
    // Opening mends a last line that a kill has cut off, so that the file can be read.
    openAppender(path).close();
    const lines = await readJsonlAll(path, MetricsLine);
    const kept = lines.filter((line) => line.arm !== arm || line.stage !== stage || line.step <= done);
    if (kept.length < lines.length) await writeJsonl(path, kept);
  }
  return openAppender(path);
}
