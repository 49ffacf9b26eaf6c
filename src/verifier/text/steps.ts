/** A solution as steps with character offsets in the joined text. */
import { MAX_TEXT } from "../limits.js";

export interface Step {
  readonly index: number;
  readonly text: string;
  /** Offset of the step's first character in the solution. */
  readonly start: number;
}

const OPENS = /\\\[|\\begin\{|\$\$/g;
const CLOSES = /\\\]|\\end\{|\$\$/g;

/**
 * Steps of a solution: the given ones, or the lines of a string that hold anything. A displayed formula stays with the
 * line that opens it, a line that begins with `=` with the one before. A single line is split into its sentences.
 * Text behind MAX_TEXT characters is not read, and steps that begin there are left out.
 */
export function splitSteps(solution: string | readonly string[]): Step[] {
  if (typeof solution !== "string") {
    const steps: Step[] = [];
    let start = 0;
    for (const [index, text] of solution.entries()) {
      if (start >= MAX_TEXT) break;
      steps.push({ index, text: text.slice(0, MAX_TEXT - start), start });
      start += text.length + 1;
    }
    return steps;
  }
  const text = solution.slice(0, MAX_TEXT);
  const pieces = lines(text);
  const parts = pieces.length === 1 ? pieces.flatMap((piece) => sentences(text, piece)) : pieces;
  return parts.map(({ from, to }, index) => ({ index, text: text.slice(from, to), start: from }));
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

function lines(text: string): Piece[] {
  const out: { from: number; to: number }[] = [];
  let from = 0;
  let open = 0;
  while (from <= text.length) {
    const newline = text.indexOf("\n", from);
    const to = newline < 0 ? text.length : newline;
    const line = text.slice(from, to);
    const last = out.at(-1);
    if (line.trim() !== "") {
      if (last !== undefined && (open > 0 || line.trimStart().startsWith("="))) last.to = to;
      else out.push({ from, to });
      const dollars = line.split("$$").length - 1;
      const opened = count(line, OPENS) - dollars;
      const closed = count(line, CLOSES) - dollars;
      const parity = dollars % 2 === 0 ? 0 : open > 0 ? -1 : 1;
      open = Math.max(0, open + opened - closed + parity);
    }
    from = to + 1;
  }
  return out;
}

function count(line: string, pattern: RegExp): number {
  return line.match(pattern)?.length ?? 0;
}

/** Sentences of one line: split behind ". " before a capital letter. */
function sentences(text: string, { from, to }: Piece): Piece[] {
  const out: Piece[] = [];
  let start = from;
  for (let i = from; i + 2 < to; i++) {
    const c = text[i];
    const next = text[i + 2] ?? "";
    if ((c === "." || c === "!") && text[i + 1] === " " && next >= "A" && next <= "Z" && i - start > 12) {
      out.push({ from: start, to: i + 1 });
      start = i + 2;
    }
  }
  out.push({ from: start, to });
  return out;
}
