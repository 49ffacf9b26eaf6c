/** Training metrics of a run folder, by arm and stage. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { readJsonlAll } from "../data/jsonl.js";
import type { Report } from "../report/schema.js";

/** A line of metrics.jsonl: three names and any number of figures. */
const MetricsLine = z.object({ arm: z.string(), stage: z.string(), step: z.number() }).catchall(z.number());

/** Every step of every curve, in the order of the file; none where there is no file. */
export async function readCurves(file: string): Promise<Report["curves"]> {
  if (!existsSync(file)) return [];
  const groups = new Map<string, Report["curves"][number]>();
  for (const { arm, stage, step, ...rest } of await readJsonlAll(file, MetricsLine)) {
    const curve = groups.get(`${stage} ${arm}`) ?? { arm, stage, points: [] };
    curve.points.push({ step, metrics: rest });
    groups.set(`${stage} ${arm}`, curve);
  }
  return [...groups.values()];
}
