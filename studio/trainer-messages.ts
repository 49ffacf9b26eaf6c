/** What the page and its training worker say to each other. Types alone. */
import type { TrainingKit } from "../src/studio/kit.js";

export interface Start {
  readonly kit: TrainingKit;
  readonly weights: ArrayBuffer;
  readonly steps: number;
}

export interface Answered {
  readonly id: string;
  readonly held: boolean;
  readonly text: string;
  readonly correct: boolean;
}

export type Told =
  | { readonly kind: "phase"; readonly text: string }
  | { readonly kind: "answer"; readonly when: "before" | "after"; readonly answer: Answered }
  | {
      readonly kind: "step";
      readonly step: number;
      readonly loss: number;
      readonly margin: number;
      readonly accuracy: number;
    }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };
