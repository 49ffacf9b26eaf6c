/** What the page is given to train the small model by itself: see `studio/train-worker.ts`. Types alone. */
import type { ModelConfig } from "../model/config.js";
import type { Packed } from "./transport.js";

export interface KitProblem {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly solution: string;
  /** Token ids of the prompt, and of the worked solution with its end. */
  readonly prompt: readonly number[];
  readonly chosen: readonly number[];
  /** A worked solution with one error put in; what is rejected where the model's own answer is right. */
  readonly perturbed: readonly number[] | null;
}

export interface TrainingKit {
  readonly config: ModelConfig;
  /** How the weights stand in the bytes that are asked for apart. */
  readonly tensors: readonly Packed[];
  /** The text of each token id: joined they are the model's text, which is plain ASCII. */
  readonly pieces: readonly string[];
  readonly stopIds: readonly number[];
  /** Trained on and watched. */
  readonly trained: readonly KitProblem[];
  /** Only watched. */
  readonly heldOut: readonly KitProblem[];
}
