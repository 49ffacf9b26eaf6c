/** Solutions of all data sets in one convention: plain lines, the last one "The answer is: X". */

const ANSWER_LINE = /^(?:####|the (?:final )?answer is:?)(.*)$/i;

/** Lines trimmed, GSM8K's calculator marks `<<48/2=24>>` and blank lines removed. */
function plainLines(text: string): string[] {
  const lines = text.replace(/<<[^<>]*>>/g, "").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

/** A worked solution that ends with the one line "The answer is: X"; answer lines that it had are replaced. */
export function workedSolution(text: string, answer: string): string {
  const lines = plainLines(text);
  while (ANSWER_LINE.test(lines.at(-1) ?? "")) lines.pop();
  return [...lines, `The answer is: ${answer}`].join("\n");
}

/** What stands on the last answer line ("#### 72", "The answer is: 72"), or undefined. */
export function statedAnswer(text: string): string | undefined {
  const found = plainLines(text).flatMap((line) => ANSWER_LINE.exec(line)?.[1] ?? []);
  const last = found.at(-1)?.trim();
  return last === undefined || last === "" ? undefined : plainAnswer(last);
}

/** "1,080" as "1080", "51.0" as "51", "7." as "7"; anything that is not a number as it stands. */
export function plainAnswer(text: string): string {
  const bare = text.trim().replace(/\.$/, "");
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)) return plainAnswer(bare.replaceAll(",", ""));
  if (/^-?\d+\.0+$/.test(bare)) return bare.replace(/\.0+$/, "");
  return /^-?\d+(\.\d+)?$/.test(bare) ? bare : text.trim();
}

/** The content of the last \boxed{...} with its braces balanced, or undefined. */
export function lastBoxed(text: string): string | undefined {
  const start = text.lastIndexOf("\\boxed{");
  if (start < 0) return undefined;
  const from = start + "\\boxed{".length;
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}") depth--;
    if (depth === 0) return text.slice(from, i);
  }
  return undefined;
}

/** Text that was split into tokens, "on the beach . Sara 's", put together again. */
export function untokenized(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/ ([.,?!;:%])(?!\d)/g, "$1")
    .replace(/ ('(?:s|t|re|ve|ll|d|m)\b)/g, "$1")
    .replace(/\$ (\d)/g, "$$$1");
}
