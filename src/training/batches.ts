/**
 * Which examples go into which optimiser step, and how a step is cut into micro-batches.
 *
 * The order over steps is drawn from the seed and the epoch alone, so that arms with as many examples meet them in the
 * same order, and a step's number is the whole state of the data order. Only inside a step are examples of similar
 * length put together, which changes nothing but rounding.
 */
import { random } from "../random.js";

export interface Step {
  /** 0-based over the whole run. */
  readonly index: number;
  /** Passes over the data when this step is done, e.g. 1.25. */
  readonly epoch: number;
  /** Example indices, in the seeded order. */
  readonly examples: readonly number[];
  /** The same indices by falling length, cut at the token budget. */
  readonly microBatches: readonly (readonly number[])[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly maxSteps?: number | undefined;
  readonly batchSize: number;
  readonly microBatchTokens: number;
}

/**
 * All steps of a run. An epoch's last step holds what is left over; nothing is dropped.
 * @param lengths tokens of each example; an example beyond the budget has a micro-batch of its own
 */
export function planSteps(lengths: readonly number[], options: PlanOptions): Step[] {
  const perEpoch = Math.ceil(lengths.length / options.batchSize);
  const count = perEpoch === 0 ? 0 : (options.maxSteps ?? options.epochs * perEpoch);
  const steps: Step[] = [];
  for (let epoch = 0; steps.length < count; epoch++) {
    const order = random(options.seed, "order", epoch).shuffle(lengths.map((_, i) => i));
    for (let start = 0; start < order.length && steps.length < count; start += options.batchSize) {
      const examples = order.slice(start, start + options.batchSize);
      steps.push({
        index: steps.length,
        epoch: epoch + (start + examples.length) / order.length,
        examples,
        microBatches: microBatches(examples, lengths, options.microBatchTokens),
      });
    }
  }
  return steps;
}

/** Longest first: if memory is too small for the longest, the first micro-batch shows it. */
function microBatches(
  examples: readonly number[],
  lengths: readonly number[],
  budget: number,
): readonly (readonly number[])[] {
  const length = (example: number): number => lengths[example] ?? 0;
  const batches: number[][] = [];
  let room = 0;
  for (const example of examples.toSorted((a, b) => length(b) - length(a))) {
    const last = batches.at(-1);
    if (last !== undefined && length(example) <= room) {
      last.push(example);
      room -= length(example);
    } else {
      batches.push([example]);
      room = budget - length(example);
    }
  }
  return batches;
}
