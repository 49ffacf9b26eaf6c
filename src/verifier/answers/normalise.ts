/** Answers in one spelling: layout, wrappers and decoration removed, meaning kept. */

import { unitOf } from "../units.js";

/** LaTeX layout that carries no meaning. */
const LAYOUT =
  /\\(?:left|right|displaystyle|textstyle|limits|big|Big|bigl|bigr|,|;|:|!|quad|qquad)(?![a-zA-Z])/g;
const WRAPPERS =
  /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|hbox|operatorname|bm)\s{0,2}\{([^{}]{0,200})\}/g;
/** A number and the words behind it: "18 dollars", "15 cm^2", "3 hours per day". */
const MEASURED = /^(.*[\d)}%])(\s*)([a-zA-Z][a-zA-Z]*)(?:\s?(?:\^\s?\{?[23]\}?|[²³])|[a-zA-Z/.\s]{0,40})$/;

/** The mathematics of an answer without `$`, `\(`, boxes, layout commands and a final full stop. */
export function strip(source: string): string {
  let text = source.slice(0, 2000).trim();
  text = text.replace(/\\\\(?=[a-zA-Z([{])/g, "\\");
  text = text.replace(/\\(?:boxed|fbox)\s{0,2}\{/g, "{");
  text = text.replace(/\\\$/g, "").replace(/\\!\s*/g, "");
  text = text.replace(/\\[()[\]]|\$\$?|(?<!\\)\\ |\\q?quad/g, " ");
  text = text.replace(/\\(?:dfrac|tfrac|cfrac)/g, "\\frac").replace(/\\(?:dots|ldots|cdots)/g, "...");
  text = text.replace(LAYOUT, " ").replace(/\*\*/g, "");
  for (let i = 0; i < 2; i++) text = text.replace(WRAPPERS, " $1 ");
  text = text.replace(/\^\s{0,2}\{?\s{0,2}\\(?:circ|degree)\s{0,2}\}?|°/g, " ");
  text = text.replace(/\\(?:%|\$)/g, (match) => match[1] ?? "").replace(/(\d)\s*(?:pct|percent)\b/gi, "$1%");
  text = text.replace(/\s+/g, " ").trim();
  text = text.replace(/[\s.,;:]+$/, "");
  return unwrap(text);
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

/** A number without the unit behind it: "18 dollars" is "18", "15 cm^2" is "15"; `2x` and `3 ab` stay. */
export function withoutUnit(text: string): string {
  if (text.length > 200) return text;
  const bare = text.replace(/^[$€£]\s*/, "").replace(/\s*[$€£]$/, "");
  const match = MEASURED.exec(bare);
  if (match?.[1] === undefined) return bare;
  const unit = match[3] ?? "";
  const known = unitOf(unit) !== undefined || unit === "m";
  return known || (unit.length > 2 && match[2] !== "") ? match[1].trim() : bare;
}

/** Lower case without spaces, quotes and articles: for answers in words. */
export function words(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b(?:the|a|an)\b/g, " ")
    .replace(/[\s"'`{}\\$.]+/g, "");
}

/** Splits at separators that stand outside all brackets. */
export function splitTop(text: string, separator: (text: string, i: number) => number): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) depth = Math.max(0, depth - 1);
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

/** Length of a list separator at `i`: a comma or semicolon (not inside 1,000), "and", "or". */
export function listSeparator(text: string, i: number): number {
  const c = text[i];
  if (c === ";") return 1;
  if (c === ",") return thousands(text, i) ? 0 : 1;
  if (c !== "a" && c !== "o") return 0;
  const word = text.startsWith("and", i) ? "and" : text.startsWith("or", i) ? "or" : "";
  if (word === "" || /[a-zA-Z\\]/.test(text[i - 1] ?? "") || /[a-z]/.test(text[i + word.length] ?? ""))
    return 0;
  return word.length;
}

function thousands(text: string, i: number): boolean {
  const before = text.slice(Math.max(0, i - 4), i);
  return /(?:^|[^\d.])\d{1,3}$|,\d{3}$/.test(before) && /^\d{3}(?!\d)/.test(text.slice(i + 1, i + 5));
}
