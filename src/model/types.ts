/** What training and sampling ask of a model, so that both can be tested without one. */

/**
 * One row of a batch: a prompt and the completions that continue it. SFT has one completion a row, DPO two (chosen,
 * rejected). The prompt is computed once for all of them; no completion sees another.
 */
export interface Row {
  readonly prompt: readonly number[];
  readonly completions: readonly (readonly number[])[];
}

/** Summed log-probability of every completion given its prompt, in nats: `logps[row][completion]`. */
export type Logps = number[][];

export interface TrainableModel {
  /** Trainable tensors by name, float32, changed in place by the optimiser. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** Same keys and lengths as `parameters`; `backward` adds to them, the caller zeroes them. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** Log-probabilities without gradients. `adapter: false` leaves the LoRA adapter out: the reference policy. */
  logps(rows: readonly Row[], options?: { readonly adapter?: boolean }): Promise<Logps>;
  /**
   * Computes the log-probabilities, asks `seed` for dLoss/dlogp of each (same layout) and adds the gradient of the loss
   * to `gradients`. Returns the log-probabilities.
   */
  backward(rows: readonly Row[], seed: (logps: Logps) => Logps): Promise<Logps>;
}

/** What the decode loop asks of a model. A slot holds one sequence's keys and values. */
export interface DecodeModel {
  readonly vocabSize: number;
  /** Empties the cache and reserves `slots` sequences. */
  reset(slots: number): void;
  /** Computes a prompt once and copies its keys and values into every slot named. Returns its next-token logits. */
  prefill(prompt: readonly number[], slots: readonly number[], topK: number): Promise<TopLogits>;
  /** One token for each of slots 0 to tokens.length - 1, appended to its sequence. */
  step(tokens: readonly number[], topK: number): Promise<TopLogits>;
  /** Moves the last active sequence into a finished one's slot, so that active slots stay contiguous. */
  move(from: number, to: number): void;
}

/** The `k` largest logits of each row with their ids, in falling order, and the log of the sum over the whole vocabulary. */
export interface TopLogits {
  readonly k: number;
  /** [rows * k], row by row. */
  readonly logits: Float32Array;
  /** [rows * k] token ids. */
  readonly ids: Int32Array;
  /** [rows]: log sum exp of all logits, so that logp(id) = logit - logSumExp. */
  readonly logSumExp: Float32Array;
}
