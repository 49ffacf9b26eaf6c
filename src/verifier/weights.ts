/**
 * Weights of the noisy-or scores. Written by `scripts/fit-verifier.ts` from solutions that people labelled; the report of
 * the fit is docs/verifier-fit.md. `free`: no reference answer; `guided`: with one.
 */
export const WEIGHTS = {
  free: { arithmetic: 0.9, algebra: 0.8, logic: 0.7, grounding: 0.5, form: 0.3 },
  guided: { answer: 0.95, arithmetic: 0.5, algebra: 0.5, logic: 0.3, grounding: 0.3, form: 0.2 },
  absurdity: { magnitude: 0.9, domain: 0.7, ungrounded: 0.5, degenerate: 0.6 },
} as const;
