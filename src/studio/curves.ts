/** Training metrics as curves, a column a metric. Pure. */
import { z } from "zod";
import type { Curves } from "./schema.js";

/** A line of metrics.jsonl: three names and any number of figures. */
export const MetricsLine = z
  .object({ arm: z.string(), stage: z.string(), step: z.number() })
  .catchall(z.union([z.number(), z.string()]));
export type MetricsLine = z.infer<typeof MetricsLine>;

/** Points kept of a curve: more cannot be told apart. */
const MAX_POINTS = 1000;

export function curvesOf(lines: readonly MetricsLine[]): Curves {
  return { curves: seriesOf(lines).map((one) => curveOf(thin(one.lines, MAX_POINTS))) };
}

/** The lines of each arm's stage, in their order. */
export function seriesOf<L extends { readonly arm: string; readonly stage: string }>(
  lines: readonly L[],
): { readonly arm: string; readonly stage: string; readonly lines: L[] }[] {
  const series = new Map<string, { arm: string; stage: string; lines: L[] }>();
  for (const line of lines) {
    const { arm, stage } = line;
    const one = series.get(`${stage} ${arm}`) ?? { arm, stage, lines: [] };
    one.lines.push(line);
    series.set(`${stage} ${arm}`, one);
  }
  return [...series.values()];
}

function curveOf(lines: readonly MetricsLine[]): Curves["curves"][number] {
  const names = new Set(lines.flatMap((line) => Object.keys(line)));
  for (const name of ["arm", "stage", "step"]) names.delete(name);
  const column = (name: string) =>
    lines.map((line) => {
      const value = line[name];
      return typeof value === "number" && Number.isFinite(value) ? value : null;
    });
  return {
    stage: lines[0]?.stage ?? "",
    arm: lines[0]?.arm ?? "",
    steps: lines.map(({ step }) => step),
    metrics: Object.fromEntries([...names].map((name) => [name, column(name)])),
  };
}

/** At most `limit` items, evenly spaced, the first and the last among them. */
export function thin<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items];
  const stride = (items.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, i) => items[Math.round(i * stride)] as T);
}
