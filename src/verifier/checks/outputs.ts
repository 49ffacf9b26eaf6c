/** Does a program print what the solution says it prints? */
import type { Finding } from "../../data/records.js";
import { MAX_TEXT } from "../limits.js";
import { type Passage, programsOf } from "../programs/blocks.js";
import { type Names, type Run, runProgram } from "../programs/run.js";
import { type CheckInput, cut, finding } from "./check.js";

/** A number as it is written, with separators of thousands. */
const NUMERAL = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;
const FAILS = /error|traceback|exception/i;

/** Outputs that were made up: what a program of plain arithmetic prints is computed and held against what is shown. */
export function outputs(input: CheckInput): Finding[] {
  const names: Names = new Map();
  const out: Finding[] = [];
  for (const { code, output } of programsOf(input.text.slice(0, MAX_TEXT))) {
    const run = runProgram(code.text, names, input.budget);
    // What it did to its names is not known, and later programs may use them.
    if (run === null) break;
    if (output !== null) out.push(...findingsOf(input, run, linesOf(output)));
  }
  return out;
}

/** The lines of a passage that hold anything. */
function linesOf({ text, start }: Passage): Passage[] {
  let at = start;
  return text.split("\n").flatMap((line) => {
    const passage = { text: line, start: at };
    at += line.length + 1;
    return line.trim() === "" ? [] : [passage];
  });
}

function findingsOf(input: CheckInput, { lines, stop }: Run, shown: readonly Passage[]): Finding[] {
  const expected = lines.filter((line) => line === null || line.trim() !== "");
  if (stop !== null) {
    const line = shown[expected.length];
    if (line === undefined || shown.some(({ text }) => FAILS.test(text))) return [];
    return [made(input, line, `the program stops before that, for ${stop}`)];
  }
  if (expected.length !== shown.length) return [];
  return shown.flatMap((line, i) => {
    const truth = expected[i] ?? null;
    if (truth === null || sameNumbers(truth, line.text)) return [];
    return [made(input, line, `it prints ${truth}`, truth)];
  });
}

function made(input: CheckInput, line: Passage, truth: string, expected?: string): Finding {
  const step = input.trace.steps.findLast(({ start }) => start <= line.start)?.index ?? 0;
  const place = { step, start: line.start, end: line.start + line.text.length };
  const found = line.text.trim();
  const message = `says the program prints ${cut(input, place).trim()}; ${truth}`;
  return finding(
    "arithmetic",
    0.95,
    place,
    message,
    expected === undefined ? { found } : { expected, found },
  );
}

/** Whether two lines hold the same numbers; lines with another count of them are not compared. */
function sameNumbers(truth: string, shown: string): boolean {
  const [a, b] = [truth.match(NUMERAL) ?? [], shown.match(NUMERAL) ?? []];
  return a.length !== b.length || a.every((text, i) => sameNumber(text, b[i] ?? ""));
}

/** Equal as floats are, or rounded to the decimals that are shown. */
function sameNumber(truth: string, shown: string): boolean {
  const [a, b] = [truth, shown].map((text) => Number(text.replaceAll(",", "")));
  if (a === undefined || b === undefined) return false;
  const decimals = /\.(\d+)$/.exec(shown)?.[1]?.length ?? 0;
  const rounding = decimals === 0 ? 0 : 0.5 * 10 ** -decimals;
  return Math.abs(a - b) <= Math.max(rounding, 1e-9 * Math.abs(a)) * (1 + 1e-9);
}
