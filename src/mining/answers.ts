import { sameAnswer } from "../verifier/index.js";

export interface AnswerCount {
  /** As the first of them writes it. */
  readonly answer: string;
  readonly count: number;
}

/** Answers that mean the same, counted together, in the order of their first. */
export function countAnswers(answers: readonly string[]): AnswerCount[] {
  const groups: { answer: string; count: number }[] = [];
  for (const answer of answers) {
    const group = groups.find((g) => sameText(g.answer, answer));
    if (group === undefined) groups.push({ answer, count: 1 });
    else group.count++;
  }
  return groups;
}

/** Whether two answers mean the same; of two that are spelt alike nothing needs to be read. */
export const sameText = (x: string, y: string): boolean => x === y || sameAnswer(x, y);
