/** Direct preference optimisation with per-pair weights; the losses and their formulas are in losses.ts. Pure. */
import { NearmissError } from "../errors.js";
import type { Logps } from "../model/types.js";
import { planSteps } from "./batches.js";
import { type Example, predicted, rowTokens } from "./examples.js";
import { type LoopRun, pick, Session, type TrainingResult } from "./loop.js";
import { DPO_METRICS, type PairLogps, type StepTotals, weightedDpo, zeroMetrics } from "./losses.js";
import type { DpoOptions } from "./options.js";
import { type ReferenceLogps, referenceLogps } from "./reference.js";
import type { ReferenceStore, Store } from "./store.js";

export interface DpoLoop extends LoopRun<DpoOptions> {
  /** Completions [chosen, rejected] a row (see `encodePairs`). */
  readonly pairs: readonly Example[];
  /** False: every pair weighs 1, whatever its `weight`. */
  readonly weighted: boolean;
}

/**
 * Minimises the weighted DPO loss. The reference is the model as given. Trains `model.parameters` in place.
 * @param reference where the reference log-probabilities are kept from one run to the next, if anywhere
 * @throws NearmissError for no pairs and a non-finite loss; the store's errors; the signal's reason when aborted.
 */
export async function dpoLoop(
  run: DpoLoop,
  store: Store,
  reference?: ReferenceStore,
): Promise<TrainingResult> {
  const { model, pairs, weighted, options } = run;
  const weightOf = (pair: Example): number => (weighted ? pair.weight : 1);
  const plan = planSteps(
    pairs.map(({ row }) => rowTokens(row)),
    options,
  );
  const known = await referenceLogps(run, pairs, plan, reference);
  const session = await Session.open(run, "dpo", pairs, plan, store);

  for await (const step of session.steps()) {
    const totals = stepTotals(pick(pairs, step.examples), weightOf);
    const metrics = zeroMetrics();
    for await (const indices of session.microBatches(step)) {
      const batch = pick(pairs, indices);
      const share = (policy: Logps) =>
        weightedDpo(withReference(policy, indices, batch, known), batch.map(weightOf), totals, options);
      const policy = await model.backward(
        batch.map(({ row }) => row),
        (logps) => share(logps).gradients,
      );
      const added = share(policy).metrics;
      for (const name of DPO_METRICS) metrics[name] += added[name];
    }
    await session.update(step, metrics);
  }
  return session.result();
}

function stepTotals(pairs: readonly Example[], weightOf: (pair: Example) => number): StepTotals {
  return {
    pairs: pairs.length,
    weight: pairs.reduce((sum, pair) => sum + weightOf(pair), 0),
    chosenTokens: pairs.reduce((sum, { row }) => sum + (predicted(row)[0] ?? 0), 0),
  };
}

function withReference(
  policy: Logps,
  indices: readonly number[],
  pairs: readonly Example[],
  reference: ReferenceLogps,
): PairLogps[] {
  return pairs.map(({ id, row }, k) => {
    const [chosen, rejected] = policy[k] ?? [];
    const [referenceChosen, referenceRejected] = reference.get(indices[k] ?? -1) ?? [];
    const [chosenTokens, rejectedTokens] = predicted(row);
    if (
      chosen === undefined ||
      rejected === undefined ||
      referenceChosen === undefined ||
      referenceRejected === undefined ||
      chosenTokens === undefined ||
      rejectedTokens === undefined
    ) {
      throw new NearmissError(
        `Pair ${id}: DPO needs two completions a row, the chosen and the rejected one.`,
      );
    }
    return { chosen, rejected, referenceChosen, referenceRejected, chosenTokens, rejectedTokens };
  });
}
