/** Givens by the words beside them: which are never used, and which come back with another noun. */
import { equal } from "../expression/rational.js";
import type { Given, Trace, TracedStep } from "../trace.js";

/** Words that say nothing of what a sentence is about. */
const COMMON = new Set(
  (
    "the a an of in and to is was are were for on at by with from his her their its he she it they that this which who as be has " +
    "have had how many much does do did will would can each every per if then than so not no or one two three all what total " +
    "more less there when after before also into out up them him only other same"
  ).split(" "),
);
/** Words that a step shares with the sentence of an unused given, from which it speaks of the same. */
const SHARED = 2;

export interface UnusedGivens {
  /** Givens that the solution never writes. */
  readonly count: number;
  /** Givens that the problem states, without 0 and 1. */
  readonly stated: number;
  /** Steps that speak of what stands beside one of them in the problem. */
  readonly steps: ReadonlySet<number>;
}

export function unusedGivens(question: string, trace: Trace): UnusedGivens {
  const written = new Set<string>();
  for (const step of trace.steps)
    for (const { value } of step.tokens) if (value !== undefined) written.add(`${value.n}/${value.d}`);
  const stated = trace.givens.filter(
    ({ value, start, end }) => end > start && !(value.d === 1n && value.n < 2n),
  );
  const unused = stated.filter(({ value }) => !written.has(`${value.n}/${value.d}`));
  const steps = new Set<number>();
  if (unused.length === 0) return { count: 0, stated: stated.length, steps };
  const words = trace.steps.map(
    (step) => new Set(step.tokens.flatMap((t) => (t.kind === "word" ? [t.text.toLowerCase()] : []))),
  );
  for (const given of unused) {
    const beside = clauseWords(question, given);
    const shared = words.map((own) => beside.filter((word) => own.has(word)).length);
    const most = Math.max(0, ...shared);
    if (most >= SHARED) steps.add(shared.indexOf(most));
  }
  return { count: unused.length, stated: stated.length, steps };
}

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
  return [...new Set(words)].filter((word) => word.length > 2 && !COMMON.has(word));
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

const telling = (word: string) => word.length > 3 && !COMMON.has(word.toLowerCase());

/** A noun without the ending of its plural. */
function stem(word: string): string {
  if (word.endsWith("es")) return word.slice(0, -2);
  return word.endsWith("s") || word.endsWith("e") ? word.slice(0, -1) : word;
}
