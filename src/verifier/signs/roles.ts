/** Givens by the words beside them: which are never used, and which come back with another noun. */
import { equal, keyOf } from "../expression/rational.js";
import { type Given, isTelling } from "../givens.js";
import type { Trace, TracedStep } from "../trace.js";

/** Words that a step shares with the sentence of an unused given, from which it speaks of the same. */
const SHARED = 2;

/** The steps that speak of what stands beside an unused given in the problem. */
export function unusedSteps(question: string, trace: Trace, unused: readonly Given[]): ReadonlySet<number> {
  const steps = new Set<number>();
  if (unused.length === 0) return steps;
  const words = trace.steps.map(
    (step) => new Set(step.tokens.flatMap((t) => (t.kind === "word" ? [t.text.toLowerCase()] : []))),
  );
  for (const given of unused.slice(0, MAX_UNUSED)) {
    const beside = clauseWords(question, given);
    const shared = words.map((own) => beside.filter((word) => own.has(word)).length);
    const most = Math.max(0, ...shared);
    if (most >= SHARED) steps.add(shared.indexOf(most));
  }
  return steps;
}

/** Unused givens that are held against the steps. */
const MAX_UNUSED = 50;
/** Characters of a clause that are looked at on either side of a number. */
const MAX_CLAUSE = 200;

/** The telling words of the clause around a given. */
function clauseWords(question: string, { start, end }: Given): string[] {
  let from = start;
  while (from > 0 && start - from < MAX_CLAUSE && !ends(question, from - 1)) from--;
  let to = end;
  while (to < question.length && to - end < MAX_CLAUSE && !ends(question, to)) to++;
  const words = question
    .slice(from, to)
    .toLowerCase()
    .split(/[^a-z]/);
  return [...new Set(words)].filter((word) => word.length > 2 && isTelling(word));
}

/** Whether a clause ends at a character: punctuation that stands in no number. */
function ends(text: string, at: number): boolean {
  const c = text[at] ?? "";
  const next = text[at + 1] ?? " ";
  return ".,;?!".includes(c) && !(next >= "0" && next <= "9");
}

/** Whether a step writes a given, which stands once in the problem, with another noun behind it. */
export function renames(step: TracedStep, givens: readonly Given[]): boolean {
  const { tokens } = step;
  return tokens.some((token, i) => {
    const noun = tokens[i + 1];
    const { value } = token;
    if (token.kind !== "number" || value === undefined || noun?.kind !== "word" || !telling(noun.text))
      return false;
    const [given, other] = givens.filter((g) => equal(g.value, value));
    if (given === undefined || other !== undefined || !telling(given.noun)) return false;
    return stem(given.noun) !== stem(noun.text.toLowerCase());
  });
}

const telling = (word: string) => word.length > 3 && isTelling(word.toLowerCase());

/** A noun without the ending of its plural. */
function stem(word: string): string {
  if (word.endsWith("es")) return word.slice(0, -2);
  return word.endsWith("s") || word.endsWith("e") ? word.slice(0, -1) : word;
}

const EACH = new Set(["each", "every", "per", "apiece"]);
/** Tokens on either side of a number among which "each" speaks of it. */
const [BEFORE, AFTER] = [4, 3];
/** How a problem says that a number counts for each: "each", "per", "$5 an hour". */
const RATE = /\b(?:each|every|per|apiece|an? (?:hour|minute|second|day|week|month|year|piece))\b|\/ ?[a-z]/i;

/** A given that a step takes for each though the problem speaks of no rate in its sentence: a total taken for one. */
export function calledEach(
  { tokens }: TracedStep,
  givens: readonly Given[],
  question: string,
): Given | undefined {
  const called = new Set(
    tokens.flatMap(({ value }, i) => {
      const beside = [...tokens.slice(Math.max(0, i - BEFORE), i), ...tokens.slice(i + 1, i + 1 + AFTER)];
      return value !== undefined && beside.some(({ text }) => EACH.has(text.toLowerCase()))
        ? [keyOf(value)]
        : [];
    }),
  );
  return givens.find((given) => called.has(keyOf(given.value)) && !RATE.test(sentenceOf(question, given)));
}

/** The sentence around a given, as far as MAX_CLAUSE on either side. */
function sentenceOf(question: string, { start, end }: Given): string {
  const before = question.slice(Math.max(0, start - MAX_CLAUSE), start);
  const after = question.slice(end, end + MAX_CLAUSE);
  const from = Math.max(before.lastIndexOf(". "), before.lastIndexOf("? "), before.lastIndexOf("! "));
  const to = after.search(/[.?!](?:\s|$)/);
  return before.slice(from + 1) + question.slice(start, end) + (to < 0 ? after : after.slice(0, to));
}
