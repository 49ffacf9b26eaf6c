/** What training and sampling ask of a model, so that both can be tested without one. */

/**
 * One row of a batch: a prompt and the completions that continue it. SFT has one completion a row, DPO two (chosen,
 * rejected). The prompt is computed once for all of them; no completion sees another.
 */
export interface Row {
  readonly prompt: readonly number[];
  readonly completions: readonly (readonly number[])[];
  /** How many leading tokens of each completion are only read: none where it is absent, and never all. */
  readonly given?: readonly number[];
}

/** Summed log-probability of every completion given its prompt (and `given`), in nats: `logps[row][completion]`. */
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

/** What the decode loop asks of a model. A slot holds one sequence's keys and values; active slots come first. */
export interface DecodeModel {
  /** Empties the cache and reserves `slots` sequences. */
  reset(slots: number): void;
  /**
   * Computes a prompt once and copies its keys and values into every slot named. Returns one row: the `count` likeliest
   * next tokens, or all if there are fewer.
   */
  prefill(prompt: readonly number[], slots: readonly number[], count: number): Promise<Likeliest>;
  /** Appends one token to each of the slots 0 to tokens.length - 1. Returns a row for each. */
  step(tokens: readonly number[], count: number): Promise<Likeliest>;
  /** Moves a sequence into another slot, so that active slots stay contiguous when one finishes. */
  move(from: number, to: number): void;
}

/** The likeliest next tokens, row by row in falling order, equals by id. */
export interface Likeliest {
  /** Tokens in each row. */
  readonly count: number;
  /** [rows * count] at temperature 1, of the whole vocabulary. */
  readonly probabilities: Float32Array;
  /** [rows * count] whole numbers. */
  readonly ids: Float32Array;
}
