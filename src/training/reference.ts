/**
 * Log-probabilities under the reference policy: the model as it is before the first step. After SFT that is the SFT
 * model, adapter included, so "adapter off" would be the wrong reference. They are computed once, by the micro-batches
 * of the first epoch.
 */
import { NearmissError } from "../errors.js";
import type { Step } from "./batches.js";
import { type Example, rowTokens } from "./examples.js";
import { type LoopRun, meter, pick } from "./loop.js";
import type { DpoOptions } from "./options.js";
import type { ReferenceStore } from "./store.js";

/** [chosen, rejected] by example index; absent for examples that no step uses. */
export type ReferenceLogps = ReadonlyMap<number, readonly [number, number]>;

/**
 * Reads what an earlier run has left and computes the rest, kept after each micro-batch, so that stopping loses at most
 * one. Must be called before the model's parameters change.
 * @throws NearmissError naming the first pair whose log-probabilities are not finite
 */
export async function referenceLogps(
  run: LoopRun<DpoOptions>,
  examples: readonly Example[],
  plan: readonly Step[],
  store?: ReferenceStore,
): Promise<ReferenceLogps> {
  const known = new Map<number, readonly [number, number]>();
  try {
    for await (const { examples: indices, logps } of store?.read() ?? []) {
      indices.forEach((index, k) => {
        const pair = logps[k];
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
      store?.add({ examples: batch, logps });
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
    store?.close();
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
