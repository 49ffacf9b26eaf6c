/** `review.jsonl` of a run folder: what a person says of pairs and labels, one line an act. The last word on a thing holds. */
import { z } from "zod";

const said = {
  problemId: z.string().min(1),
  /** Taken back: the thing is again as if nothing had been said of it. */
  withdrawn: z.boolean().default(false),
  /** Why, in the person's words. */
  note: z.string().max(2000).optional(),
  /** ISO 8601. */
  at: z.string().optional(),
};

export const Review = z.discriminatedUnion("kind", [
  /** This solution is not to be rejected against that one. Named by the texts: they outlive a new numbering of samples. */
  z.object({ kind: z.literal("reject-pair"), ...said, chosen: z.string(), rejected: z.string() }),
  /** The problem's reference answer is wrong, or in doubt: the problem is not to be trained on. */
  z.object({ kind: z.literal("flag-label"), ...said }),
]);
export type Review = z.infer<typeof Review>;

/** The two sides that name a pair of a problem. */
interface PairTexts {
  readonly problemId: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** Plain data, so that a problem can be prepared with it on another thread. */
export const Said = z.object({
  flagged: z.boolean(),
  /** Which negatives are ruled out, against which chosen solution. */
  rejected: z.array(z.object({ chosen: z.string(), rejected: z.string() })),
});
export type Said = z.infer<typeof Said>;

export const NOTHING_SAID: Said = { flagged: false, rejected: [] };

function set<R extends Review>(said: Map<string, R>, key: string, review: R): void {
  if (review.withdrawn) said.delete(key);
  else said.set(key, review);
}

const pairKey = ({ problemId, chosen, rejected }: PairTexts) => JSON.stringify([problemId, chosen, rejected]);

/** What holds after all that was said. */
export class Reviews {
  private readonly pairs = new Map<string, Review & { kind: "reject-pair" }>();
  private readonly labels = new Map<string, Review & { kind: "flag-label" }>();

  constructor(reviews: Iterable<Review> = []) {
    for (const review of reviews) this.add(review);
  }

  add(review: Review): void {
    if (review.kind === "reject-pair") set(this.pairs, pairKey(review), review);
    else set(this.labels, review.problemId, review);
  }

  /** All that was said of one problem. */
  of(problemId: string): Said {
    const pairs = [...this.pairs.values()].filter((review) => review.problemId === problemId);
    return {
      flagged: this.labels.has(problemId),
      rejected: pairs.map(({ chosen, rejected }) => ({ chosen, rejected })),
    };
  }

  /** The word against a pair, where there is one. */
  pair(pair: PairTexts): Review | undefined {
    return this.pairs.get(pairKey(pair));
  }

  /** The word against a problem's label, where there is one. */
  label(problemId: string): Review | undefined {
    return this.labels.get(problemId);
  }

  counts(): { rejected: number; flagged: number } {
    return { rejected: this.pairs.size, flagged: this.labels.size };
  }

  /** Whether a pair is to be left out: it is rejected itself, or its problem's label is flagged. */
  leavesOut(pair: PairTexts): boolean {
    return this.labels.has(pair.problemId) || this.pairs.has(pairKey(pair));
  }
}
