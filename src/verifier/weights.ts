/**
 * Weights of the noisy-or scores. Written by `scripts/fit-verifier.ts` from solutions that people labelled; the report of
 * the fit is docs/verifier-fit.md. `free`: no reference answer; `guided`: with one.
 */
export const WEIGHTS = {
  free: { arithmetic: 0.983, algebra: 0.881, logic: 0.959, grounding: 0.909, form: 0.689 },
  guided: { answer: 0.978, arithmetic: 0.702, algebra: 0.46, logic: 0.794, grounding: 0.368, form: 0.663 },
  absurdity: { magnitude: 0.97, domain: 0.941, ungrounded: 0.624, degenerate: 0.526 },
} as const;
