/** Is there one final answer, complete, not cut off, not looping, in well-formed LaTeX? */
import type { Finding } from "../../data/records.js";
import { boxes } from "../answers/extract.js";
import { sameText } from "../answers/same.js";
import { type Check, type CheckInput, finding } from "./check.js";

export const form: Check = (input) => [
  ...noAnswer(input),
  ...severalAnswers(input),
  ...cutOff(input),
  ...looping(input),
  ...layout(input),
];

function lastPlace(input: CheckInput) {
  const last = input.trace.steps.at(-1);
  return {
    step: last?.index ?? 0,
    start: last?.start ?? 0,
    end: (last?.start ?? 0) + (last?.text.length ?? 0),
  };
}

function noAnswer(input: CheckInput): Finding[] {
  if (input.answer === null) return [finding("form", 1, lastPlace(input), "gives no answer")];
  if (input.answer.form !== "last number") return [];
  return [finding("form", 0.15, lastPlace(input), "no line states the answer; the last number is taken")];
}

function severalAnswers(input: CheckInput): Finding[] {
  const all = boxes(input.text).map((box) => ({ ...box, text: input.text.slice(box.start, box.end) }));
  const last = all.at(-1);
  const other = last && all.find((box) => last.from - box.to > 80 && !sameText(box.text, last.text));
  if (last === undefined || other === undefined) return [];
  const step = input.trace.steps.findLast((s) => s.start <= last.from)?.index ?? 0;
  const message = `boxes ${other.text.slice(0, 40)} and then ${last.text.slice(0, 40)}`;
  return [finding("form", 0.4, { step, start: last.from, end: last.to }, message)];
}

/** The text stops inside a calculation or a word. */
function cutOff(input: CheckInput): Finding[] {
  const end = input.text.trimEnd();
  const tail = end.slice(-3);
  if (!/[-+*/=,(]$|\\[a-z]*$|\b(?:the|is|of|and|to|a)$/.test(end.slice(-12))) return [];
  return [
    finding(
      "form",
      0.7,
      { ...lastPlace(input), start: end.length - tail.length, end: end.length },
      "is cut off",
    ),
  ];
}

/** A line that comes back three times or more. */
function looping(input: CheckInput): Finding[] {
  const seen = new Map<string, number>();
  for (const line of input.text.split("\n")) {
    const key = line.trim();
    if (key.length < 12) continue;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count === 3) return [finding("form", 0.8, lastPlace(input), `repeats "${key.slice(0, 60)}"`)];
  }
  return [];
}

/** Braces and formula borders that do not pair. */
function layout(input: CheckInput): Finding[] {
  let depth = 0;
  let open = 0;
  for (let i = 0; i < input.text.length; i++) {
    const c = input.text[i];
    if (c === "\\") {
      const next = input.text[i + 1];
      if (next === "(" || next === "[") open++;
      if (next === ")" || next === "]") open--;
      i++;
    } else if (c === "{") depth++;
    else if (c === "}") depth--;
  }
  if (depth === 0 && open === 0) return [];
  return [
    finding("form", 0.2, lastPlace(input), depth === 0 ? "a formula is not closed" : "braces do not pair"),
  ];
}
