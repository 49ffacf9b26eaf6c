/** Supervised fine-tuning on completion tokens only. Pure. */
import { planSteps } from "./batches.js";
import { type Example, rowTokens } from "./examples.js";
import { type LoopRun, pick, Session, type TrainingResult } from "./loop.js";
import type { SftOptions } from "./options.js";
import type { Store } from "./store.js";

export interface SftLoop extends LoopRun<SftOptions> {
  /** One completion a row (see `encodeSft`). */
  readonly examples: readonly Example[];
}

/**
 * Minimises the mean negative log-probability of a completion token, the mean taken over all tokens of the optimiser
 * step, so that neither micro-batches nor short examples change a token's weight. Trains `model.parameters` in place.
 * @throws NearmissError for no examples and a non-finite loss; the store's errors; the signal's reason when aborted.
 */
export async function sftLoop(run: SftLoop, store: Store): Promise<TrainingResult> {
  const { model, examples, options } = run;
  const plan = planSteps(
    examples.map(({ row }) => rowTokens(row)),
    options,
  );
  const session = await Session.open(run, "sft", examples, plan, store);

  for await (const step of session.steps()) {
    const tokens = completionTokens(pick(examples, step.examples));
    let loss = 0;
    for await (const batch of session.microBatches(step)) {
      const rows = pick(examples, batch).map(({ row }) => row);
      const logps = await model.backward(rows, (all) => all.map((row) => row.map(() => -1 / tokens)));
      loss -= logps.flat().reduce((sum, logp) => sum + logp, 0) / tokens;
    }
    await session.update(step, { loss });
  }
  return session.result();
}

function completionTokens(examples: readonly Example[]): number {
  return examples.reduce((sum, { row }) => sum + rowTokens(row) - row.prompt.length, 0);
}
