/**
 * How common a mistake is. Two solutions of a problem make the same mistake where they end in the same wrong answer, or
 * where both reach the right one by a broken chain.
 */
import { type AnswerCount, countAnswers, sameText } from "./answers.js";
import { type Judged, type NegativeKind, negativeKind } from "./near-miss.js";
import type { MiningOptions } from "./options.js";

/** The mistakes in a problem's samples, counted. */
export class Mistakes {
  private readonly counts: Readonly<Record<NegativeKind, readonly AnswerCount[]>>;
  private readonly samples: number;

  constructor(
    verdicts: readonly Judged[],
    private readonly options: Pick<MiningOptions, "tauW">,
  ) {
    const of = (kind: NegativeKind) =>
      countAnswers(verdicts.filter((v) => negativeKind(v, options) === kind).map(answerOf));
    this.counts = { "wrong-answer": of("wrong-answer"), "broken-chain": of("broken-chain") };
    this.samples = verdicts.length;
  }

  /** The share, in (0, 1], of all samples that make the mistake of this one, itself among them. */
  ofSample(verdict: Judged): number {
    return this.count(verdict) / this.samples;
  }

  /** The same for a solution that is no sample, as if it were one more. */
  ofOther(verdict: Judged): number {
    return (this.count(verdict) + 1) / (this.samples + 1);
  }

  private count(verdict: Judged): number {
    const kind = negativeKind(verdict, this.options);
    const answer = answerOf(verdict);
    return kind === null ? 0 : (this.counts[kind].find((c) => sameText(c.answer, answer))?.count ?? 0);
  }
}

const answerOf = ({ answer }: Judged): string => answer.extracted ?? "";
