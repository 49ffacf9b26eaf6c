/** Answers in one spelling: layout, wrappers and decoration removed, meaning kept. */
import { MAX_ANSWER } from "../limits.js";

/** LaTeX layout that carries no meaning. */
const LAYOUT =
  /\\(?:left|right|displaystyle|textstyle|limits|big|Big|bigl|bigr|,|;|:|!|quad|qquad|hspace|phantom)(?![a-zA-Z])/g;
/** Commands that only set the words inside in another face. */
const WRAPPER =
  /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|hbox|operatorname|bm|boxed|fbox)\s?\{/g;
/** One spelling for commands of the same sign. */
const COMMAND_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\\(?:dfrac|tfrac|cfrac)/g, "\\frac"],
  [/\\(?:dots|ldots|cdots|dotsc)(?![a-zA-Z])/g, "..."],
  [/\\(?:langle|lparen)(?![a-zA-Z])/g, "("],
  [/\\(?:rangle|rparen)(?![a-zA-Z])/g, ")"],
  [/\\lbrace(?![a-zA-Z])/g, "\\{"],
  [/\\rbrace(?![a-zA-Z])/g, "\\}"],
  [/\\lbrack(?![a-zA-Z])/g, "["],
  [/\\rbrack(?![a-zA-Z])/g, "]"],
  [/\\%/g, "%"],
  [/~|\\angle(?![a-zA-Z])/g, " "],
];
/** The same outside LaTeX. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\u2026/g, "..."],
  [/\u27e8/g, "("],
  [/\u27e9/g, ")"],
  [/\u221e|\binfinity\b|\boo\b/g, "\\infty "],
  [/(?<=\d) ?(?:pct|percent|per cent)\b/gi, "%"],
];
/** What may stand before a value that is given roughly. */
const ABOUT = /^ ?(?:about|approximately|around|roughly|exactly|\\approx(?![a-zA-Z])|\u2248|~) ?/i;
const SCALE = /(?<=\d) ?(thousand|million|billion|trillion)\b/gi;
const POWERS_OF_TEN: Readonly<Record<string, number>> = { thousand: 3, million: 6, billion: 9, trillion: 12 };

/** The mathematics of an answer without `$`, `\(`, boxes, layout commands and a final full stop. */
export function strip(source: string): string {
  let text = source.slice(0, MAX_ANSWER).replace(/\s/g, " ").trim();
  if (PLAIN.test(text)) return text;
  if (text.includes("\\")) text = plainCommands(text);
  for (const [pattern, sign] of SPELLINGS) text = text.replace(pattern, sign);
  text = withoutBold(withoutDollars(text)).replaceAll(MONEY, "$");
  text = text
    .replace(ABOUT, "")
    .replace(SCALE, (_, word: string) => `\\cdot 10^{${POWERS_OF_TEN[word.toLowerCase()] ?? 0}}`);
  text = text.replace(/ {2,}/g, " ").trim();
  return unwrap(/\d\.\.\.$/.test(text) ? text : withoutEnd(text, " .,;:"));
}

/** Whether a text has nothing but layout in it. A digit is never layout. */
export function blank(text: string): boolean {
  return !/\d/.test(text.slice(0, MAX_ANSWER)) && strip(text) === "";
}

