/**
 * The label-noise guard. Where most samples of a problem agree on one answer that is not the reference, either the model
 * makes the same mistake each time, or the reference is wrong; and a wrong reference would teach the model to prefer a
 * wrong solution. To tell the two apart as far as rules can, only samples whose own chain shows no fault vote against
 * the reference.
 */
import { z } from "zod";
import type { Problem, Verdict } from "../data/records.js";
import { countAnswers } from "./answers.js";
import type { MiningOptions } from "./options.js";

const count = z.int().min(0);
export const Suspect = z.object({
  problemId: z.string(),
  reference: z.string(),
  /** The answer that most samples agree on. */
  answer: z.string(),
  /** Samples with that answer and a faultless chain, of `answered` samples that have an answer. */
  votes: count,
  answered: count,
});
export type Suspect = z.infer<typeof Suspect>;

/** The dimensions that judge a chain by itself; answer and logic may lean on the reference in question. */
const OWN_FAULTS = ["arithmetic", "algebra", "grounding", "form"] as const;

const NOBODY = { answer: "", count: 0 };

/** The suspicion against a problem's reference, or null. */
export function suspect(
  problem: Problem,
  verdicts: readonly Verdict[],
  { enabled, share, minVotes, maxFault }: MiningOptions["noise"],
): Suspect | null {
  if (!enabled) return null;
  const answered = verdicts.filter((v) => v.answer.extracted !== null);
  const against = answered.filter(
    ({ correct, profile }) => correct === false && !OWN_FAULTS.some((d) => profile[d] > maxFault),
  );
  const groups = countAnswers(against.map(({ answer }) => answer.extracted ?? ""));
  const { answer, count: votes } = groups.reduce((x, y) => (y.count > x.count ? y : x), NOBODY);
  if (votes < minVotes || votes <= share * answered.length) return null;
  return { problemId: problem.id, reference: problem.answer, answer, votes, answered: answered.length };
}
