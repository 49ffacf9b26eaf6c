/** The answer that a text may be taken to give: a bare answer gives itself. */
import { announced, lastNumber, type StatedAnswer, searched } from "./extract.js";
import { blank, strip } from "./normalise.js";

/** A text of at most this many characters without prose is a bare answer. */
const BARE = 300;
/** Words that belong to mathematics: "twice as many as 12", "the product of 3 and 4". */
const SMALL_WORDS = new Set(
  "and or of the as many much times twice half than more less no all real numbers solution per to by".split(
    " ",
  ),
);

/**
 * The answer that a text may be taken to give. Wherever `extract` finds one this is not blank: an answer is the same as
 * itself.
 */
export function answerIn(source: string): string {
  const { text } = searched(source);
  const stated = announced(text);
  if (stated !== null) return /^\(?([A-H])\)?(?=[,.:] )/.exec(stated.text)?.[1] ?? stated.text;
  const letter = lastLetter(text);
  if (letter !== null) return letter;
  const formula = lastFormula(text);
  const bare = text.length <= BARE && isBare(text);
  if (bare && (formula === null || !prosy(text))) return text;
  if (bare && formula !== null) return formula.text;
  const number = lastNumber(text);
  if (formula !== null) return behind(number, text, formula) ? number.text : formula.text;
  return number?.text ?? text;
}

/** Whether the last number of a text stands in its prose, behind its last formula: "so $d = 90/n$: there are 12 of them". */
function behind(number: StatedAnswer | null, text: string, formula: Formula): number is StatedAnswer {
  return number !== null && text.length - number.start < formula.behind;
}

/** "it's (A)", "answer is B" at the end of a text. */
function lastLetter(text: string): string | null {
  const tail = text.slice(-24);
  return /(?:it's|is|answer:?) {1,2}\(?([A-H])\)?[.,]?$/.exec(tail)?.[1] ?? null;
}

const WORD = /[a-zA-Z]{2,}/g;

/** Few words of prose: `18`, `$x = 5$`, `10 \text{ units}`, `odd`. */
function isBare(text: string): boolean {
  const prose =
    strip(text)
      .replace(/\\[a-zA-Z]+/g, " ")
      .match(WORD) ?? [];
  return prose.filter((word) => !SMALL_WORDS.has(word.toLowerCase())).length <= 3;
}

/** Words outside the formulas: "We find that $x = 3$". */
function prosy(text: string): boolean {
  const outside = withoutFormulas(text).match(WORD) ?? [];
  return outside.some((word) => word !== "and" && word !== "or" && word !== "frac");
}

/** The text outside `$...$`, `\(...\)` and `\[...\]`. */
function withoutFormulas(text: string): string {
  return text
    .split(/\$|\\[([]|\\[)\]]/)
    .filter((_, i) => i % 2 === 0)
    .join(" ");
}

interface Formula {
  readonly text: string;
  /** Characters from its end to the end of the text. */
  readonly behind: number;
}

/** The content of the last `$...$`, `\(...\)` or `\[...\]`. */
function lastFormula(text: string): Formula | null {
  const closings = ["\\)", "\\]", "$"];
  const ends = closings.map((mark) => lastMark(text, mark, text.length));
  const end = Math.max(...ends);
  const mark = closings[ends.indexOf(end)];
  if (end <= 0 || mark === undefined) return null;
  const opening = mark === "\\)" ? "\\(" : mark === "\\]" ? "\\[" : "$";
  const double = mark === "$" && text[end - 1] === "$";
  const from = lastMark(text, opening, end - (double ? 2 : 1));
  if (from < 0) return null;
  const inner = text.slice(from + opening.length, double ? end - 1 : end).trim();
  return inner.length > BARE || blank(inner) ? null : { text: inner, behind: text.length - end };
}

/** The last such mark that begins at `from` or before; `\$` is money. */
function lastMark(text: string, mark: string, from: number): number {
  let at = text.lastIndexOf(mark, from);
  while (at > 0 && mark === "$" && text[at - 1] === "\\") at = text.lastIndexOf(mark, at - 1);
  return at;
}
