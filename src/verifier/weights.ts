/**
 * Weights of the noisy-or scores. Written by `scripts/fit-verifier.ts` from solutions that people labelled; the report of
 * the fit is docs/verifier-fit.md. `free`: no reference answer; `guided`: with one.
 */
export const WEIGHTS = {
  free: { arithmetic: 0.984, algebra: 0.881, logic: 0.959, grounding: 0.909, form: 0.69 },
  guided: { answer: 0.969, arithmetic: 0.72, algebra: 0.428, logic: 0.972, grounding: 0.398, form: 0.659 },
  absurdity: { magnitude: 0.97, domain: 0.941, ungrounded: 0.624, degenerate: 0.526 },
} as const;
