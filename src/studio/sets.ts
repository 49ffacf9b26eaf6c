/**
 * The sets of solutions of a run, by name: "samples" (what is mined), "test-samples" (what defines the near-miss slice),
 * an arm's greedy answers ("sft"), and its answers to a transfer set ("sft~svamp"). Pure.
 */

export const SET_NAME = /^[a-z0-9-]{1,64}(~[\w-]{1,64})?$/;

export interface SetFiles {
  readonly candidates: string;
  readonly verdicts: string;
  /** The file of the problems that they are of. */
  readonly problems: string;
  /** The stage that writes the candidates: while it is at it, verdicts are those of candidates that are gone. */
  readonly stage: string;
}

const DRAWN: Readonly<Record<string, SetFiles>> = {
  samples: {
    candidates: "candidates.jsonl",
    verdicts: "verdicts.jsonl",
    problems: "problems.jsonl",
    stage: "sample",
  },
  "test-samples": {
    candidates: "test-candidates.jsonl",
    verdicts: "test-verdicts.jsonl",
    problems: "test.jsonl",
    stage: "near-misses",
  },
};

/** Files in the run folder. */
export function filesOf(set: string): SetFiles {
  const drawn = DRAWN[set];
  if (drawn !== undefined) return drawn;
  const [arm = "", transfer] = set.split("~");
  const folder = transfer === undefined ? "predictions" : `predictions/${transfer}`;
  return {
    candidates: `${folder}/${arm}.jsonl`,
    verdicts: `${folder}/${arm}-verdicts.jsonl`,
    problems: transfer === undefined ? "test.jsonl" : `transfer/${transfer}.jsonl`,
    stage: transfer === undefined ? `evaluate-${arm}` : `transfer-${transfer}-${arm}`,
  };
}

/** Whether a set is an arm's greedy answers. */
export const isAnswers = (set: string): boolean => !(set in DRAWN);
