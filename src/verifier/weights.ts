/**
 * Weights, written by `scripts/fit-verifier.ts` from solutions that people labelled; the report of the fit is
 * docs/verifier-fit.md. `free`: no reference answer; `guided`: with one.
 */
export const WEIGHTS = {
  free: {
    arithmetic: 0.97,
    algebra: 0.87,
    logic: 0.64,
    grounding: 0.84,
    form: 0.6
  },
  doubt: 0.71,
  guided: {
    answer: 0.99,
    arithmetic: 0.57,
    algebra: 0.44,
    logic: 0.75,
    grounding: 0.78,
    form: 0.87
  },
  absurdity: {
    magnitude: 0.97,
    domain: 0.94,
    ungrounded: 0.83,
    degenerate: 0.53
  },
  place: {
    free: {
      threshold: 0.8,
      floor: 0.321,
      whole: {
        base: 1.34,
        brokenAnswer: -1.99,
        negativeAnswer: -1.41,
        noAnswer: -0.77,
        deadEnds: -2.31,
        hints: -3.09,
        long: 1.81,
        unused: -0.5,
        uncomputed: -0.21,
        words: -0.93
      },
      step: {
        foreign: 0.42,
        inHead: 0.29,
        constant: 0.31,
        fraction: 0.23,
        assume: 0.88,
        round: 0.75,
        hedge: 1.08,
        contradicts: 0.91,
        again: 0.5,
        takesBack: 1.19,
        renamed: 0.31,
        unused: 1.03,
        ignores: -0.17,
        sum: 0.33,
        repeats: -0.1,
        empty: -1.1,
        prose: -0.57,
        first: 0.25,
        answer: 0.01,
        after: -0.25,
        last: -0.43
      }
    },
    guided: {
      departs: 0.57,
      answers: -0.07,
      misstated: 0.41,
      operation: 1.03,
      operand: -0.3,
      alone: -0.33,
      chance: -0.17,
      derived: 0.67,
      rate: -0.7,
      before: 0.3,
      silent: -0.19,
      empty: -0.92,
      sound: -0.59,
      introduces: 0.15,
      second: 0.33,
      after: -0.91,
      foreign: 0.55,
      fault: 0.89,
      hint: 1.29,
      beyond: -0.37,
      last: -0.66
    }
  }
} as const;
