/**
 * The label-noise guard. Where most samples of a problem agree on one answer that is not the reference, either the model
 * makes the same mistake each time, or the reference is wrong; and a wrong reference would teach the model to prefer a
 * wrong solution. To tell the two apart as far as rules can, only samples whose own chain shows no fault vote against
 * the reference.
 */
import { z } from "zod";
import type { Problem, Verdict } from "../data/records.js";
import { sameAnswer } from "../verifier/index.js";
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

/** The suspicion against a problem's reference, or null. */
export function suspect(
  problem: Problem,
  verdicts: readonly Verdict[],
  { enabled, share, minVotes, maxFault }: MiningOptions["noise"],
): Suspect | null {
  if (!enabled) return null;
  const answered = verdicts.filter((v) => v.answer.extracted !== null);
  const groups: { answer: string; votes: number }[] = [];
  for (const { answer, correct, profile } of answered) {
    const text = answer.extracted;
    if (text === null || correct !== false || OWN_FAULTS.some((d) => profile[d] > maxFault)) continue;
    const group = groups.find((g) => sameAnswer(g.answer, text));
    if (group === undefined) groups.push({ answer: text, votes: 1 });
    else group.votes++;
  }
  const top = groups.reduce((x, y) => (y.votes > x.votes ? y : x), { answer: "", votes: 0 });
  if (top.votes < minVotes || top.votes <= share * answered.length) return null;
  return { problemId: problem.id, reference: problem.answer, ...top, answered: answered.length };
}
