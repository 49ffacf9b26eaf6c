/** Does the final answer equal the reference? */
import { type Check, finding } from "./check.js";

export const answer: Check = (input) => {
  if (input.correct !== false) return [];
  const { answer: given, trace } = input;
  const last = trace.steps.at(-1);
  const step = given === null ? last : trace.steps.findLast((s) => s.start <= given.start);
  const start = given?.start ?? last?.start ?? 0;
  const end = given?.end ?? start + (last?.text.length ?? 0);
  const reference = input.reference ?? "";
  const found = given?.text ?? "";
  const message =
    given === null ? `gives no answer; it is ${reference}` : `answers ${found}; it is ${reference}`;
  return [
    finding("answer", 1, { step: step?.index ?? 0, start, end }, message, { expected: reference, found }),
  ];
};
