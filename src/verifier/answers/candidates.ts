/** The answers that a text may be taken to give: a bare answer gives itself. */
import { extract } from "./extract.js";
import { strip } from "./normalise.js";

/** A text of at most this many characters without prose is a bare answer. */
const BARE = 300;

export function answersIn(text: string): string[] {
  const trimmed = text.trim();
  const found = extract(trimmed);
  if (found !== null && (found.form === "boxed" || found.form === "marked")) {
    const letter = /^\(?([A-H])\)?(?=[,.:] )/.exec(found.text)?.[1];
    return [letter ?? found.text];
  }
  const letter = /(?:^|\s)(?:it's|is|answer:?)\s+\(?([A-H])\)?[.,]?$/.exec(trimmed)?.[1];
  if (letter !== undefined) return [letter];
  const formula = lastFormula(trimmed);
  const bare = trimmed.length <= BARE && isBare(trimmed);
  if (formula !== null && (!bare || prosy(trimmed))) return [formula];
  if (bare) return [trimmed];
  return found === null ? [trimmed.slice(0, BARE)] : [found.text];
}

/** Few words of prose: `18`, `$x = 5$`, `10 \text{ units}`, `odd`. */
function isBare(text: string): boolean {
  const prose =
    strip(text)
      .replace(/\\[a-zA-Z]+/g, " ")
      .match(/[a-zA-Z]{2,}/g) ?? [];
  return prose.filter((word) => word !== "and" && word !== "or").length <= 3;
}

/** Words outside the formulas: "We find that $x = 3$". */
function prosy(text: string): boolean {
  const outside =
    text.replace(/\$[^$]{0,300}\$|\\[([][^\\]{0,300}\\[)\]]/g, " ").match(/[a-zA-Z]{2,}/g) ?? [];
  return outside.some((word) => word !== "and" && word !== "or" && word !== "frac");
}

/** The content of the last `$...$`, `\(...\)` or `\[...\]`. */
function lastFormula(text: string): string | null {
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
  return inner === "" || inner.length > BARE ? null : inner;
}

/** The last such mark that begins at `from` or before; `\$` is money. */
function lastMark(text: string, mark: string, from: number): number {
  let at = text.lastIndexOf(mark, from);
  while (at > 0 && mark === "$" && text[at - 1] === "\\") at = text.lastIndexOf(mark, at - 1);
  return at;
}
