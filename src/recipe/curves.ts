/** Training metrics of a run folder, by arm and stage. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { readJsonlAll } from "../data/jsonl.js";
import type { Report } from "../report/schema.js";
import { seriesOf } from "../studio/curves.js";

/** A line of metrics.jsonl: three names and any number of figures. */
const MetricsLine = z.object({ arm: z.string(), stage: z.string(), step: z.number() }).catchall(z.number());

/** Every step of every curve, in the order of the file; none where there is no file. */
export async function readCurves(file: string): Promise<Report["curves"]> {
  if (!existsSync(file)) return [];
  return seriesOf(await readJsonlAll(file, MetricsLine)).map(({ arm, stage, lines }) => ({
    arm,
    stage,
    points: lines.map(({ arm: _, stage: __, step, ...metrics }) => ({ step, metrics })),
  }));
}
