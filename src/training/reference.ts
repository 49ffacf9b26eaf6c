/**
 * Log-probabilities under the reference policy: the model as it is before the first step. After SFT that is the SFT
 * model, adapter included, so "adapter off" would be the wrong reference. They are computed once, by the micro-batches
 * of the first epoch, and kept in a file named by a hash of model and data, which arms on the same pairs can share.
 */
import { join } from "node:path";
import { z } from "zod";
import { hashOf } from "../data/folder.js";
import { openAppender, readJsonl } from "../data/jsonl.js";
import { NearmissError } from "../errors.js";
import type { Step } from "./batches.js";
import { type Example, rowTokens } from "./examples.js";
import { hashTensors, meter, pick, type TrainingRun } from "./loop.js";
import type { DpoOptions } from "./options.js";

/** One micro-batch of results: `logps[k]` is [chosen, rejected] of example `examples[k]`. */
const ReferenceLine = z.object({
  examples: z.array(z.int().min(0)),
  logps: z.array(z.tuple([z.number(), z.number()])),
});

/** [chosen, rejected] by example index; absent for examples that no step uses. */
export type ReferenceLogps = ReadonlyMap<number, readonly [number, number]>;

/**
 * Reads what an earlier run has left and computes the rest, a line written after each micro-batch, so that stopping
 * loses at most one. Must be called before the model's parameters change.
 */
export async function referenceLogps(
  run: TrainingRun<DpoOptions>,
  folder: string,
  examples: readonly Example[],
  plan: readonly Step[],
): Promise<ReferenceLogps> {
  const key = hashOf({
    identity: run.identity,
    parameters: hashTensors(run.model.parameters),
    rows: examples.map(({ row }) => row),
  });
  const path = join(folder, `reference-${key.slice(0, 16)}.jsonl`);
  const known = new Map<number, readonly [number, number]>();
  const file = openAppender(path);
  try {
    for await (const line of readJsonl(path, ReferenceLine)) {
      line.examples.forEach((index, k) => {
        const pair = line.logps[k];
        if (pair !== undefined) known.set(index, pair);
      });
    }
    const missing = missingBatches(plan, known);
    const tokensPerSecond = meter();
    for (const [done, batch] of missing.entries()) {
      run.signal?.throwIfAborted();
      const members = pick(examples, batch);
      const rows = members.map(({ row }) => row);
      const logps = (await run.model.logps(rows)).map((row, k) => finitePair(row, members[k]));
      file.append({ examples: batch, logps });
      logps.forEach((pair, k) => {
        known.set(batch[k] ?? -1, pair);
      });
      run.onProgress?.({
        arm: run.arm,
        stage: "dpo",
        phase: "reference",
        step: done + 1,
        steps: missing.length,
        tokensPerSecond: tokensPerSecond(rows.reduce((sum, row) => sum + rowTokens(row), 0)),
      });
    }
  } finally {
    file.close();
  }
  return known;
}

/** The plan's micro-batches without what is known or stands in an earlier one. */
function missingBatches(plan: readonly Step[], known: ReferenceLogps): number[][] {
  const seen = new Set(known.keys());
  const batches: number[][] = [];
  for (const batch of plan.flatMap((step) => step.microBatches)) {
    const missing = batch.filter((index) => !seen.has(index));
    for (const index of missing) seen.add(index);
    if (missing.length > 0) batches.push(missing);
  }
  return batches;
}

function finitePair(logps: readonly number[], example: Example | undefined): [number, number] {
  const [chosen = Number.NaN, rejected = Number.NaN] = logps;
  if (Number.isFinite(chosen) && Number.isFinite(rejected)) return [chosen, rejected];
  throw new NearmissError(
    `The reference log-probabilities of pair ${example?.id} are ${chosen} and ${rejected}: the model that DPO starts ` +
      "from is broken. Check its weights and adapter, and that every pair has tokens on both sides.",
  );
}