/** LaTeX without layout, with one spelling for each sign. */
function plainCommands(source: string): string {
  let text = source.replace(/\\\\(?=[a-zA-Z([{])/g, "\\").replace(/\\\$/g, MONEY);
  text = text.replace(/\\! ?/g, "").replace(/\\[()[\]]|(?<!\\)\\ |\\q?quad/g, " ");
  for (const [pattern, sign] of COMMAND_SPELLINGS) text = text.replace(pattern, sign);
  return unwrapCommands(text.replace(LAYOUT, " "));
}

/** A bare number or word: nothing to strip. */
const PLAIN = /^(?:-?\d+(?:\.\d+)?|[a-zA-Z]+)$/;

/** `$` around formulas is layout; before a number, or alone, it is money. */
function withoutDollars(text: string): string {
  const pairs = (text.match(/\$/g) ?? []).length;
  if (pairs === 0) return text;
  if (pairs % 2 === 0) return text.replace(/\$/g, " ");
  return text;
}

/** Stands for an escaped dollar, which is money in any place, until the others are gone. */
const MONEY = "\u00a4";

/** `**` is bold print, between two operands a power. */
function withoutBold(text: string): string {
  return text.replace(/(?<=[\w)])\*\*(?=[\w(])/g, "^").replace(/\*\*/g, "");
}

/** Puts what stands in `\text{...}` and its like in place of the command; braces are matched, one pass. */
function unwrapCommands(text: string): string {
  if (!text.includes("\\")) return text;
  const opened: boolean[] = [];
  let out = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") {
      WRAPPER.lastIndex = i;
      const match = WRAPPER.exec(text);
      if (match?.index === i) {
        out += `${text.slice(from, i)} `;
        opened.push(true);
        i += match[0].length - 1;
        from = i + 1;
      } else i++;
    } else if (c === "{") opened.push(false);
    else if (c === "}" && opened.pop() === true) {
      out += `${text.slice(from, i)} `;
      from = i + 1;
    }
  }
  return out + text.slice(from);
}

/** The text without any of these characters at its end. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? " ")) end--;
  return text.slice(0, end);
}

/** Removes one pair of braces around the whole. */
function unwrap(text: string): string {
  if (!text.startsWith("{") || !text.endsWith("}")) return text;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return i === text.length - 1 ? text.slice(1, -1).trim() : text;
  }
  return text;
}

/** Without the spaces that mean nothing: those between two words or numbers stay ("2 1/4" is not "21/4"). */
export function squeeze(text: string): string {
  return text.includes(" ") ? text.replace(/ (?!\w)|(?<!\w) /g, "") : text;
}

/** Lower case without spaces, quotes and articles: for answers in words. */
export function words(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b(?:the|a|an)\b/g, " ")
    .replace(/[\s"'`{}\\$.]/g, "");
}

/** Splits at separators that stand outside all brackets. */
export function splitTop(text: string, separator: (text: string, i: number) => number): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "(" || c === "[" || c === "{") depth++;
    else if (c === ")" || c === "]" || c === "}") depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      const length = separator(text, i);
      if (length > 0) {
        out.push(text.slice(from, i).trim());
        from = i + length;
        i = from - 1;
      }
    }
  }
  out.push(text.slice(from).trim());
  return out.filter((part) => part !== "");
}

/** A separator for `splitTop`: one of these texts; a word must stand alone. */
export function anyOf(...marks: readonly string[]): (text: string, i: number) => number {
  const first = new Set(marks.map((mark) => mark[0]));
  return (text, i) => {
    if (!first.has(text[i])) return 0;
    const found = marks.find((mark) => text.startsWith(mark, i));
    if (found === undefined) return 0;
    const letters = /[a-z]$/i.test(found);
    const alone =
      !(letters && /[a-z]/i.test(text[i + found.length] ?? "")) &&
      !(/^[a-z]/i.test(found) && /[a-z\\]/i.test(text[i - 1] ?? ""));
    return alone ? found.length : 0;
  };
}

const listWord = anyOf("and", "or");

/** Length of a list separator at `i`: a comma or semicolon (not inside 1,000), "and", "or". */
export function listSeparator(text: string, i: number): number {
  const c = text[i];
  if (c === ";") return 1;
  if (c === ",") return thousands(text, i) ? 0 : 1;
  return c === "a" || c === "o" ? listWord(text, i) : 0;
}

function thousands(text: string, i: number): boolean {
  const before = text.slice(Math.max(0, i - 4), i);
  return /(?:^|[^\d.])\d{1,3}$|,\d{3}$/.test(before) && /^\d{3}(?!\d)/.test(text.slice(i + 1, i + 5));
}
